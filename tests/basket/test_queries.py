"""Baskets cost the same number of queries with 1 line and with 50."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.totals.snapshots import Terms
from tradepost.core import versions
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.ports import Place
from tradepost.promotions.models import AmountOff, MinimumQuantity, MinimumValue, PercentageOff
from tradepost.shipping.models import FlatRate, Pickup
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def everything(lines: int) -> AbstractBasket:
    """A customer's basket, with groups, categories, promotions, a coupon, taxes and ways to deliver."""
    group = CustomerGroup.objects.create(code=f"friends-{lines}", name="Friends")
    buyer = make.customer()
    buyer.groups.add(group)
    books = make.category("Books")
    novels = make.category("Novels", parent=books)
    make.tax("0.19", country="DE")
    basket = services.open_basket(customer=buyer, country="DE")
    for _ in range(lines):
        variant = make.variant(price="10.00", on_hand=5)
        variant.product.categories.add(novels)
        services.add(basket, variant)
    reading = make.promotion("reading", coupon="READ")
    PercentageOff.objects.create(promotion=reading, percent=10, categories=["books"])
    MinimumQuantity.objects.create(promotion=reading, quantity=1, categories=["books"])
    spring = make.promotion("spring")
    AmountOff.objects.create(promotion=spring, target="order", amount=1, currency="EUR")
    MinimumValue.objects.create(promotion=spring, amount=5, currency="EUR")
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal("4.90"))
    Pickup.objects.create(code="shop", name="Our shop", currency="EUR")
    services.add_coupon(basket, "read")
    basket = services.basket_of(buyer)
    services.totals_with_quotes(basket, Terms(destination=Place("DE")))  # what is kept in the process is there then
    return basket


def found(basket: AbstractBasket) -> AbstractBasket:
    """As a page finds it: with its customer and what the checkout knows of them."""
    assert basket.customer is not None
    return services.basket_of(basket.customer)


def count(call: Callable[[], object]) -> int:
    """Queries of a call within a request; savepoints don't count, nor what Django asks SQLite once for a connection."""
    assert connection.features.supports_json_field
    with versions.one_reading(), CaptureQueriesContext(connection) as seen:
        call()
    return sum("SAVEPOINT" not in query["sql"] for query in seen.captured_queries)


@pytest.mark.parametrize("lines", [1, 50])
def test_a_basket_is_read_by_five_queries(lines: int) -> None:
    """The basket itself, versions, coupons, lines, prices."""
    basket = everything(lines)

    assert count(lambda: services.totals(found(basket))) == 5
    assert count(lambda: services.read(found(basket))) == 5


@pytest.mark.parametrize("lines", [1, 50])
def test_delivery_costs_no_query(lines: int) -> None:
    """A chosen method, or all of them, whatever their kinds."""
    basket = everything(lines)
    terms = Terms(destination=Place("DE"), shipping_methods={"": "parcel"})

    assert count(lambda: services.totals(basket, terms)) == 4
    assert count(lambda: services.totals_with_quotes(basket, terms)) == 4


@pytest.mark.parametrize("lines", [1, 50])
def test_a_line_is_changed_and_the_basket_shown_by_ten_queries(lines: int) -> None:
    """Added, added again, changed or removed."""
    basket = everything(lines)
    variant = make.variant(price="10.00", on_hand=5)

    def show(call: Callable[[], object]) -> Callable[[], object]:
        return lambda: (call(), services.read(basket))

    assert count(show(lambda: services.add(basket, variant))) == 8
    assert count(show(lambda: services.add(basket, variant))) == 7
    uuid = basket.lines.get(variant=variant).uuid
    assert count(show(lambda: services.set_quantity(basket, uuid, 3))) == 7
    assert count(show(lambda: services.remove(basket, uuid))) == 7
    assert count(lambda: services.add_and_read(basket, variant)) == 7
