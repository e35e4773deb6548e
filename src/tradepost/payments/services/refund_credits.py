"""Effects of a refund on its order: whatever gives back more than was overpaid is no longer due, and is credited.

Whichever way a refund became known (the answer to our call, a webhook, a question, staff's own hand), it is booked in the
ledger, and looked at here once. Runs in the transaction of its caller, which has locked the order and its payments.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tradepost.core.money import ZERO
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order

from ..base import (
    AbstractDiscrepancy,
    AbstractPayment,
    AbstractTransaction,
)
from ..interface import EntryKind, EntryState
from ..models import Transaction

__all__ = ["credit_refunds", "shortfall"]


def shortfall(order: AbstractOrder) -> Decimal:
    """The part of an order's due that isn't paid."""
    return max(ZERO, order.due - order.net_paid)


def credit_refunds(order: AbstractOrder, payments: Iterable[AbstractPayment]) -> AbstractOrder:
    """Credit as goodwill what new refunds take from what is due; each refund counts once.

    While an order isn't covered a refund undoes a payment, and what is due stays due: it may be paid anew.

    Args:
        order: With the sums of all its payments, new refunds included.
        payments: All of it.

    Returns:
        The order as it is then.
    """
    doubtful, new = ZERO, []
    for payment in payments:
        unsure = _told_twice(payment)
        for row in payment.transactions.all():
            if row.kind != EntryKind.REFUND.value or row.state != EntryState.SUCCEEDED.value:
                continue
            if row.provider_ref in unsure:
                doubtful += row.amount
            elif row.amount > row.followed_amount:
                new.append(row)
    if not new:
        return order
    given = sum((row.amount - row.followed_amount for row in new), ZERO)
    kept = order.net_paid + doubtful
    before, after = max(ZERO, order.due - kept - given), max(ZERO, order.due - kept)
    if order.allows.awaits_payment and order.due > ZERO and (before > ZERO or kept <= ZERO):
        return order
    _follow(new)
    if after <= before:
        return order
    orders.credit_goodwill(order, after - before, note="refund without a credit")
    return Order.objects.get(pk=order.pk)


def _told_twice(payment: AbstractPayment) -> set[str]:
    """Refunds that may be what staff booked by hand: they count once staff have said so."""
    kind = AbstractDiscrepancy.Kind.BOOKED_TWICE
    discrepancies = payment.discrepancies.all()
    return {str(row.facts.get("told")) for row in discrepancies if row.kind == kind and row.resolved_at is None}


def _follow(rows: Iterable[AbstractTransaction]) -> None:
    for row in rows:
        row.followed_amount = row.amount
        Transaction.objects.filter(pk=row.pk).update(followed_amount=row.amount)
