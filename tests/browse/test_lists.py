"""Lists of products: what is found, in which order, at which price, by how many queries."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from tradepost import browse
from tradepost.catalogue.models import Attribute, Collection, Image, Tag
from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.customers.models import CustomerGroup
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db
GUEST = browse.Visitor(currency="EUR")


def names(criteria: browse.Criteria, visitor: browse.Visitor = GUEST) -> list[str]:
    """The names of what is found, in order."""
    return [product.name for product in browse.find(criteria, visitor)]


def product(name: str, price: str | None = None, on_hand: int | None = None, **values: Any) -> Any:
    """A product with one variant."""
    created = make.product(name=name, slug=name.lower().replace(" ", "-"), **values)
    make.variant(product=created, price=price, on_hand=on_hand)
    return created


def test_a_list_leaves_out_what_is_not_public() -> None:
    """Hidden and archived products are found by nobody."""
    product("Shown")
    product("Hidden", is_published=False)
    product("Archived", archived_at=clock.now())

    assert names(browse.Criteria()) == ["Shown"]


def test_a_category_holds_what_is_below_it_once() -> None:
    """A product in two subcategories is listed once; another branch isn't; nor is a hidden subcategory."""
    kitchen = make.category("Kitchen")
    cups, bowls = make.category("Cups", parent=kitchen), make.category("Bowls", parent=kitchen)
    secret = make.category("Secret", parent=kitchen, is_published=False)
    garden = make.category("Garden")
    product("Cup").categories.add(cups, bowls)
    product("Rake").categories.add(garden)
    product("Ghost").categories.add(secret)

    assert names(browse.Criteria(category="kitchen")) == ["Cup"]
    assert names(browse.Criteria(category="nowhere")) == []


def test_a_collection_lists_by_hand_or_by_rule() -> None:
    """Both kinds are asked for in the same way; a hidden one is empty."""
    chosen, other = product("Chosen"), product("Other", is_featured=True)
    Collection.objects.create(name="Hand", slug="hand").products.add(chosen)
    Collection.objects.create(name="Rule", slug="rule", rule={"featured": True})
    Collection.objects.create(name="Off", slug="off", is_published=False).products.add(chosen)

    assert names(browse.Criteria(collection="hand")) == ["Chosen"]
    assert names(browse.Criteria(collection="rule")) == [other.name]
    assert names(browse.Criteria(collection="off")) == []
    assert names(browse.Criteria(collection="none")) == []


def test_all_words_of_a_search_must_occur_somewhere() -> None:
    """In name, summary, brand, SKU or tags, whatever the case; not in the SKU of a variant that isn't sold any more."""
    mug = product("Blue mug", summary="Holds tea", brand="Kiln")
    mug.tags.add(Tag.objects.create(slug="gift", name="Gift"))
    product("Blue plate", summary="Holds cake")
    sku = mug.variants.get().sku
    gone = make.variant(product=mug, sku="GONE-1", archived_at=clock.now())

    assert names(browse.Criteria(search="blue TEA")) == ["Blue mug"]
    assert names(browse.Criteria(search="kiln gift")) == ["Blue mug"]
    assert names(browse.Criteria(search=sku.lower())) == ["Blue mug"]
    assert names(browse.Criteria(search="blue spoon")) == []
    assert names(browse.Criteria(search=gone.sku)) == []
    assert names(browse.Criteria(search="100% _")) == []


def test_prices_filter_and_order_by_the_cheapest_variant() -> None:
    """Ends are included; what has no price is last, and outside any range."""
    product("Dear", "30")
    cheap = product("Cheap", "12")
    make.variant(product=cheap, price="10")
    product("Priceless")

    assert names(browse.Criteria(ordering="price")) == ["Cheap", "Dear", "Priceless"]
    assert names(browse.Criteria(ordering="-price")) == ["Dear", "Cheap", "Priceless"]
    assert names(browse.Criteria(price_min=Decimal(10), price_max=Decimal(12))) == ["Cheap"]
    assert names(browse.Criteria(price_min=Decimal(11))) == ["Dear"]
    assert names(browse.Criteria(price_max=Decimal(30), ordering="name")) == ["Cheap", "Dear"]


def test_in_stock_means_that_one_unit_can_be_had() -> None:
    """Counted units, backorders, and what isn't counted at all; not what is reserved, or at a closed location."""
    product("Counted", on_hand=1)
    product("Empty", on_hand=0)
    untracked = product("Download", product_type=make.product_type("file", track_stock=False))
    promised = product("Promised")
    make.stock(promised.variants.get(), on_hand=2, reserved=2)
    later = product("Later")
    make.stock(later.variants.get(), on_hand=0, backorder_limit=1)
    closed = product("Closed")
    make.stock(closed.variants.get(), on_hand=5, location=make.location("closed", is_active=False))

    assert names(browse.Criteria(in_stock=True, ordering="name")) == ["Counted", untracked.name, "Later"]
    flags = {card.product.name: card.in_stock for card in browse.cards(browse.find(browse.Criteria(), GUEST), GUEST)}
    assert [name for name, here in sorted(flags.items()) if here] == ["Counted", "Download", "Later"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"colour": ["red"]}, ["Ball"]),
        ({"colour": ["red", "green"]}, ["Ball", "Cube"]),
        ({"colour": ["red"], "wood": ["true"]}, []),
        ({"wood": ["true"]}, ["Cube"]),
        ({"height": ["12"]}, ["Ball"]),
        ({"for": ["naïve"]}, ["Cube"]),
        ({"colour": []}, ["Ball", "Cube", "Rope"]),
        ({"a__b__gt": ["x"]}, []),
        ({"height": ["NaN", "1e999999"]}, []),
    ],
)
def test_attributes_match_by_any_value_of_each(attributes: dict[str, list[str]], expected: list[str]) -> None:
    """Texts, numbers, yes or no, and lists are all asked for by text; odd codes and values find nothing."""
    product("Ball", attributes={"colour": "red", "height": 12})
    product("Cube", attributes={"colour": "green", "wood": True, "for": ["young", "naïve"]})
    product("Rope")

    assert names(browse.Criteria(attributes=attributes, ordering="name")) == expected


def test_a_card_says_price_was_from_and_picture() -> None:
    """The cheapest variant's price, what it was before, that another costs more, and the first picture."""
    lamp = make.product(name="Lamp", slug="lamp")
    small, large = make.variant(product=lamp), make.variant(product=lamp)
    make.price(small, "20.00", was_amount="25.00")
    make.price(large, "40.00")
    Image.objects.create(product=lamp, file=ContentFile(b"x", name="second.webp"), position=2)
    Image.objects.create(product=lamp, source_url="https://example.com/lamp.jpg", alt="A lamp", position=1)

    [card] = browse.cards(browse.find(browse.Criteria(), GUEST), GUEST)

    assert (card.price, card.was, card.is_from, card.currency) == (Decimal(20), Decimal(25), True, "EUR")
    assert card.image == browse.Picture("https://example.com/lamp.jpg", "A lamp")


def test_a_card_without_price_or_picture_says_so() -> None:
    """Another currency's price is none; nothing is shown that isn't there."""
    product("Plain", "5")

    [card] = browse.cards(browse.find(browse.Criteria(), GUEST), replace(GUEST, currency="USD"))

    assert (card.price, card.was, card.is_from, card.image) == (None, None, False, None)


def test_a_customers_group_has_its_own_prices() -> None:
    """The list of highest priority wins, in order and filter as on the card."""
    group = CustomerGroup.objects.create(code="club", name="Club")
    member = make.customer()
    member.groups.add(group)
    club = make.price_list("club", priority=10)
    club.groups.add(group)
    table, _chair = product("Table", "100"), product("Chair", "60")
    make.price(table.variants.get(), "50", price_list=club)
    visitor = replace(GUEST, customer=member)

    assert names(browse.Criteria(ordering="price")) == ["Chair", "Table"]
    assert names(browse.Criteria(ordering="price"), visitor) == ["Table", "Chair"]
    result = browse.cards(browse.find(browse.Criteria(ordering="price"), visitor), visitor)
    assert [card.price for card in result] == [Decimal(50), Decimal(60)]


@pytest.mark.parametrize("number", [1, 50])
def test_a_list_costs_a_fixed_number_of_queries(number: int, django_assert_num_queries: Any) -> None:
    """With one product or fifty, filtered and ordered by all there is: versions, count, keys, facts, prices."""
    shelf = make.category("Shelf")
    for index in range(number):
        created = product(f"Thing {index}", "9.50", 3, attributes={"colour": "red"})
        created.categories.add(shelf)
        Image.objects.create(product=created, source_url="https://example.com/x.jpg")
    criteria = browse.Criteria(
        category="shelf", search="thing", price_min=Decimal(1), in_stock=True, ordering="price",
        attributes={"colour": ["red"]},
    )  # fmt: skip
    visitor = browse.Visitor(currency="EUR")

    browse.cards(browse.find(criteria, visitor), visitor)  # what is kept in the process is there then
    with versions.one_reading(), django_assert_num_queries(5):
        result = browse.find(browse.Criteria(), visitor)
        assert (result.count(), len(browse.cards(result[:100], visitor))) == (number, number)
    with versions.one_reading(), django_assert_num_queries(5):
        result = browse.find(criteria, visitor)
        assert result.count() == number
        shown = browse.cards(result[:100], visitor)

    assert len(shown) == number
    assert {(card.price, card.in_stock, bool(card.image)) for card in shown} == {(Decimal("9.50"), True, True)}


def test_cards_of_a_plain_list_keep_its_order() -> None:
    """For those who have products already."""
    first, second = product("First", "1"), product("Second", "2")

    assert [card.product.name for card in browse.cards([second, first], GUEST)] == ["Second", "First"]


def test_facets_count_what_another_choice_would_bring(django_assert_num_queries: Any) -> None:
    """An attribute's own choice doesn't lower its counts, others' do. One query, for versions, once they are kept."""
    kind = make.product_type()
    for code, sort in (("colour", "choice"), ("wood", "boolean")):
        Attribute.objects.create(product_type=kind, code=code, name=code.title(), kind=sort, filterable=True)
    Attribute.objects.create(product_type=kind, code="secret", name="Secret", kind="text")
    product("A", attributes={"colour": "red", "wood": True, "secret": "x"})
    product("B", attributes={"colour": "red", "wood": False})
    product("C", attributes={"colour": "green", "wood": False})

    assert len(browse.facets(browse.Criteria(attributes={"colour": ["green"]}), GUEST)) == 2
    browse.facets(browse.Criteria(attributes={"colour": ["red"]}), GUEST)
    with django_assert_num_queries(1):
        result = browse.facets(browse.Criteria(attributes={"colour": ["red"]}), GUEST)

    shown = {f.code: [(v.value, v.text, v.count, v.is_chosen) for v in f.values] for f in result}
    assert shown == {
        "colour": [("red", "red", 2, True), ("green", "green", 1, False)],
        "wood": [("false", "No", 1, False), ("true", "Yes", 1, False)],
    }


def test_facets_are_as_new_as_the_request() -> None:
    """Whatever changes: a product's values, the attribute, what is filtered by; and what is in stock is counted each time."""
    kind = make.product_type()
    Attribute.objects.create(product_type=kind, code="colour", name="Colour", kind="choice", filterable=True)
    ball = product("Ball", "2", 1, attributes={"colour": "red"})
    product("Cube", "3", 0, attributes={"colour": "red"})

    def counts(**criteria: Any) -> dict[str, dict[str, int]]:
        result = browse.facets(browse.Criteria(**criteria), GUEST)
        return {facet.name: {value.value: value.count for value in facet.values} for facet in result}

    assert (counts(), counts(in_stock=True)) == ({"Colour": {"red": 2}}, {"Colour": {"red": 1}})
    type(ball).objects.filter(pk=ball.pk).update(attributes={"colour": "blue"})
    assert (counts(), counts(in_stock=True)) == ({"Colour": {"blue": 1, "red": 1}}, {"Colour": {"blue": 1}})
    StockLevel.objects.update(on_hand=1)
    assert counts(in_stock=True) == {"Colour": {"blue": 1, "red": 1}}
    assert counts(price_max=Decimal("2.50")) == {"Colour": {"blue": 1}}
    Price.objects.update(amount=2)
    assert counts(price_max=Decimal("2.50")) == {"Colour": {"blue": 1, "red": 1}}
    Attribute.objects.update(name="Paint")
    assert counts() == {"Paint": {"blue": 1, "red": 1}}
    Attribute.objects.update(filterable=False)
    assert counts() == {}
