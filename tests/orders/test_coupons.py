"""Coupons of an order are given back when it ends and redeemed again when it is reinstated."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.orders import services
from tradepost.orders.models import Order, OrderAdjustment
from tradepost.orders.states import Sums
from tradepost.promotions import services as promotions
from tradepost.promotions.errors import CouponRefused
from tradepost.promotions.models import Coupon, CouponRedemption, Promotion
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def coupon() -> Coupon:
    """One that a single order may use."""
    promotion = Promotion.objects.create(code="sale", name="Sale", needs_coupon=True)
    return Coupon.objects.create(promotion=promotion, code="ONCE", usage_limit=1)


def order_with(coupon: Coupon) -> Order:
    """A pending order past its time that has redeemed the coupon."""
    order = factories.order(
        factories.line_row("10.00", 2, off="1.00", coupon=coupon.code), expires_at=clock.now() - timedelta(seconds=1)
    )
    _redeem(order.pk)
    return order


def _redeem(key: int) -> None:
    promotions.redeem(["ONCE"], owner_kind="order", owner_key=str(key), customer_id=None, email="buyer@example.com")


def test_an_adjustment_names_its_coupon(coupon: Coupon) -> None:
    """By key and by code, so that the code outlives the coupon."""
    order_with(coupon)

    assert OrderAdjustment.objects.values_list("coupon_id", "coupon_code").get() == (coupon.pk, "ONCE")


@pytest.mark.parametrize(("transition", "by"), [("cancel", By(Actor.CUSTOMER)), ("expire", SYSTEM)])
def test_an_order_that_ends_gives_its_coupon_back(coupon: Coupon, transition: str, by: By) -> None:
    """Another order may use it."""
    order = order_with(coupon)

    services.apply(order, transition, by=by)

    coupon.refresh_from_db()
    assert (coupon.used, CouponRedemption.objects.count()) == (0, 0)
    _redeem(0)


def test_a_reinstated_order_redeems_its_coupon_again(coupon: Coupon) -> None:
    """One redemption, of this order."""
    order = services.apply(order_with(coupon), "expire", by=SYSTEM)
    services.record_payments(order.pk, Sums(captured=Decimal(19), secured=Decimal(19)), unknown=0)

    services.apply(order, "reinstate", by=SYSTEM)

    assert CouponRedemption.objects.values_list("owner_key", flat=True).get() == str(order.pk)


def test_an_order_whose_coupon_was_used_meanwhile_stays_expired(coupon: Coupon) -> None:
    """The refusal ends the transition; the money stays booked."""
    order = services.apply(order_with(coupon), "expire", by=SYSTEM)
    _redeem(0)
    services.record_payments(order.pk, Sums(captured=Decimal(19), secured=Decimal(19)), unknown=0)

    with pytest.raises(CouponRefused):
        services.apply(order, "reinstate", by=SYSTEM)

    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.payment_status) == ("expired", "overpaid")
    assert CouponRedemption.objects.values_list("owner_key", flat=True).get() == "0"
