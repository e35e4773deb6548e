"""Pages that show products."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.catalogue.models import Attribute, Collection, Image, Variant
from tradepost.pricing.models import Price
from tradepost.promotions.models import CheapestFree
from tradepost.testing import factories as make

from .conftest import Visitor


def test_the_home_page_shows_collections_and_what_is_new(guest: Visitor, mug: Variant) -> None:
    """Each shelf leads to its list; an empty collection has no shelf."""
    Collection.objects.create(name="Mornings", slug="mornings").products.add(mug.product)
    Collection.objects.create(name="Nothing", slug="nothing")

    guest.get("/")

    assert [shelf.name for shelf in guest.page.context["shelves"]] == ["Mornings", "New"]
    assert 'href="/collections/mornings/"' in guest.text
    assert "€10.00" in guest.text


def test_an_empty_shop_says_so(guest: Visitor) -> None:
    """No error, no empty shelf."""
    guest.get("/")

    assert "There are no products yet" in guest.text


def test_a_category_has_breadcrumbs_subcategories_and_filters(guest: Visitor, mug: Variant) -> None:
    """Choices in the form come back selected."""
    kitchen = make.category("Kitchen")
    cups = make.category("Cups", parent=kitchen)
    mug.product.categories.add(cups)
    Attribute.objects.create(
        product_type=mug.product.product_type, code="colour", name="Colour", kind="text", filterable=True
    )
    mug.product.attributes = {"colour": "red"}
    mug.product.save()

    guest.get("/c/kitchen/")
    assert [crumb.name for crumb in guest.page.context["subcategories"]] == ["Cups"]
    guest.get("/c/cups/?a.colour=red&in_stock=1&price_min=9,50&sort=price")

    assert [crumb.name for crumb in guest.page.context["crumbs"]] == ["Kitchen", "Cups"]
    assert [card.product.name for card in guest.page.context["cards"]] == ["Mug"]
    assert 'name="a.colour" value="red" checked' in guest.text
    assert 'value="9.50"' in guest.text
    assert guest.get("/c/cups/?a.colour=blue").status_code == 200
    assert "No products match these filters" in guest.text


def test_pages_follow_each_other_and_keep_the_filters(guest: Visitor, mug: Variant, settings: Any) -> None:
    """A page beyond the last is the last."""
    settings.TRADEPOST_STOREFRONT = {"PAGE_SIZE": 1}
    make.variant(product=make.product(name="Mug two"), price="12", on_hand=1)

    guest.get("/search/?q=mug&page=1")
    assert "?q=mug&amp;page=2" in guest.text
    guest.get("/search/?q=mug&page=99")
    assert guest.page.context["page"].number == 2


@pytest.mark.parametrize(
    "query",
    [
        "q=%00mug", "price_min=NaN&price_max=Infinity", "price_min=1e400", "page=-1", "page=x", "sort=pk;drop", "a.=x",
        "a.x__y=%00", "a.%00=1", "tag=%00", "q=" + "x " * 500, "in_stock=maybe&price_min=-3",
    ],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_no_error(guest: Visitor, mug: Variant, query: str) -> None:
    """It is left out."""
    assert guest.get(f"/search/?{query}").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/products/none/", "/c/none/", "/collections/none/", "/orders/none/", "/orders/1/thanks/", "/products/%00/",
        "/payments/6f2c4b7e-0000-4000-8000-000000000000/", "/payments/6f2c4b7e-0000-4000-8000-000000000000/return/",
        "/payments/x/", "/dummy/none/", "/orders/%00/", "/orders/1/?token=%00",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(guest: Visitor, url: str) -> None:
    """Never an error of ours."""
    assert guest.get(url).status_code == 404


def test_a_product_page_shows_the_variant_that_was_chosen(guest: Visitor) -> None:
    """By its options in order, or its SKU; else the cheapest that can be bought. Sold-out values are marked."""
    shirt = make.product(name="Shirt", slug="shirt", option_names=["Size", "Colour"])
    for size, colour, price, units in (("S", "red", "9", 0), ("S", "blue", "12", 9), ("L", "red", "11", 2)):
        options = {"Size": size, "Colour": colour}
        make.variant(product=shirt, sku=f"{size}-{colour}", options=options, price=price, on_hand=units)

    guest.get("/products/shirt/")
    assert guest.page.context["offer"].variant.sku == "L-red"
    assert "Only 2 left" in guest.text
    guest.get("/products/shirt/?o0=S&o1=blue")
    assert guest.page.context["offer"].variant.sku == "S-blue"
    guest.get("/products/shirt/?o0=S&o1=green")
    assert guest.page.context["offer"].variant.sku == "S-blue"
    guest.get("/products/shirt/?sku=S-red")
    assert "Sold out" in guest.text
    colours = guest.page.context["choices"][1]["values"]
    assert [(v["text"], v["is_chosen"], v["can_be_bought"]) for v in colours] == [
        ("red", True, False),
        ("blue", False, True),
    ]


def test_a_product_page_has_alternative_texts_and_the_price_before(guest: Visitor, mug: Variant) -> None:
    """A picture without a text is called by the product's name."""
    mug.prices.update(was_amount="12.00")
    Image.objects.create(product=mug.product, source_url="https://example.com/mug.jpg")

    guest.get("/products/mug/")

    assert 'alt="Mug"' in guest.text
    assert "€12.00" in guest.text


def test_a_product_without_variants_cannot_be_bought(guest: Visitor) -> None:
    """Its page says so."""
    make.product(slug="idea")

    guest.get("/products/idea/")

    assert "isn’t available at the moment" in guest.text


def test_a_price_in_another_currency_is_shown_where_there_is_one(guest: Visitor, mug: Variant) -> None:
    """The choice stays for later pages; a currency that isn't on offer changes nothing."""
    make.price(mug, "11.00", price_list=make.price_list("usd", currency="USD"))

    guest.post("/preferences/", {"currency": "USD", "country": "US", "next": "/products/mug/"})
    assert "$11.00" in guest.text
    guest.post("/preferences/", {"currency": "GBP", "country": "??", "next": "/products/mug/"})
    assert "$11.00" in guest.text
    assert guest.page.wsgi_request.session["tradepost_country"] == ""


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_preferences_lead_nowhere_else(guest: Visitor, target: str) -> None:
    """A form's own address is taken only within the shop."""
    answer = guest.post("/preferences/", {"currency": "EUR", "next": target}, follow=False)

    assert (answer.status_code, answer["Location"]) == (303, "/")


@pytest.mark.parametrize("number", [1, 24])
def test_a_page_costs_the_same_with_one_product_or_many(
    guest: Visitor, number: int, django_assert_num_queries: Any
) -> None:
    """Versions, products, prices; keys are kept."""
    shelf = make.category("Shelf")
    for index in range(number):
        product = make.product(name=f"Thing {index}")
        product.categories.add(shelf)
        make.variant(product=product, price="3", on_hand=1)
    guest.get("/c/shelf/")

    with django_assert_num_queries(3):
        guest.get("/c/shelf/")


def test_a_card_and_its_page_show_what_is_off(guest: Visitor, mug: Variant) -> None:
    """The reduction of the price, and promotions that name the product."""
    Price.objects.update(was_amount="13.00")
    CheapestFree.objects.create(promotion=make.promotion("mugs"), quantity=3, products=["mug"])

    guest.get("/search/")
    assert '<span class="hidden">reduced by </span>−23 %' in guest.text
    assert '<span class="badge accent" title="Mugs">3 for 2</span>' in guest.text

    guest.get("/products/mug/")
    assert '<span class="badge accent">3 for 2</span> Mugs' in guest.text
