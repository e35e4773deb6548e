"""Coupons and budgets that end between the last look at a basket and its order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.checkout.conftest import card, complete, ready
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.errors import TotalChanged
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.promotions.errors import CouponRefused
from tradepost.promotions.models import Coupon, CouponRedemption, PercentageOff, Promotion, PromotionUse
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, captured, waiting

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF)


def half(**values: Any) -> Promotion:
    """Half of everything."""
    promotion = make.promotion("half", **values)
    PercentageOff.objects.create(promotion=promotion, percent=50)
    return promotion


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"ends_at": clock.now() - timedelta(seconds=1)}, "invalid"),
        ({"is_active": False}, "invalid"),
        ({"usage_limit": 3, "used": 3}, "used_up"),
    ],
)
def test_a_coupon_that_is_not_valid_any_more_is_named(
    gateway: ScriptedGateway, mug: Variant, limits: dict[str, Any], reason: str
) -> None:
    """With the reason; and nothing was ordered. Who has seen the new total, or takes the code out, may order."""
    half(coupon="HALF")
    basket = ready(mug)
    baskets.add_coupon(basket, "half")
    assert services.look(Basket.objects.get(pk=basket.pk)).totals.total == Decimal(10)
    Coupon.objects.update(**limits)

    with pytest.raises(CouponRefused) as refusal:
        complete(basket, "10.00")

    assert refusal.value.context == {"coupon": "HALF", "reason": reason}
    assert (Order.objects.count(), CouponRedemption.objects.count(), Basket.objects.get().status) == (0, 0, "open")
    card().play(captured)
    assert complete(basket, "15.00").order.total == Decimal(15)


def test_one_that_was_used_before_by_the_buyer_is_named(gateway: ScriptedGateway, mug: Variant) -> None:
    """Guests are known by their e-mail."""
    half(coupon="HALF").coupons.update(customer_limit=1)
    first, second = ready(mug), ready(mug)
    for basket in (first, second):
        baskets.add_coupon(basket, "half")
    gateway.play(captured)
    complete(first, "10.00")

    with pytest.raises(CouponRefused) as refusal:
        complete(second, "10.00")

    assert refusal.value.context == {"coupon": "HALF", "reason": "used_before"}
    assert Order.objects.count() == 1


def test_another_total_with_a_valid_coupon_is_another_total(gateway: ScriptedGateway, mug: Variant) -> None:
    """A coupon that has nothing to do with it isn't blamed."""
    half(coupon="HALF")
    basket = ready(mug)
    baskets.add_coupon(basket, "half")

    with pytest.raises(TotalChanged):
        complete(basket, "9.00")


def test_an_order_spends_a_budget_until_it_is_cancelled(gateway: ScriptedGateway, mug: Variant) -> None:
    """And the next total has what is left."""
    created = half(budget=Decimal(7), currency="EUR")
    first, second = ready(mug), ready(mug)
    gateway.play(waiting)
    order = complete(first, "10.00").order

    with pytest.raises(TotalChanged):
        complete(second, "10.00")
    created.refresh_from_db()
    assert (created.spent, PromotionUse.objects.get().owner_key) == (Decimal(5), str(order.pk))
    assert services.look(Basket.objects.get(pk=second.pk)).totals.total == Decimal(13)

    orders.apply(order, "cancel", by=STAFF)
    created.refresh_from_db()
    assert (created.spent, PromotionUse.objects.count()) == (Decimal(0), 0)
