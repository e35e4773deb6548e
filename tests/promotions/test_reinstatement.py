"""An order's part of a budget is given back when it ends, and taken again when it is reinstated."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.orders.states import Sums
from tradepost.promotions import services
from tradepost.promotions.errors import PromotionRefused
from tradepost.promotions.models import Promotion, PromotionUse
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale() -> Promotion:
    """It gives away 1.50 in all."""
    return make.promotion("sale", budget=Decimal("1.50"), currency="EUR")


def spend(key: int) -> None:
    """1.00 for an order."""
    services.redeem([], owner_kind="order", owner_key=str(key), discounts={"sale": Decimal("1.00")})


def expired() -> AbstractOrder:
    """An order with 1.00 off that wasn't paid in time, and is paid now."""
    order = make.order(make.line_row("10.00", 2, off="1.00"), expires_at=clock.now() - timedelta(seconds=1))
    spend(order.pk)
    ended = orders.apply(order, "expire", by=SYSTEM)
    orders.record_payments(order.pk, Sums(captured=Decimal(19), secured=Decimal(19)), unknown=0)
    return ended


def test_a_reinstated_order_takes_its_share_again(sale: Promotion) -> None:
    """Nothing is spent while it is expired."""
    order = expired()
    sale.refresh_from_db()
    assert (sale.spent, PromotionUse.objects.count()) == (Decimal(0), 0)

    orders.apply(order, "reinstate", by=SYSTEM)

    sale.refresh_from_db()
    assert (sale.spent, PromotionUse.objects.get().owner_key) == (Decimal("1.00"), str(order.pk))


def test_an_order_whose_share_was_given_away_meanwhile_stays_expired(sale: Promotion) -> None:
    """The refusal ends the transition."""
    order = expired()
    spend(0)

    with pytest.raises(PromotionRefused):
        orders.apply(order, "reinstate", by=SYSTEM)

    sale.refresh_from_db()
    assert Order.objects.get(pk=order.pk).status == "expired"
    assert (sale.spent, PromotionUse.objects.get().owner_key) == (Decimal("1.00"), "0")
