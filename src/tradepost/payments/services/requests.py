"""Requests of ours: a row with its key is committed before a provider is called, so that no call is ever forgotten."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import IdempotencyKeyReused, Invalid
from tradepost.orders.base import AbstractOrder

from .. import lease
from ..base import AbstractPayment, AbstractTransaction
from ..errors import AmountError
from ..interface import EntryKind, EntryState
from ..models import Transaction
from .settlement import lock_payments, recompute

__all__ = ["asked_before", "check_room", "fail", "write_down"]

_KEY = 100
_MOST = Decimal(10**15)  # of the digits that the columns of an order's sums have


def write_down(
    payment: AbstractPayment,
    kind: EntryKind,
    amount: Decimal,
    by: By,
    *,
    reason: str = "",
    final: bool = True,
    idempotency_key: str = "",
) -> AbstractTransaction:
    """Record an operation before it is asked for, with a key of its own and the caller's lease. The payment is locked.

    Args:
        payment: Whose.
        kind: Capture or refund.
        amount: In the payment's currency.
        by: For the history.
        reason: For people.
        final: Of a capture: whether the rest is released.
        idempotency_key: Of who asks; see :func:`asked_before`.
    """
    row = Transaction(
        payment_id=payment.pk,
        gateway=payment.method,
        kind=kind.value,
        state=EntryState.REQUESTED.value,
        key=uuid4().hex,
        idempotency_key=idempotency_key or None,
        amount=amount,
        currency=payment.currency,
        final=final,
        reason=reason[:200],
        actor_label=by.label,
    )
    lease.grant(row)
    row.save()
    return row


def asked_before(
    payment: AbstractPayment, kind: EntryKind, amount: Decimal | None, idempotency_key: str
) -> AbstractTransaction | None:
    """Find an operation by the caller's key; ``None`` where there is nothing, or no key. Its lease isn't held.

    Args:
        payment: Locked.
        kind: Capture or refund.
        amount: That is asked for now; ``None`` for all.
        idempotency_key: Of who asks, of at most 100 characters.

    Raises:
        IdempotencyKeyReused: The key stands for something else.
    """
    if not idempotency_key:
        return None
    if len(idempotency_key) > _KEY or "\x00" in idempotency_key:
        raise Invalid(_("A key has 1 to 100 characters."), attr="idempotency_key")
    row = payment.transactions.filter(idempotency_key=idempotency_key).first()
    if row is not None and (row.kind != kind.value or amount not in (None, row.amount)):
        raise IdempotencyKeyReused(_("This key has already been used for something else."), payment=payment.reference)
    return row


def check_room(order: AbstractOrder, amount: Decimal) -> None:
    """Refuse money that staff say has come, where the order's sums have no room for it: a slip of the keyboard.

    Args:
        order: Locked.
        amount: In its currency.

    Raises:
        AmountError: There would be 16 digits before the point.
    """
    if order.amount_captured + amount >= _MOST:
        raise AmountError(_("That is more than an order can have received."), most="", attr="amount")


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
