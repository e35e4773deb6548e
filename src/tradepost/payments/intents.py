"""Requests of ours: a row with its key is committed before a provider is called, so that no call is ever forgotten."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from tradepost.core import db
from tradepost.core.actors import By

from .base import AbstractPayment, AbstractTransaction
from .models import Transaction
from .ports import EntryKind, EntryState
from .settling import lock_payments, recompute

__all__ = ["fail", "write_down"]


def write_down(
    payment: AbstractPayment, kind: EntryKind, amount: Decimal, by: By, *, reason: str = "", final: bool = True
) -> AbstractTransaction:
    """What is about to be asked for, with a key of its own. The payment is locked.

    Args:
        payment: Whose.
        kind: Capture or refund.
        amount: In the payment's currency.
        by: For the history.
        reason: For people.
        final: Of a capture: whether the rest is let go.
    """
    return Transaction.objects.create(
        payment_id=payment.pk,
        gateway=payment.method,
        kind=kind.value,
        state=EntryState.REQUESTED.value,
        key=uuid4().hex,
        amount=amount,
        currency=payment.currency,
        final=final,
        reason=reason[:200],
        actor_label=by.label,
    )


@db.durable
def fail(asked: AbstractTransaction, error: str) -> None:
    """It certainly didn't happen: its amount is free again. One that was answered meanwhile is left as it is."""
    order, payments = lock_payments(asked.payment.order_id)
    Transaction.objects.filter(pk=asked.pk, state=EntryState.REQUESTED.value).update(
        state=EntryState.FAILED.value, error=error[:500]
    )
    row = payments[asked.payment_id]
    getattr(row, "_prefetched_objects_cache", {}).clear()
    recompute(order, payments, changed=row)
