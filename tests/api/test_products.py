"""Products, categories and collections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.catalogue.models import Attribute, Collection, Product, Variant
from tradepost.core.dates import clock
from tradepost.promotions.models import PercentageOff
from tradepost.testing import factories

URL = "/api/v1/products/"
pytestmark = pytest.mark.django_db


def shelf(number: int) -> None:
    """So many priced products in stock."""
    for index in range(number):
        product = factories.product(name=f"Mug {index:02}", slug=f"mug-{index:02}")
        factories.variant(product=product, sku=f"MUG-{index:02}", price="12.50", on_hand=3)


def test_lists_products_with_price_and_stock(client: Client) -> None:
    """A card has what a list shows, and money in the one form."""
    product = factories.product(name="Mug", slug="mug", summary="Holds tea.", brand="Acme")
    factories.variant(product=product, price="12.50", on_hand=1)

    answer = client.get(URL).json()

    assert answer == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "slug": "mug",
                "name": "Mug",
                "summary": "Holds tea.",
                "brand": "Acme",
                "price": {"amount": "12.50", "currency": "EUR"},
                "was": None,
                "lowest": None,
                "is_from": False,
                "in_stock": True,
                "image": None,
                "badges": [],
            }
        ],
    }


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_costs_three_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    """Versions, products, prices; however many. The count and the keys are kept, but where stock or the like is asked for."""
    shelf(number)
    client.get(URL)  # what is kept in the process is there then

    with django_assert_num_queries(5):
        answer = client.get(URL, {"page_size": 100, "search": "mug", "in_stock": "true", "ordering": "price"}).json()
    client.get(URL, {"page_size": 100, "search": "mug", "ordering": "price"})
    with django_assert_num_queries(3):
        again = client.get(URL, {"page_size": 100, "search": "mug", "ordering": "price"}).json()

    assert (len(answer["results"]), again["count"], len(again["results"])) == (number, number, number)


def test_pages_are_linked_and_counted(client: Client) -> None:
    """The size is the caller's, up to a limit."""
    shelf(5)

    first = client.get(URL, {"page_size": 2, "ordering": "name"}).json()
    last = client.get(URL, {"page_size": 2, "ordering": "name", "page": 3}).json()

    assert (first["count"], first["previous"]) == (5, None)
    assert [card["slug"] for card in first["results"]] == ["mug-00", "mug-01"]
    assert first["next"] == "http://testserver/api/v1/products/?ordering=name&page=2&page_size=2"
    assert ([card["slug"] for card in last["results"]], last["next"]) == (["mug-04"], None)


def test_what_is_one_guests_alone_is_kept_by_nobody_in_between(client: Client, basket: dict[str, Any]) -> None:
    """A basket is private; a list that everybody sees alike isn't."""
    answers = [client.get(url) for url in (URL, f"/api/v1/baskets/{basket['uuid']}/")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-cache", "private, no-cache"]


def test_no_page_is_longer_than_the_shop_allows(client: Client, settings: Any) -> None:
    """Numbered or by cursor; who asks for more gets as many as there may be, and the next page."""
    settings.TRADEPOST_API = {"MAX_PAGE_SIZE": 2}
    shelf(5)

    for more in ({}, {"pagination": "cursor"}):
        answer = client.get(URL, {"page_size": 3, "ordering": "name", **more}).json()

        assert [card["slug"] for card in answer["results"]] == ["mug-00", "mug-01"]
        assert answer["next"] is not None


def test_pages_by_cursor_have_no_count_and_meet_every_row_once(client: Client) -> None:
    """Following ``next`` walks the whole list."""
    shelf(5)
    url: str | None = f"{URL}?pagination=cursor&page_size=2&ordering=name"
    seen: list[str] = []

    while url:
        answer = client.get(url).json()
        assert "count" not in answer
        seen += [card["slug"] for card in answer["results"]]
        url = answer["next"]

    assert seen == ["mug-00", "mug-01", "mug-02", "mug-03", "mug-04"]


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 5000, "1e3", "\x00"])
def test_a_page_that_is_not_there_is_refused(client: Client, page: str) -> None:
    """Neither a number beyond the last page nor nonsense is a failure of ours."""
    shelf(1)

    assert client.get(URL, {"page": page}).status_code in (400, 404)


def test_filters_by_attributes_and_counts_facets(client: Client) -> None:
    """Values of one attribute are joined by or; facets count what each would leave."""
    kind = factories.product_type()
    Attribute.objects.create(product_type=kind, code="colour", name="Colour", filterable=True)
    for slug, colour in (("a", "red"), ("b", "blue"), ("c", "green")):
        factories.variant(product=factories.product(slug=slug, name=slug, attributes={"colour": colour}), price="1")

    answer = client.get(f"{URL}?attr.colour=red&attr.colour=blue&facets=true&ordering=name").json()

    assert [card["slug"] for card in answer["results"]] == ["a", "b"]
    assert [facet["code"] for facet in answer["facets"]] == ["colour"]
    values: Any = {value["value"]: (value["count"], value["is_chosen"]) for value in answer["facets"][0]["values"]}
    assert values == {"red": (1, True), "blue": (1, True), "green": (1, False)}


def test_filters_by_category_and_price(client: Client) -> None:
    """A category has what is below it; both ends of a price range count."""
    root = factories.category("Kitchen")
    leaf = factories.category("Mugs", parent=root)
    for slug, amount in (("cheap", "5.00"), ("fair", "10.00"), ("dear", "20.00")):
        product = factories.product(slug=slug)
        product.categories.add(leaf)
        factories.variant(product=product, price=amount)
    factories.variant(product=factories.product(slug="elsewhere"), price="10.00")

    answer = client.get(
        URL, {"category": "kitchen", "price_min": "5.00", "price_max": "10", "ordering": "price"}
    ).json()

    assert [card["slug"] for card in answer["results"]] == ["cheap", "fair"]


def test_a_price_of_nothing_is_a_price(client: Client) -> None:
    """Up to nothing costs what is free, and not everything."""
    for slug, amount in (("free", "0.00"), ("fair", "10.00")):
        factories.variant(product=factories.product(slug=slug), price=amount)

    answers = {params: client.get(f"{URL}?{params}").json()["results"] for params in ("price_max=0", "price_min=0")}

    slugs = {params: {card["slug"] for card in cards} for params, cards in answers.items()}
    assert slugs == {"price_max=0": {"free"}, "price_min=0": {"free", "fair"}}


@pytest.mark.parametrize(
    ("params", "attr"),
    [
        ({"price_min": "cheap"}, "price_min"),
        ({"price_min": "NaN"}, "price_min"),
        ({"price_max": "1e400"}, "price_max"),
        ({"price_min": "-1"}, "price_min"),
        ({"ordering": "pk"}, "ordering"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "BTC"}, "currency"),
        ({"country": "Germany"}, "country"),
        ({"search": "x" * 201}, "search"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(client: Client, params: dict[str, str], attr: str) -> None:
    """400, with the parameter."""
    answer = client.get(URL, params)

    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert answer.json()["errors"][0]["attr"] == attr


def test_shows_one_product_with_its_variants(client: Client) -> None:
    """A variant has its price and the units left; nothing shows a primary key."""
    kind = factories.product_type()
    Attribute.objects.create(product_type=kind, code="material", name="Material")
    product = factories.product(
        name="Mug", slug="mug", option_names=["Size"], attributes={"material": "clay"}, description="Long."
    )
    factories.variant(product=product, sku="MUG-S", options={"Size": "S"}, price="10.00", on_hand=2)
    factories.variant(product=product, sku="MUG-L", options={"Size": "L"}, on_hand=0)

    answer = client.get(f"{URL}mug/").json()

    assert answer["uuid"] == str(product.uuid)
    assert answer["options"] == {"Size": ["S", "L"]}
    assert answer["properties"] == [{"code": "material", "name": "Material", "value": "clay", "text": "clay"}]
    assert answer["variants"] == [
        {
            "sku": "MUG-S",
            "name": "S",
            "options": {"Size": "S"},
            "price": {"amount": "10.00", "currency": "EUR"},
            "was": None,
            "lowest": None,
            "in_stock": True,
            "available": 2,
            "image": None,
        },
        {
            "sku": "MUG-L",
            "name": "L",
            "options": {"Size": "L"},
            "price": None,
            "was": None,
            "lowest": None,
            "in_stock": False,
            "available": 0,
            "image": None,
        },
    ]


@pytest.mark.parametrize("number", [1, 50])
def test_a_product_costs_four_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    """However many variants it has."""
    product = factories.product(slug="mug")
    for _index in range(number):
        factories.variant(product=product, price=Decimal("10.00"), on_hand=1)
    client.get(f"{URL}mug/")  # what is kept in the process is there then

    with django_assert_num_queries(4):
        answer = client.get(f"{URL}mug/").json()

    assert len(answer["variants"]) == number


@pytest.mark.parametrize("slug", ["nothing", "hidden", "archived%00", "a" * 500, "..", "%ff"])
def test_an_absent_product_is_404(client: Client, slug: str) -> None:
    """Hidden ones are absent, too."""
    factories.product(slug="hidden", is_published=False)

    assert client.get(f"{URL}{slug}/").status_code == 404


def test_what_the_caller_has_already_is_not_sent_again(client: Client) -> None:
    """The ETag is of the content: it changes with the price."""
    product = factories.product(slug="mug")
    variant = factories.variant(product=product)
    price = factories.price(variant, "10.00")

    first = client.get(f"{URL}mug/")
    same = client.get(f"{URL}mug/", headers={"If-None-Match": first["ETag"]})
    price.amount = Decimal("11.00")
    price.save()
    changed = client.get(f"{URL}mug/", headers={"If-None-Match": first["ETag"]})

    assert first["ETag"].startswith('"')
    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200


def test_categories_are_a_tree_with_counts(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """One query, for versions, once they are kept; one category has the way to it."""
    root = factories.category("Kitchen")
    leaf = factories.category("Mugs", parent=root)
    factories.product().categories.add(leaf)

    client.get("/api/v1/categories/")
    with django_assert_num_queries(1):
        tree = client.get("/api/v1/categories/").json()
    body = client.get("/api/v1/categories/mugs/").json()

    assert tree == [
        {
            "slug": "kitchen",
            "name": "Kitchen",
            "description": "",
            "products": 1,
            "children": [{"slug": "mugs", "name": "Mugs", "description": "", "products": 1, "children": []}],
        }
    ]
    assert body["ancestors"] == [{"slug": "kitchen", "name": "Kitchen"}]
    assert client.get("/api/v1/categories/nothing/").status_code == 404


def test_collections_that_are_published_are_listed(client: Client) -> None:
    """Their products are found by a filter."""
    chosen = Collection.objects.create(name="Summer", slug="summer")
    Collection.objects.create(name="Draft", slug="draft", is_published=False)
    product = factories.product(slug="mug")
    chosen.products.add(product)
    factories.product(slug="other")

    assert client.get("/api/v1/collections/").json()["results"] == [
        {"slug": "summer", "name": "Summer", "description": ""}
    ]
    assert client.get("/api/v1/collections/draft/").status_code == 404
    results = client.get(URL, {"collection": "summer"}).json()["results"]
    assert [card["slug"] for card in results] == ["mug"]


def test_badges_of_promotions_stand_in_list_and_page(client: Client) -> None:
    """Those that name the product."""
    shelf(1)
    PercentageOff.objects.create(promotion=factories.promotion("sale"), percent=20, products=["mug-00"])
    badge = {"text": "−20 %", "label": "Sale", "promotion": "sale"}

    assert client.get(URL).json()["results"][0]["badges"] == [badge]
    assert client.get(f"{URL}mug-00/").json()["badges"] == [badge]


def test_many_products_are_found_in_one_call_in_the_order_in_which_they_were_named(client: Client) -> None:
    """By slugs or SKUs, separated by commas or one by one; what isn't there, is hidden or archived is left out."""
    shelf(4)
    factories.product(slug="hidden", is_published=False)
    two = Product.objects.get(slug="mug-02")
    factories.variant(product=two, sku="MUG-02-L", price="15.00")
    Variant.objects.filter(sku="MUG-03").update(archived_at=clock.now())

    def slugs(**params: Any) -> list[str]:
        return [card["slug"] for card in client.get(URL, params).json()["results"]]

    assert slugs(slug="mug-03,mug-01,hidden,nope,mug-03") == ["mug-03", "mug-01"]
    assert slugs(slug=["mug-02", "mug-00"]) == ["mug-02", "mug-00"]
    assert slugs(sku="MUG-02-L,MUG-00,MUG-02,MUG-03,NOPE") == ["mug-02", "mug-00"]
    assert slugs(sku="MUG-01,MUG-00", ordering="name") == ["mug-00", "mug-01"]
    assert slugs(slug="nope") == slugs(sku="NOPE") == []
    assert slugs(slug="mug-03,mug-00", pagination="cursor") == ["mug-03", "mug-00"]
    walked = client.get(URL, {"slug": "mug-03,mug-00,mug-01", "pagination": "cursor", "page_size": 2}).json()
    assert [card["slug"] for card in client.get(walked["next"]).json()["results"]] == ["mug-01"]
    assert client.get(URL, {"slug": "mug-03,mug-00"}).json()["count"] == 2


@pytest.mark.parametrize("name", ["slug", "sku"])
def test_too_many_products_in_one_call_are_refused(client: Client, name: str) -> None:
    """A hundred at most; nonsense finds nothing."""
    answer = client.get(URL, {name: ",".join(f"mug-{number}" for number in range(101))})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "max_length")
    assert answer.json()["errors"][0]["attr"].startswith(name)
    hundred = client.get(URL, {name: ",".join(f"{number}" for number in range(100))})
    assert (hundred.status_code, hundred.json()["count"]) == (200, 0)
    assert client.get(URL, {name: ",,"}).status_code == 200
