"""Jobs of shipped orders."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max

from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict
from tradepost.core.jobs import job
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.orders.states import FulfilmentStatus

from .conf import settings

__all__ = ["complete_orders"]

_BATCH = 200


@job("tradepost.fulfilment.complete", every=timedelta(hours=1))
def complete_orders() -> int:
    """Complete orders that were shipped long ago and are paid; those that something keeps are left as they are."""
    shipped = Order.objects.that("can_complete").filter(
        fulfilment_status__in=[FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED],
        payment_status__in=["paid", "partly_refunded"],
    )
    before = clock.now() - settings().COMPLETE_AFTER
    done = 0
    for order in shipped.annotate(left_at=Max("shipments__shipped_at")).filter(left_at__lte=before)[:_BATCH]:
        try:
            orders.apply(order, "complete", by=SYSTEM)
        except Conflict:  # something changed meanwhile; the next run looks again
            continue
        done += 1
    return done
