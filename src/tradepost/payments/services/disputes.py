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


def book(payment: AbstractPayment, reports: Sequence[DisputeInfo], *, fresh: bool = True) -> None:
    """Record what a provider tells of a payment's disputes. Told twice, it is recorded once.

    Args:
        payment: Locked, with its order.
        reports: Of this payment.
        fresh: The provider was asked just now; older news doesn't open again what is over.

    Side effects: an entry in the order's history; ``DisputeOpened``, ``DisputeClosed``.
    """
    if not reports:
        return
    refs = [report.provider_ref for report in reports]
    rows = {row.provider_ref: row for row in Dispute.objects.filter(gateway=payment.method, provider_ref__in=refs)}
    for report in reports:
        row = rows.get(report.provider_ref)
        if row is None:
            rows[report.provider_ref] = _open(payment, report)
        elif row.payment_id == payment.pk and (fresh or row.is_open):
            _advance(payment, row, report)


def _open(payment: AbstractPayment, report: DisputeInfo) -> Dispute:
    row = Dispute(
        payment_id=payment.pk,
        gateway=payment.method,
        provider_ref=report.provider_ref,
        opened_at=report.opened_at or clock.now(),
    )
    _write(row, report)
    _tell_opened(payment, row)
    if report.status not in _OPEN:
        _tell_closed(payment, row)
    return row


def _advance(payment: AbstractPayment, row: Dispute, report: DisputeInfo) -> None:
    was_open, before = row.is_open, _told(row)
    _read(row, report)
    if _told(row) == before:
        return
    _write(row, report)
    if row.is_open and not was_open:
        _tell_opened(payment, row)
    elif was_open and not row.is_open:
        _tell_closed(payment, row)


def _told(row: AbstractDispute) -> tuple[object, ...]:
    return row.status, row.is_inquiry, row.reason, row.amount, row.currency, row.evidence_due


def _read(row: AbstractDispute, report: DisputeInfo) -> None:
    row.status, row.is_inquiry, row.reason = report.status.value, report.inquiry, report.reason[:60]
    row.amount, row.currency, row.evidence_due = report.amount, report.currency, report.evidence_due


def _write(row: AbstractDispute, report: DisputeInfo) -> None:
    _read(row, report)
    row.closed_at = None if row.is_open else row.closed_at or clock.now()
    row.save()


def _tell_opened(payment: AbstractPayment, row: AbstractDispute) -> None:
    _note(payment, row, "dispute_opened")
    events.publish(DisputeOpened(dispute_id=row.pk, payment_id=payment.pk, order_id=payment.order_id))


def _tell_closed(payment: AbstractPayment, row: AbstractDispute) -> None:
    _note(payment, row, "dispute_closed")
    event = DisputeClosed(dispute_id=row.pk, payment_id=payment.pk, order_id=payment.order_id, status=row.status)
    events.publish(event)


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
