"""Jobs of the checkout."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict
from tradepost.core.jobs import for_each, job
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order

from .services.reopen import expire
from .view import payments_installed

LIMIT = 200


@job("tradepost.checkout.expire", every=timedelta(minutes=1))
def expire_due() -> int:
    """Let orders expire whose time to pay has ended; those with a payment that isn't certain wait."""
    overdue = Order.objects.overdue(clock.now()).filter(amount_captured=0).order_by("expires_at")[:LIMIT]
    return for_each(overdue, expire)


@job("tradepost.checkout.part_paid", every=timedelta(minutes=15))
def list_part_paid() -> int:
    """Put orders whose time to pay has ended, and that are paid in part, on the staff's list; they stay pending."""
    if not payments_installed():
        return 0
    from tradepost.payments.ledger import list_part_paid as listed

    overdue = Order.objects.overdue(clock.now()).filter(amount_captured__gt=0).order_by("expires_at")[:LIMIT]
    return for_each(overdue, listed)


@job("tradepost.checkout.sweep", every=timedelta(minutes=5))
def sweep_paid() -> int:
    """Confirm orders that are paid but were left pending, whatever it was that kept them."""
    waiting = Order.objects.that("awaits_payment")
    unfinished = waiting.filter(total__gt=0, amount_secured__gte=F("total") - F("credited"))
    return for_each(unfinished.order_by("pk")[:LIMIT], _confirm)


def _confirm(order: AbstractOrder) -> bool:
    try:
        orders.apply(order, "confirm", by=SYSTEM, reason="paid, and found by the sweeper")
    except Conflict:
        return False  # its guards know better than the query
    return True
