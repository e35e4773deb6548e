"""Budgets of queries in a shop with many promotions: they hold whatever is in the basket."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.checkout.conftest import HOME
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket, BasketLine
from tradepost.checkout import services
from tradepost.checkout.services import Visit
from tradepost.checkout.services.prepare import prepare
from tradepost.orders.models import Order
from tradepost.promotions.models import (
    AmountOff,
    BuyGet,
    CheapestFree,
    Countries,
    Coupon,
    FirstOrder,
    MinimumValue,
    PercentageOff,
)
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway", "without_own_handlers")]
COUPON = 3  # what a coupon adds to an order, whatever else applies


@pytest.fixture
def kinds() -> list[Any]:
    """Makers of benefits, one for each kind that is tried here."""
    return [
        lambda promotion: PercentageOff.objects.create(promotion=promotion, percent=1, categories=["books"]),
        lambda promotion: AmountOff.objects.create(promotion=promotion, target="order", amount=1, currency="EUR"),
        lambda promotion: CheapestFree.objects.create(promotion=promotion, quantity=50, max_uses=1),
        lambda promotion: BuyGet.objects.create(promotion=promotion, buy=9, get=1, max_uses=1),
        lambda promotion: PercentageOff.objects.create(promotion=promotion, target="shipping", percent=1),
    ]


def number(sent: list[str]) -> int:
    """How many; a bulk insert that SQLite gets in parts is one."""
    result, last = 0, ""
    for sql in sent:
        table = sql.partition(" VALUES ")[0] if sql.startswith("INSERT") else ""
        result += not (table and table == last)
        last = table
    return result


def found(basket: Basket) -> Any:
    """As every door finds it: with what the buyer said at the checkout."""
    assert basket.customer is not None
    return baskets.basket_of(basket.customer)


def shop(lines: int, kinds: list[Any], *, coupon: bool) -> Basket:
    """A customer's basket of so many lines, ready to be ordered, in a shop with 50 promotions."""
    books = make.category("Books")
    make.tax("0.19")
    make.tax("0.07", tax_class="reduced")
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(5))
    make.order()  # the counter of numbers is there
    for place in range(50):
        promotion = make.promotion(f"p{place}", coupon="SPRING" if place == 7 else "", lane=f"l{place % 20}")
        kinds[place % len(kinds)](promotion)
        if place % 4 == 0:
            MinimumValue.objects.create(promotion=promotion, amount=5, currency="EUR")
        if place % 10 == 3:
            FirstOrder.objects.create(promotion=promotion)
            Countries.objects.create(promotion=promotion, codes=["DE"])
    basket = baskets.open_basket(customer=make.customer(), country="DE")
    made_lines = []
    for _ in range(lines):
        variant = make.variant(price="10.00", on_hand=5)
        variant.product.categories.add(books)
        made_lines.append(BasketLine(basket_id=basket.pk, variant_id=variant.pk, quantity=2))
    BasketLine.objects.bulk_create(made_lines)
    if coupon:
        baskets.add_coupon(basket, "SPRING")
    data = {"email": "a@example.com", "shipping_address": HOME, "shipping_method": "parcel", "payment_method": "cod"}
    assert services.update(basket, **data).can_complete
    return Basket.objects.get(pk=basket.pk)


@pytest.mark.parametrize("lines", [1, 100])
def test_fifty_promotions_cost_no_query_more(lines: int, kinds: list[Any]) -> None:
    """To read a basket, to change a line and see what it comes to, and to place the order."""
    placed = shop(lines, kinds, coupon=False)
    basket = found(placed)
    line = basket.lines.order_by("pk")[0]

    with count_queries() as finding:
        found(placed)
    with count_queries() as reading:
        view = baskets.read(basket)
    with count_queries() as changing:
        baskets.set_quantity(basket, line.uuid, 3)
        baskets.read(basket)
    with count_queries() as placing:
        prepare(basket, Visit())

    assert len({entry.rule for entry in view.totals.trail if entry.stage.endswith("promotions")}) >= 48
    assert number(finding) == 1
    assert (number(reading) <= 6, number(changing) <= 10, number(placing) <= 25) == (True, True, True)
    order = Order.objects.latest("pk")
    taken = -sum(adjustment.amount for adjustment in order.adjustments.all())
    assert (order.lines.count(), order.discount) == (lines, taken)


@pytest.mark.parametrize("lines", [1, 100])
def test_a_coupon_among_them_costs_what_a_coupon_costs(lines: int, kinds: list[Any]) -> None:
    """Three queries, however many promotions there are."""
    basket = shop(lines, kinds, coupon=True)

    with count_queries() as placing:
        prepare(basket, Visit())

    assert number(placing) <= 22 + COUPON
    assert Coupon.objects.get().used == len(
        {a.coupon_code for a in Order.objects.latest("pk").adjustments.exclude(coupon=None)}
    )
