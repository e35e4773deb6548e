"""Goods of promotions, read from the database."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.totals.snapshots import Terms
from tradepost.catalogue.models import Collection, Product
from tradepost.customers.models import CustomerGroup
from tradepost.orders.models import Order
from tradepost.pricing.ports import Place
from tradepost.promotions.models import (
    BuyGet,
    Countries,
    CustomerGroups,
    FirstOrder,
    FixedPrice,
    FreeGift,
    Hours,
    MinimumQuantity,
    MinimumValue,
    PercentageOff,
    TieredPercentage,
)
from tradepost.testing import factories as make
from tradepost.testing import placed

pytestmark = pytest.mark.django_db


def ten_percent(code: str = "", **values: Any) -> Any:
    """A promotion of ten percent, for some goods."""
    promotion = make.promotion(code)
    PercentageOff.objects.create(promotion=promotion, percent=10, **values)
    return promotion


def basket_of(*variants: Any, **values: Any) -> AbstractBasket:
    """One of each."""
    basket = services.open_basket(**values)
    for variant in variants:
        services.add(basket, variant)
    return basket


def shares(basket: AbstractBasket, **values: Any) -> list[Decimal]:
    """The discount of each line."""
    return [line.row.discount for line in services.read(basket, **values).lines]


def test_goods_by_product_attribute_and_collection() -> None:
    """A collection by hand, and one by a rule."""
    cup, hat, pen = (make.variant(price="10.00") for _ in range(3))
    by_hand = Collection.objects.create(name="Hand", slug="hand")
    by_hand.products.add(cup.product)
    novels = make.category("Novels", parent=make.category("Books"))
    pen.product.categories.add(novels)
    by_rule = Collection.objects.create(name="Rule", slug="rule", rule={"categories": ["books"]})
    type(hat.product).objects.filter(pk=hat.product_id).update(attributes={"colour": "red"})
    basket = basket_of(cup, hat, pen)

    for values, expected in (
        ({"products": [cup.product.slug, pen.product.slug]}, [1, 0, 1]),
        ({"attributes": {"colour": ["red", "blue"]}}, [0, 1, 0]),
        ({"attributes": {"colour": "red"}}, [0, 1, 0]),
        ({"collection": by_hand}, [1, 0, 0]),
        ({"collection": by_rule}, [0, 0, 1]),
    ):
        created = ten_percent(**values)
        assert shares(basket) == expected, values
        created.delete()


def test_conditions_of_goods() -> None:
    """In a collection, or by product."""
    cup, hat = make.variant(price="10.00"), make.variant(price="10.00")
    collection = Collection.objects.create(name="Hand", slug="hand")
    collection.products.add(cup.product)
    created = ten_percent()
    MinimumValue.objects.create(promotion=created, amount=10, currency="EUR", collection=collection)
    MinimumQuantity.objects.create(promotion=created, quantity=1, products=[hat.product.slug])

    assert shares(basket_of(cup, hat)) == [1, 1]
    assert shares(basket_of(cup)) == [0]
    assert shares(basket_of(hat)) == [0]


def test_groups_of_customers() -> None:
    """Guests have none."""
    CustomerGroups.objects.create(promotion=ten_percent(), groups=["friends", "staff"])
    friend, cup = make.customer(), make.variant(price="10.00")
    friend.groups.add(CustomerGroup.objects.create(code="friends", name="Friends"))

    assert shares(basket_of(cup, customer=friend)) == [1]
    assert shares(basket_of(cup, customer=make.customer())) == [0]
    assert shares(basket_of(cup)) == [0]


def test_the_first_order_is_known_by_account_or_email() -> None:
    """One that was cancelled or has expired doesn't count."""
    FirstOrder.objects.create(promotion=ten_percent())
    ada, cup = make.customer(email="ada@example.com"), make.variant(price="10.00")
    order = placed.order(placed.line_row("10.00", 1))
    Order.objects.filter(pk=order.pk).update(customer=ada, email="ada@example.com")
    his, hers, guest = basket_of(cup, customer=make.customer()), basket_of(cup, customer=ada), basket_of(cup)

    assert (shares(his), shares(hers), shares(guest)) == ([1], [0], [1])
    assert shares(guest, terms=Terms(email="ADA@example.com")) == [0]
    assert shares(guest, terms=Terms(email="eve@example.com")) == [1]
    for ended in ("cancelled", "expired"):
        Order.objects.update(status=ended)
        assert shares(hers) == [1]


def test_the_country_is_the_destination() -> None:
    """The basket's own, until an address is known."""
    Countries.objects.create(promotion=ten_percent(), codes=["DE"])
    basket = basket_of(make.variant(price="10.00"), country="DE")

    assert shares(basket) == [1]
    assert shares(basket, terms=Terms(destination=Place("AT"))) == [0]


def test_hours_are_by_the_clock_of_the_shop(settings: Any) -> None:
    """Not by that of the visitor, or in UTC."""
    settings.TIME_ZONE = "Europe/Berlin"
    Hours.objects.create(promotion=ten_percent(), begin=time(18), end=time(20), weekdays=[3])
    basket = basket_of(make.variant(price="10.00"))

    def at(hour: int) -> Decimal:
        return services.totals(basket, at=datetime(2026, 5, 20, hour, tzinfo=UTC)).discount

    assert [at(hour) for hour in (15, 16, 17, 18)] == [0, 1, 1, 0]


def test_benefits_are_loaded_as_they_were_written() -> None:
    """Each kind with its columns."""
    cup, hat = make.variant(price="10.00"), make.variant(price="8.00")
    Product.objects.filter(pk=cup.product_id).update(attributes={"colour": "red"})
    hand = Collection.objects.create(name="Hand", slug="hand")
    hand.products.add(hat.product)
    basket = basket_of(cup, hat)
    for kind, values, expected in (
        (FixedPrice, {"amount": "9.00", "currency": "EUR"}, ["1", "0"]),
        (BuyGet, {"percent": 50}, ["0", "4"]),
        (BuyGet, {"products": [cup.product.slug], "bought_products": [hat.product.slug]}, ["10", "0"]),
        (BuyGet, {"products": [cup.product.slug], "bought_collection": hand}, ["10", "0"]),
        (BuyGet, {"products": [hat.product.slug], "bought_collection": hand}, ["0", "0"]),
        (BuyGet, {"products": [hat.product.slug], "bought_attributes": {"colour": "red"}}, ["0", "8"]),
        (BuyGet, {"products": [hat.product.slug], "bought_attributes": {"colour": ["blue"]}}, ["0", "0"]),
        (FreeGift, {"products": [hat.product.slug]}, ["0", "8"]),
        (TieredPercentage, {"target": "order", "tiers": [["2", "50"]]}, ["5", "4"]),
        (TieredPercentage, {"tiers": [["18", "10"], [20, 50]], "currency": "EUR"}, ["1", "0.80"]),
        (
            TieredPercentage,
            {"tiers": [["18", "10"], ["NaN", "50"], ["1", "Infinity"]], "currency": "EUR"},
            ["1", "0.80"],
        ),
        (TieredPercentage, {"tiers": [["1", "sNaN"]]}, ["0", "0"]),
    ):
        promotion = make.promotion()
        kind.objects.create(promotion=promotion, **values)
        assert shares(basket) == [Decimal(share) for share in expected], (kind, values)
        promotion.delete()


@pytest.mark.parametrize(
    "row",
    [
        CustomerGroups(groups=["nobody"]),
        Countries(codes=["Germany"]),
        Countries(codes="DE"),
        Hours(weekdays=[0]),
        Hours(weekdays="1"),
        BuyGet(bought_products=["nothing"]),
        BuyGet(products=["nothing"]),
        BuyGet(bought_attributes=["red"]),
        FreeGift(),
        TieredPercentage(tiers=[]),
        TieredPercentage(tiers=[["50"]]),
        TieredPercentage(tiers=[["50", "five"]]),
        TieredPercentage(tiers=[["50", "101"]]),
        TieredPercentage(tiers=[["50", "NaN"]]),
        TieredPercentage(tiers=[["NaN", "5"]]),
        TieredPercentage(tiers=[["Infinity", "5"]], currency="EUR"),
        TieredPercentage(tiers=[["1_0", "5"]]),
        TieredPercentage(tiers=[["1.5", "5"]]),
        TieredPercentage(tiers=[["50.005", "5"]], currency="EUR"),
        TieredPercentage(tiers=[["50", "5"]], currency="HRK"),
        TieredPercentage(tiers=5),
        TieredPercentage(tiers={"50": "5"}),
        TieredPercentage(tiers=[["50", "5"]], currency="XXQ"),
        PercentageOff(attributes=["red"]),
    ],
)
def test_what_makes_no_sense_is_refused(row: Any) -> None:
    """In the form already."""
    with pytest.raises(ValidationError):
        row.clean()


def test_what_makes_sense_is_taken() -> None:
    """An emptied field of a form is an empty list; countries are kept in capitals."""
    countries, hours = Countries(codes=["de"]), Hours(weekdays=None)
    goods = PercentageOff(categories=None, products=None, attributes=None)
    for row in (countries, hours, goods, BuyGet(bought_categories=None), FreeGift(attributes={"gift": True})):
        row.clean()
    TieredPercentage(tiers=[["50", "5"]], currency="EUR").clean()

    assert (countries.codes, hours.weekdays, goods.categories, goods.attributes) == (["DE"], [], [], {})


def test_a_hundred_lines_and_fifty_promotions_cost_four_queries() -> None:
    """Of all kinds, some by coupon, some in a lane."""
    ada = make.customer()
    books = make.category("Books")
    collections = [Collection.objects.create(name=name, slug=name) for name in ("a", "b")]
    collections[1].rule = {"categories": ["books"]}
    collections[1].save()
    basket = services.open_basket(customer=ada, country="DE")
    make.tax("0.19")
    for _ in range(100):
        variant = make.variant(price="10.00", on_hand=5)
        variant.product.categories.add(books)
        services.add(basket, variant)
    for number in range(50):
        lane = f"lane-{number // 5}" if number % 2 else ""
        promotion = make.promotion(f"p{number}", lane=lane, uses_units=number % 3 == 0)
        PercentageOff.objects.create(
            promotion=promotion,
            percent=1,
            categories=["books"],
            collection=collections[number % 2] if number % 4 else None,
        )
        if number % 5 == 0:
            FirstOrder.objects.create(promotion=promotion)
            CustomerGroups.objects.create(promotion=promotion, groups=["friends"])
            MinimumValue.objects.create(promotion=promotion, amount=5, currency="EUR", collection=collections[1])

    services.read(services.basket_of(ada))  # what is kept in the process is there then
    with CaptureQueriesContext(connection) as seen:
        view = services.read(services.basket_of(ada))

    assert len([query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]) == 4
    assert view.totals.discount > 0
