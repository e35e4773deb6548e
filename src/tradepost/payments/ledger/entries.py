"""Booking what a provider says: rows of the ledger, a payment's status, an order's sums, and what doesn't fit.

Everything here runs in the transaction of its caller, which has locked the order and its payments.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from decimal import Decimal
from typing import Any

from tradepost.core import db, events
from tradepost.core.money import ZERO, plain
from tradepost.orders.base import AbstractOrder
from tradepost.orders.states import Sums

from ..base import (
    AbstractDiscrepancy,
    AbstractPayment,
    AbstractTransaction,
)
from ..events import DiscrepancyFound
from ..interface import (
    Entry,
    EntryKind,
    EntryState,
    Result,
    Status,
)
from ..models import (
    Discrepancy,
    Payment,
    Transaction,
)
from .balance import Balance, balance

__all__ = [
    "balance_of",
    "book",
    "derived_status",
    "discrepancy",
    "find_overpaid",
    "fits",
    "list_part_paid",
    "list_stuck_refund",
    "sums_of_order",
    "told_before",
]

_RANK = {EntryState.REQUESTED: 0, EntryState.PENDING: 1, EntryState.SUCCEEDED: 2, EntryState.FAILED: 2}
_KEYS = ("key", "idempotency_key")
_Live = AbstractPayment.Status


def balance_of(payment: AbstractPayment) -> Balance:
    """A payment's sums, from its rows."""
    return balance(payment.transactions.all())


def discrepancy(kind: str, *, payment: AbstractPayment, key: str, **facts: Any) -> AbstractDiscrepancy:
    """List what doesn't fit, once for each key."""
    row, created = Discrepancy.objects.get_or_create(
        key=f"{kind}:{payment.pk}:{key}"[:120],
        defaults={"kind": kind, "payment_id": payment.pk, "order_id": payment.order_id, "facts": facts},
    )
    if created:
        getattr(payment, "_prefetched_objects_cache", {}).pop("discrepancies", None)
        events.publish(DiscrepancyFound(discrepancy_id=row.pk))
    return row


@db.atomic
def list_part_paid(order: AbstractOrder) -> int:
    """List the payments of an order that ran out of time with part of its money; how many are listed."""
    paid = [p for p in Payment.objects.of_order(order.pk) if balance_of(p).net > 0]
    for payment in paid:
        facts = {"due": plain(order.due, order.currency), "paid": plain(order.net_paid, order.currency)}
        discrepancy(AbstractDiscrepancy.Kind.STUCK, payment=payment, key="part paid", **facts)
    return len(paid)


@db.atomic
def list_stuck_refund(payment: AbstractPayment, why: str, *, key: str = "refund") -> AbstractDiscrepancy:
    """List a payment that should have been given back, and couldn't be; once for each key."""
    return discrepancy(AbstractDiscrepancy.Kind.STUCK, payment=payment, key=key, why=why)


def fits(payment: AbstractPayment, result: Result) -> bool:
    """Whether a result is about this payment at all; else nothing of it is booked, and a discrepancy says so."""
    kinds = AbstractDiscrepancy.Kind
    if result.reference and result.reference != payment.reference:
        facts = {"expected": payment.reference, "told": result.reference}
        discrepancy(kinds.REFERENCE, payment=payment, key=result.reference, **facts)
        return False
    currencies = {entry.currency for entry in result.entries} | ({result.currency} if result.currency else set())
    if currencies - {payment.currency}:
        facts = {"expected": payment.currency, "told": ", ".join(sorted(currencies))}
        discrepancy(kinds.CURRENCY, payment=payment, key=",".join(sorted(currencies)), **facts)
        return False
    if result.amount is not None and result.amount != payment.amount:
        amounts = {"expected": plain(payment.amount, payment.currency), "told": str(result.amount)}
        discrepancy(kinds.AMOUNT, payment=payment, key=_number(result.amount), **amounts)
    return True


def find_overpaid(payment: AbstractPayment) -> None:
    """List a payment that took more than it was for; the same finding as a provider's that says so, and listed once with it."""
    captured = balance_of(payment).captured
    if captured > payment.amount:
        facts = {"expected": plain(payment.amount, payment.currency), "told": plain(captured, payment.currency)}
        discrepancy(AbstractDiscrepancy.Kind.AMOUNT, payment=payment, key=_number(captured), **facts)


def _number(amount: Decimal) -> str:
    return format(amount.normalize(), "f")


def book(payment: AbstractPayment, entries: Iterable[Entry], *, asked: AbstractTransaction | None = None) -> None:
    """Book entries of the provider. Told twice, late or in any order they give the same rows.

    Args:
        payment: Locked.
        entries: All of the payment's currency.
        asked: Our own request that these entries answer; it takes the reference of the one that is new and of its kind.
    """
    entries = list(entries)
    if not entries:
        return
    rows = list(payment.transactions.all())
    by_ref = {(row.kind, row.provider_ref): row for row in rows if row.provider_ref}
    by_key = {row.key: row for row in rows if row.key}
    doubtful: set[str | None] = set()
    for entry in entries:
        existing, requested = by_ref.get((entry.kind.value, entry.provider_ref)), by_key.get(entry.key)
        if existing and requested and requested is not existing:
            told_before(requested, existing)
        row = existing or requested
        if asked is not None and asked.pk in (row.pk if row else None, requested.pk if requested else None):
            asked = None  # it is answered: another new one of its kind is another
        if row is None and asked is not None and asked.kind == entry.kind.value and asked.provider_ref is None:
            row, asked = asked, None
        if row is None:
            _find_booked_by_hand(payment, rows, entry)
            row = _insert(payment, entry)
            doubtful.add(entry.provider_ref)
        else:
            if row.provider_ref is None:  # our own has its reference: others of that amount weren't it
                doubtful |= {other.provider_ref for other in rows if other.amount == row.amount and other is not row}
            _advance(row, entry)
        by_ref[entry.kind.value, entry.provider_ref] = row
    _forget_rows(payment)
    if any(entry.kind is EntryKind.REFUND for entry in entries) and doubtful:
        _find_unasked(payment, doubtful)


def _find_booked_by_hand(payment: AbstractPayment, rows: Iterable[AbstractTransaction], entry: Entry) -> None:
    """Find a booking of staff that may be the entry that the provider reports now: they say whether it is."""
    same = ((row.kind, row.amount, row.state) for row in rows if row.is_by_hand)
    if (entry.kind.value, entry.amount, EntryState.SUCCEEDED.value) in same:
        facts = {"entry": entry.kind.value, "amount": plain(entry.amount, entry.currency), "told": entry.provider_ref}
        discrepancy(AbstractDiscrepancy.Kind.BOOKED_TWICE, payment=payment, key=entry.provider_ref, **facts)


def _find_unasked(payment: AbstractPayment, refs: Container[str | None]) -> None:
    """List those refunds that nobody asked for here, once each: a provider's dashboard, or the provider itself, made them.

    What staff booked by hand was asked for. While a request of ours for the same amount isn't answered, one that was told
    without our key may be its refund.
    """
    rows = [row for row in payment.transactions.all() if row.kind == EntryKind.REFUND.value]
    new = [row for row in rows if row.provider_ref in refs and not row.key and not row.is_by_hand]
    waiting = {
        row.amount for row in rows if row.key and not row.provider_ref and row.state == EntryState.REQUESTED.value
    }
    for row in new:
        if row.state == EntryState.FAILED.value or row.amount in waiting:
            continue
        facts = {"amount": plain(row.amount, row.currency), "refund": row.provider_ref}
        discrepancy(AbstractDiscrepancy.Kind.REFUND_UNASKED, payment=payment, key=str(row.provider_ref), **facts)


def told_before(requested: AbstractTransaction, booked: AbstractTransaction) -> None:
    """End a request of ours whose object is booked: its provider doesn't echo our key, and told of it before it answered.

    What is booked has the key from now on: it was asked for.
    """
    if requested.provider_ref is None and requested.state == EntryState.REQUESTED.value:
        booked.key, booked.idempotency_key = requested.key, requested.idempotency_key
        booked.actor_label, booked.reason = requested.actor_label, requested.reason
        requested.state, requested.error = EntryState.FAILED.value, "The provider reported it before it answered."
        requested.key = requested.idempotency_key = None
        requested.save(update_fields=["state", "error", *_KEYS, "updated_at"])
        booked.save(update_fields=[*_KEYS, "actor_label", "reason", "updated_at"])


def _insert(payment: AbstractPayment, entry: Entry) -> AbstractTransaction:
    return Transaction.objects.create(
        payment_id=payment.pk,
        gateway=payment.method,
        kind=entry.kind.value,
        state=entry.state.value,
        provider_ref=entry.provider_ref,
        amount=entry.amount,
        currency=entry.currency,
        key=entry.key or None,
    )


def _advance(row: AbstractTransaction, entry: Entry) -> None:
    before = (row.state, row.amount, row.provider_ref)
    old, new = EntryState(row.state), entry.state
    failed_at_bank = (old, new, row.kind) == (EntryState.SUCCEEDED, EntryState.FAILED, EntryKind.REFUND.value)
    if _RANK[new] > _RANK[old] or failed_at_bank:
        row.state = new.value
    if row.provider_ref is None:
        row.provider_ref, row.amount = entry.provider_ref, entry.amount
        row.lease_owner, row.lease_until = "", None  # it is made: nobody sends it again
    row.amount = max(row.amount, entry.amount)
    if (row.state, row.amount, row.provider_ref) != before:
        row.save(update_fields=["state", "amount", "provider_ref", "lease_owner", "lease_until", "updated_at"])


def _forget_rows(payment: AbstractPayment) -> None:
    getattr(payment, "_prefetched_objects_cache", {}).pop("transactions", None)


def derived_status(payment: AbstractPayment, sums: Balance) -> str:
    """A payment's status: from its money where there is any, else from what the provider said last."""
    if sums.charged_back > 0:
        return _Live.CHARGED_BACK
    if sums.captured > 0:
        if sums.refunded == 0:
            return _Live.CAPTURED
        return _Live.REFUNDED if sums.refunded >= sums.captured else _Live.PARTLY_REFUNDED
    if sums.authorised > 0:
        return _Live.AUTHORISED
    if sums.voided > 0:
        return _Live.CANCELLED
    reported = payment.told_status or _Live.CREATED
    # "authorised" or "captured" without a ledger entry is nothing to rely on: ask again
    return _Live.PENDING if reported in (Status.AUTHORISED.value, Status.CAPTURED.value) else reported


def sums_of_order(payments: Iterable[AbstractPayment]) -> tuple[Sums, int]:
    """Sum an order's payments, and count unknown outcomes. Rows and discrepancies are prefetched."""
    totals = {"authorised": ZERO, "captured": ZERO, "refunded": ZERO, "charged_back": ZERO, "secured": ZERO}
    awaited = unknown = 0
    for payment in payments:
        sums = balance_of(payment)
        for name in ("authorised", "captured", "refunded", "charged_back"):
            totals[name] += getattr(sums, name)
        open_ones = [row for row in payment.discrepancies.all() if row.resolved_at is None]
        if all(row.kind == AbstractDiscrepancy.Kind.REFUND_UNASKED for row in open_ones):  # booked as it is
            totals["secured"] += _secured(payment, sums)
        awaited += payment.status in (_Live.CREATED, _Live.PENDING, _Live.REQUIRES_ACTION)
        unknown += payment.outcome_unknown
    return Sums(open=awaited, **totals), unknown


def _secured(payment: AbstractPayment, sums: Balance) -> Decimal:
    if payment.confirm_on == AbstractPayment.ConfirmOn.PLACEMENT:
        gone = payment.status in (_Live.FAILED, _Live.CANCELLED, _Live.CREATED)
        return ZERO if gone else max(payment.amount, sums.net)
    if payment.confirm_on == AbstractPayment.ConfirmOn.AUTHORISED:
        return sums.net + sums.authorised + sums.capture_pending
    return sums.net
