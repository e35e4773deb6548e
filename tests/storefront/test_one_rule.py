"""Rules that stand in one place: hidden categories, a variant's picture, filters that can't be read."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from tradepost.catalogue.models import Attribute, Category, Image, Variant
from tradepost.catalogue.selectors import public_categories
from tradepost.core.extending.exposed_fields import PUBLIC
from tradepost.orders.models import Order
from tradepost.storefront.conf import settings
from tradepost.testing import factories as make

from .conftest import Visitor

PRODUCTS = "/api/v1/products/"


@pytest.fixture
def tree(mug: Variant) -> Category:
    """Home > Kitchen (hidden) > Mugs, where the mug is; a bowl is in Home."""
    home = make.category("Home", slug="home")
    kitchen = make.category("Kitchen", slug="kitchen", parent=home, is_published=False)
    mugs = make.category("Mugs", slug="mugs", parent=kitchen)
    mug.product.categories.add(mugs)
    bowl = make.variant(product=make.product(name="Bowl", slug="bowl"), sku="BOWL", price="5.00", on_hand=5)
    bowl.product.categories.add(Category.objects.get(pk=home.pk))
    return Category.objects.get(pk=home.pk)


def test_what_lies_below_a_hidden_category_is_hidden_everywhere(guest: Visitor, tree: Category, client: Client) -> None:
    """Its page, the filter, the trees and their counts, the breadcrumbs; the product itself has a flag of its own."""
    assert [category.slug for category in public_categories()] == ["home"]
    assert guest.get("/c/mugs/").status_code == guest.get("/c/kitchen/").status_code == 404
    assert [card.product.slug for card in guest.get("/c/home/").context["cards"]] == ["bowl"]
    assert list(guest.get("/products/mug/").context["crumbs"]) == []
    assert client.get("/api/v1/categories/mugs/").status_code == 404
    [home] = client.get("/api/v1/categories/").json()
    assert (home["slug"], home["products"], home["children"]) == ("home", 1, [])
    assert [card["slug"] for card in client.get(PRODUCTS, {"category": "home"}).json()["results"]] == ["bowl"]
    for slug in ("kitchen", "mugs"):  # as one that never was
        assert client.get(PRODUCTS, {"category": slug}).status_code == 400, slug

    assert {card["slug"] for card in client.get(PRODUCTS).json()["results"]} == {"mug", "bowl"}


def test_a_hidden_root_hides_all_of_it(guest: Visitor, tree: Category) -> None:
    """And one that is shown again shows it."""
    Category.objects.filter(slug="home").update(is_published=False)
    Category.objects.filter(slug="kitchen").update(is_published=True)
    assert not public_categories().exists()
    assert guest.get("/c/mugs/").status_code == 404

    Category.objects.filter(slug="home").update(is_published=True)
    assert [category.slug for category in public_categories()] == ["home", "kitchen", "mugs"]
    assert guest.get("/c/mugs/").status_code == 200


def test_a_variants_own_picture_stands_for_it_to_the_end(guest: Visitor, mug: Variant, client: Client) -> None:
    """In the basket, at the checkout, on the order, in the API; a variant without one shows the product's, not another's."""
    other = make.variant(product=mug.product, sku="MUG-RED", price="10.00", on_hand=5)
    for position, (variant, name) in enumerate([(other, "red"), (None, "all"), (mug, "white")]):
        Image.objects.create(
            product=mug.product, variant=variant, source_url=f"https://cdn.example/{name}.jpg", position=position
        )
    plain = make.variant(product=mug.product, sku="MUG-PLAIN", price="10.00", on_hand=5)
    for variant in (mug, other, plain):
        guest.add(variant)

    guest.get("/basket/")
    pictures = {line.row.variant.sku: line.picture.url for line in guest.page.context["lines"]}
    assert pictures == {
        "MUG": "https://cdn.example/white.jpg",
        "MUG-RED": "https://cdn.example/red.jpg",
        "MUG-PLAIN": "https://cdn.example/all.jpg",
    }
    guest.say(method="transfer")
    guest.place()
    order = Order.objects.get()
    assert dict(order.lines.values_list("sku", "image")) == pictures
    uuid = client.post("/api/v1/baskets/", {}, content_type="application/json").json()["uuid"]
    added = client.post(
        f"/api/v1/baskets/{uuid}/lines/", {"variant": "MUG", "quantity": 1}, content_type="application/json"
    ).json()
    assert added["lines"][0]["image"]["url"] == "https://cdn.example/white.jpg"


@pytest.mark.parametrize("word", ["yes", "on", "2", "tru"])
@pytest.mark.parametrize("name", ["in_stock", "facets"])
def test_the_api_refuses_a_word_that_it_doesnt_know(client: Client, mug: Variant, name: str, word: str) -> None:
    """With a code and the name."""
    answer = client.get(PRODUCTS, {name: word})

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["attr"], error["code"], error["detail"]) == (name, "invalid", "Enter true or false.")


@pytest.mark.parametrize(("word", "count"), [("true", 1), ("1", 1), ("TRUE", 1), ("false", 2), ("0", 2), ("", 2)])
def test_the_api_takes_yes_and_no(client: Client, mug: Variant, word: str, count: int) -> None:
    """No is no filter: there is none for what is sold out."""
    make.variant(product=make.product(name="Gone", slug="gone"), sku="GONE", price="5.00", on_hand=0)

    assert client.get(PRODUCTS, {"in_stock": word}).json()["count"] == count


def test_an_exposed_boolean_is_read_so_too(client: Client, mug: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever may read it."""
    from tradepost.core.extending import exposed_fields

    monkeypatch.setattr(exposed_fields, "_declared", {})
    exposed_fields.expose("tradepost_catalogue.Product", "is_featured", read=PUBLIC, filter=True)
    mug.product.is_featured = True
    mug.product.save()

    answers = {
        word: client.get(PRODUCTS, {"extra.is_featured": word}) for word in ("true", "1", "false", "0", "yes", "True!")
    }
    assert {word: answer.status_code for word, answer in answers.items()} == {
        "true": 200,
        "1": 200,
        "false": 200,
        "0": 200,
        "yes": 400,
        "True!": 400,
    }
    assert [answers[word].json()["count"] for word in ("true", "1", "false", "0")] == [1, 1, 0, 0]
    assert answers["yes"].json()["errors"][0]["attr"] == "extra.is_featured"


def test_parameters_that_nobody_reads_are_named(client: Client, mug: Variant) -> None:
    """In one header, on lists and details alike; those that are known aren't, and what is no name isn't repeated."""
    values = {"page": "1", "page_size": "5", "in_stock": "1", "attr.colour": "red", "currency": "EUR", "format": "json"}
    assert "Unknown-Parameters" not in client.get(PRODUCTS, values).headers
    assert client.get(PRODUCTS, {"instock": "1", "color": "red", "page": "1"}).headers["Unknown-Parameters"] == (
        "instock, color"
    )
    assert client.get(f"{PRODUCTS}mug/", {"lang": "de"}).headers["Unknown-Parameters"] == "lang"
    assert client.get("/api/v1/categories/", {"slug": "x"}).headers["Unknown-Parameters"] == "slug"
    assert "Unknown-Parameters" not in client.get(PRODUCTS, {"a b\r\nSet-Cookie: x": "1"}).headers


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"in_stock": "yes"}, "We didn’t understand the stock filter, so it was ignored."),
        ({"price_min": "cheap"}, "We didn’t understand the price, so it was ignored. Enter it as in 12.50."),
        ({"price_max": "NaN"}, "We didn’t understand the price, so it was ignored. Enter it as in 12.50."),
        ({"sort": "best"}, "Products can’t be sorted like that; the newest come first."),
        ({"tag": "nowhere"}, "There is no tag “nowhere”. The list is shown without that."),
        ({"a.size": "4"}, "There is no attribute “size”. The list is shown without that."),
        ({"a.colour": "green"}, "Colour can’t be “green”. The list is shown without that."),
    ],
)
def test_the_storefront_says_what_it_didnt_understand(
    guest: Visitor, mug: Variant, query: dict[str, str], sentence: str
) -> None:
    """And shows the list without it."""
    Attribute.objects.create(
        product_type=mug.product.product_type, code="colour", name="Colour", kind="choice", choices=["red"]
    )
    guest.client.get("/search/", query)
    page = guest.client.get("/search/", query)

    assert " ".join(page.context["misread"]) == sentence
    assert sentence in page.content.decode()
    assert [card.product.slug for card in page.context["cards"]] == ["mug"]


def test_a_filter_that_nothing_meets_is_kept(guest: Visitor, mug: Variant) -> None:
    """A value that could be, and words, give an empty list without a remark; an empty field is no filter."""
    Attribute.objects.create(
        product_type=mug.product.product_type, code="colour", name="Colour", kind="choice", choices=["red"]
    )

    for query, count in (({"a.colour": "red"}, 0), ({"q": "nothing"}, 0), ({"a.colour": "", "tag": ""}, 1)):
        page = guest.client.get("/search/", query)
        assert (page.context["misread"], page.context["page"].paginator.count) == ([], count), query


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2), ("99", 2), ("1_0", 1), ("\u0662", 1), ("x", 1), ("-1", 1), ("", 1)]
)
def test_a_page_has_a_plain_number(guest: Visitor, mug: Variant, text: str, number: int) -> None:
    """Else the first is shown."""
    for index in range(settings().PAGE_SIZE):
        make.variant(product=make.product(name=f"Cup {index}", slug=f"cup-{index}"), price="5.00", on_hand=5)

    assert guest.client.get("/search/", {"page": text}).context["page"].number == number


def test_the_storefront_reads_no_as_no(guest: Visitor, mug: Variant) -> None:
    """Sold-out goods are shown then; addresses with marks of campaigns are pages as any other."""
    make.variant(product=make.product(name="Gone", slug="gone"), sku="GONE", price="5.00", on_hand=0)

    for query in ({"in_stock": "0"}, {"in_stock": "false"}, {"utm_source": "mail", "gclid": "x", "fbclid": "y"}):
        page = guest.client.get("/search/", query)
        assert (page.context["misread"], page.context["page"].paginator.count) == ([], 2), query
    assert guest.client.get("/search/", {"in_stock": "1"}).context["page"].paginator.count == 1
    assert not mail.outbox
