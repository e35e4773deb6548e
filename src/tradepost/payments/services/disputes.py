"""Disputes: recorded as the provider tells of them. What a dispute takes, and gives back, is booked in the ledger.

Runs in the transaction of its caller, which has locked the order and its payments.
"""

from __future__ import annotations

from collections.abc import Sequence

from tradepost.core import events
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.money import plain
from tradepost.orders import services as orders

from ..base import AbstractDispute, AbstractPayment
from ..events import DisputeClosed, DisputeOpened
from ..interface import DisputeInfo, DisputeStatus
from ..ledger.balance import Balance
from ..models import Dispute

__all__ = ["block_refunds", "book"]

_OPEN = frozenset({DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW})


def book(payment: AbstractPayment, told: Sequence[DisputeInfo], *, fresh: bool = True) -> None:
    """Record what a provider tells of a payment's disputes. Told twice, it is recorded once.

    Args:
        payment: Locked, with its order.
        told: Of this payment.
        fresh: The provider was asked just now; older news doesn't open again what is over.

    Side effects: an entry in the order's history; ``DisputeOpened``, ``DisputeClosed``.
    """
    if not told:
        return
    refs = [one.provider_ref for one in told]
    known = {row.provider_ref: row for row in Dispute.objects.filter(gateway=payment.method, provider_ref__in=refs)}
    for one in told:
        row = known.get(one.provider_ref)
        if row is None:
            known[one.provider_ref] = _open(payment, one)
        elif row.payment_id == payment.pk and (fresh or row.is_open):
            _advance(payment, row, one)


def _open(payment: AbstractPayment, one: DisputeInfo) -> Dispute:
    row = Dispute(
        payment_id=payment.pk,
        gateway=payment.method,
        provider_ref=one.provider_ref,
        opened_at=one.opened_at or clock.now(),
    )
    _write(row, one)
    _tell_opened(payment, row)
    if one.status not in _OPEN:
        _tell_closed(payment, row)
    return row


def _advance(payment: AbstractPayment, row: Dispute, one: DisputeInfo) -> None:
    was_open, before = row.is_open, _told(row)
    _read(row, one)
    if _told(row) == before:
        return
    _write(row, one)
    if row.is_open and not was_open:
        _tell_opened(payment, row)
    elif was_open and not row.is_open:
        _tell_closed(payment, row)


def _told(row: AbstractDispute) -> tuple[object, ...]:
    return row.status, row.is_inquiry, row.reason, row.amount, row.currency, row.evidence_due


def _read(row: AbstractDispute, one: DisputeInfo) -> None:
    row.status, row.is_inquiry, row.reason = one.status.value, one.inquiry, one.reason[:60]
    row.amount, row.currency, row.evidence_due = one.amount, one.currency, one.evidence_due


def _write(row: AbstractDispute, one: DisputeInfo) -> None:
    _read(row, one)
    row.closed_at = None if row.is_open else row.closed_at or clock.now()
    row.save()


def _tell_opened(payment: AbstractPayment, row: AbstractDispute) -> None:
    _note(payment, row, "dispute_opened")
    events.publish(DisputeOpened(dispute_id=row.pk, payment_id=payment.pk, order_id=payment.order_id))


def _tell_closed(payment: AbstractPayment, row: AbstractDispute) -> None:
    _note(payment, row, "dispute_closed")
    told = DisputeClosed(dispute_id=row.pk, payment_id=payment.pk, order_id=payment.order_id, status=row.status)
    events.publish(told)


def _note(payment: AbstractPayment, row: AbstractDispute, kind: str) -> None:
    facts = {
        "payment": payment.reference,
        "dispute": row.provider_ref,
        "amount": f"{plain(row.amount, row.currency)} {row.currency}",
        "status": row.status,
    }
    orders.note(payment.order, kind, by=SYSTEM, reason=row.reason, facts=facts)


def block_refunds(payment: AbstractPayment, sums: Balance) -> bool:
    """Whether a payment can't be refunded for a dispute: one is open, or money was charged back and none is recorded.

    One that was lost blocks no longer: what it took isn't refundable, the rest is.
    """
    recorded = list(payment.disputes.all())
    if not recorded:
        return sums.charged_back > 0
    return any(row.is_open and not row.is_inquiry for row in recorded)
