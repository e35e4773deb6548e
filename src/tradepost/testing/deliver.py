"""Durable events in a test."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.apps import apps

from tradepost.core import events
from tradepost.core.models import Delivery

__all__ = ["deliver_events"]


def deliver_events() -> int:
    """Run the durable handlers of what was published so far, in this transaction; their errors are raised.

    In a ``TestCase`` nothing is ever committed, so the outbox isn't relayed by itself.

    Returns:
        How many deliveries were made, those that followed from them included.
    """
    with _scenarios_method():
        return _deliver()


def _scenarios_method() -> AbstractContextManager[Any]:
    """Handlers look at the payment method of an order; that of a scenario is gone from the settings by now."""
    if not apps.is_installed("tradepost.payments"):
        return nullcontext()
    from tradepost.payments.models import Payment

    from .gateways import ALIAS, scripted

    return scripted() if Payment.objects.filter(method=ALIAS).exists() else nullcontext()


def _deliver() -> int:
    by_name = {subscription.name: subscription for subscription in events.subscriptions()}
    count = 0
    while due := list(Delivery.objects.filter(state=Delivery.State.DUE).order_by("pk")):
        for delivery in due:
            by_name[delivery.handler].handler(events.restore(delivery.event, delivery.payload))
            Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DONE)
            count += 1
    return count
