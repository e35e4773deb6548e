"""Completions under races, on PostgreSQL; with controls that show what the locks hold."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F

from tests.checkout.conftest import complete, ready
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.checkout import services
from tradepost.checkout.services import pending_orders
from tradepost.core.actors import SYSTEM
from tradepost.core.requests.visitor_key import visitor_key
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.models import Reservation, StockLevel, StockMovement
from tradepost.orders.models import Order
from tradepost.payments.models import Payment
from tradepost.promotions.models import Coupon, CouponRedemption, PercentageOff, Promotion
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, captured, declined
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def _kinds(results: list[object]) -> Counter[str]:
    return Counter(getattr(r, "code", type(r).__name__) for r in results)


def test_the_last_unit_is_sold_once(gateway: ScriptedGateway) -> None:
    """Stock 1, five completions at once: one order, four ``out_of_stock``, reserved 1."""
    last = make.variant(price="10.00", on_hand=1)
    waiting = [ready(last, email=f"buyer{n}@example.com") for n in range(5)]
    gateway.play(captured)
    results = together([lambda basket=basket: complete(basket, "15.00") for basket in waiting])

    assert _kinds(results) == {"Completion": 1, "out_of_stock": 4}
    short = [line for r in results if isinstance(r, OutOfStock) for line in r.context["lines"]]
    assert [(line["sku"], line["wanted"], line["left"]) for line in short] == [(last.sku, 1, 0)] * 4
    assert (Order.objects.count(), Payment.objects.count(), StockLevel.objects.get().reserved) == (1, 1, 1)
    assert Basket.objects.filter(status="open").count() == 4


def test_without_the_lock_the_last_unit_would_be_sold_to_all() -> None:
    """The control: who looks without a lock sees a unit that five others see."""
    last = make.variant(price="10.00", on_hand=1)
    all_have_looked = threading.Barrier(5)

    def reserve_without_a_lock() -> None:
        with transaction.atomic():
            level = StockLevel.objects.get(variant=last)
            all_have_looked.wait(timeout=10)
            assert level.sellable >= 1
            StockLevel.objects.filter(pk=level.pk).update(reserved=F("reserved") + 1)

    assert together([reserve_without_a_lock] * 5) == [None] * 5
    assert StockLevel.objects.get().reserved == 5


def test_the_same_basket_completed_many_times_is_one_order(gateway: ScriptedGateway) -> None:
    """One order, one payment, one start, one redemption."""
    mug = make.variant(price="10.00", on_hand=9)
    promotion = Promotion.objects.create(code="ten", name="Ten", needs_coupon=True)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    Coupon.objects.create(promotion=promotion, code="TEN", usage_limit=1)
    basket = ready(mug)
    baskets.add_coupon(basket, "TEN")
    gateway.play(captured)
    results = together([lambda: complete(basket, "14.00")] * 6)

    assert _kinds(results) == {"Completion": 6}
    assert len({r.order.pk for r in results}) == 1
    assert len(gateway.called("start")) == 1
    assert (CouponRedemption.objects.count(), Coupon.objects.get().used) == (1, 1)
    assert [r.quantity for r in Reservation.objects.all()] == [1]


def test_a_coupon_of_one_use_is_redeemed_once(gateway: ScriptedGateway) -> None:
    """Five orders at once; one has it, four are refused with a code."""
    mug = make.variant(price="10.00", on_hand=9)
    promotion = Promotion.objects.create(code="ten", name="Ten", needs_coupon=True)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    Coupon.objects.create(promotion=promotion, code="TEN", usage_limit=1)
    waiting = [ready(mug, email=f"buyer{n}@example.com") for n in range(5)]
    for basket in waiting:
        baskets.add_coupon(basket, "TEN")
    gateway.play(captured)
    results = together([lambda basket=basket: complete(basket, "14.00") for basket in waiting])

    kinds = _kinds(results)
    assert kinds["Completion"] == 1
    assert set(kinds) <= {"Completion", "coupon_refused", "total_changed"}
    assert (CouponRedemption.objects.count(), Coupon.objects.get().used, Order.objects.count()) == (1, 1, 1)
    assert StockLevel.objects.get().reserved == 1


def test_orders_of_the_same_goods_in_opposite_order_dont_wait_for_each_other(gateway: ScriptedGateway) -> None:
    """{A, B} and {B, A}, four at once: no deadlock, reserved 4 and 4."""
    a, b = make.variant(price="1.00", on_hand=4), make.variant(price="1.00", on_hand=4)
    waiting = [ready(*((a, b) if n % 2 else (b, a)), email=f"buyer{n}@example.com") for n in range(4)]
    gateway.play(*[captured] * 4)
    results = together([lambda basket=basket: complete(basket, "7.00") for basket in waiting])

    assert _kinds(results) == {"Completion": 4}
    assert [level.reserved for level in StockLevel.objects.all()] == [4, 4]
    assert Counter(StockMovement.objects.values_list("variant_id", "reserved_delta")) == {(a.pk, 1): 4, (b.pk, 1): 4}


def test_completing_races_taking_back(gateway: ScriptedGateway) -> None:
    """Whichever comes first, there is one story: stock is held by the living order only."""
    mug = make.variant(price="10.00", on_hand=9)
    basket = ready(mug)
    gateway.play(declined)
    order = complete(basket).order
    gateway.play(*[captured] * 2)
    together([lambda: services.reopen(order, by=SYSTEM), lambda: complete(basket)])

    held = sum(r.quantity for r in Reservation.objects.all())
    alive = Order.objects.filter(status__in=["pending", "confirmed"])
    assert held == sum(line.quantity for result in alive for line in result.lines.all())
    assert StockLevel.objects.get().reserved == held
    assert Decimal(held) in {Decimal(0), Decimal(1)}


def _of_one_visitor(number: int) -> list[Basket]:
    pen = make.variant(price="1.00", on_hand=99)
    waiting = [ready(pen, email=f"buyer{n}@example.com") for n in range(number)]
    Basket.objects.update(visitor_key=visitor_key("one"))
    return list(Basket.objects.filter(pk__in=[basket.pk for basket in waiting]))


def test_one_visitor_doesnt_place_more_than_allowed_at_once(gateway: ScriptedGateway) -> None:
    """Five baskets of one guest's session completed at once: three orders, two refusals."""
    waiting = _of_one_visitor(5)
    gateway.play(*[declined] * 5)
    results = together([lambda basket=basket: complete(basket) for basket in waiting])

    assert _kinds(results) == {"Completion": 3, "too_many_pending": 2}
    assert Order.objects.filter(status="pending", visitor_key=visitor_key("one")).count() == 3
    assert StockLevel.objects.get().reserved == 3
    assert Basket.objects.filter(status="open").count() == 2


def test_without_the_lock_one_visitor_would_place_all(gateway: ScriptedGateway) -> None:
    """The control: whose orders are counted before any is placed, passes five times."""
    waiting = _of_one_visitor(5)
    all_have_counted = threading.Barrier(5)

    def place_without_a_lock(basket: Basket) -> None:
        with transaction.atomic():
            pending_orders.refuse_too_many(basket, None)
            all_have_counted.wait(timeout=10)
            Basket.objects.filter(pk=basket.pk).update(status="submitted")

    assert together([lambda basket=basket: place_without_a_lock(basket) for basket in waiting]) == [None] * 5
    assert Basket.objects.filter(status="submitted").count() == 5
