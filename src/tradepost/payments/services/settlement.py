"""Settling: one transaction that books what a provider says, and confirms the order when it is covered.

Called by the browser's return, by webhooks and by jobs alike; safe to repeat, in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from tradepost.core import db, events
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.db.querysets import remember
from tradepost.core.errors import Conflict
from tradepost.core.money import ZERO, plain
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order

from .. import lease, ledger
from ..base import (
    AbstractDiscrepancy,
    AbstractPayment,
    AbstractTransaction,
)
from ..events import PaymentSettled
from ..interface import EntryKind, Result, Status
from ..models import Payment
from . import disputes, saved_methods
from .refund_credits import credit_refunds

__all__ = [
    "book_new",
    "claim_start",
    "give_up_start",
    "list_stuck",
    "lock_payments",
    "recompute",
    "settle",
    "told_failed",
]

_SOON = timedelta(minutes=1)
_FINAL = {Status.CANCELLED.value, Status.FAILED.value}
_Kind = AbstractDiscrepancy.Kind
_HEARD = "_heard_when_locked"
_DERIVED = (
    "status",
    "told_status",
    "outcome_unknown",
    "provider_ref",
    "state",
    "next_action",
    "error_code",
    "error_message",
    "missing",
    "ask_at",
    "lease_owner",
    "lease_until",
    "updated_at",
)
"""Columns of a payment that booking changes."""


@db.durable
def claim_start(payment: AbstractPayment, parameters: Mapping[str, Any]) -> AbstractPayment | None:
    """Commit that a payment's provider is about to be called, and with what.

    From here on its outcome is unknown, until an answer is booked: the order can't be cancelled, and jobs ask.

    Returns:
        The payment with the lease of that call; ``None`` where it was called before.
    """
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    if row.status != AbstractPayment.Status.CREATED or row.outcome_unknown:
        return None
    row.outcome_unknown, row.state = True, {"start": dict(parameters)}
    lease.grant(row)
    recompute(order, payments, changed=row)
    return row


def told_failed(code: str, message: str) -> Result:
    """A refusal as a result."""
    return Result(status=Status.FAILED, error_code=code, error_message=message)


def lock_payments(order_id: int) -> tuple[AbstractOrder, dict[int, AbstractPayment]]:
    """Lock an order, then its payments, in the order that holds everywhere."""
    order: AbstractOrder = Order.objects.filter(pk=order_id).locked().get()
    vars(order)[_HEARD] = events.heard()
    locked = Payment.objects.of_order(order_id).locked().prefetch_related("transactions", "discrepancies")
    payments: dict[int, AbstractPayment] = {payment.pk: payment for payment in locked}
    for payment in payments.values():
        payment.order = order  # type: ignore[assignment]
    return order, payments


@db.durable
def settle(
    payment: AbstractPayment, result: Result, *, asked: AbstractTransaction | None = None, fresh: bool = True
) -> AbstractPayment:
    """Book what the provider says of a payment, and let the order follow.

    Args:
        payment: Whichever state it is in; it is locked and read again. A lease that it holds ends.
        result: Of a call, or out of a webhook.
        asked: Our own capture or void that this result answers.
        fresh: The provider was asked just now; an event may be old, and doesn't turn a final word back.

    Returns:
        The payment as it stands now, with its order.

    Side effects: the order may be confirmed or reinstated; discrepancies may be listed; ``PaymentSettled``, ``DisputeOpened``,
        ``DisputeClosed``.
    """
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    _book(row, result, asked=asked, fresh=fresh)
    if payment.held_lease and row.lease_owner == payment.held_lease:
        row.lease_owner, row.lease_until = "", None
    recompute(order, payments, changed=row)
    return row


def book_new(order: AbstractOrder, answers: Sequence[tuple[AbstractPayment, Result]]) -> list[str]:
    """Book the answers to the start of all payments of an order that is made in this very transaction, and save them.

    Args:
        order: New; what its payments come to is set on it, and not saved.
        answers: Each payment, not saved yet, with its answer.

    Returns:
        The order's fields that have changed.
    """
    for payment, result in answers:
        before = payment.status
        if _moves_nothing(payment, result):
            _note(payment, result, fresh=True)
            payment.missing = ",".join(result.missing)[:100]
            _derive(payment, ledger.Balance())
            payment.save(force_insert=True)
            remember(payment, transactions=[], discrepancies=[])
        else:
            payment.save(force_insert=True)
            remember(payment, transactions=[], discrepancies=[])
            _book(payment, result)
            _save_derived(payment)
        _tell(payment, before)
    sums, unknown = ledger.sums_of_order(payment for payment, _result in answers)
    return orders.set_payments(order, sums, unknown=unknown)


def _moves_nothing(payment: AbstractPayment, result: Result) -> bool:
    """Whether nothing but the payment itself is to be written: no money moved, and what was told is about this payment."""
    about = (result.reference or payment.reference, result.currency or payment.currency)
    amount = payment.amount if result.amount is None else result.amount
    fits = (*about, amount) == (payment.reference, payment.currency, payment.amount)
    return fits and not result.entries and not result.disputes and result.saved is None


def _book(
    payment: AbstractPayment, result: Result, *, asked: AbstractTransaction | None = None, fresh: bool = True
) -> None:
    """Book a result on a payment that is locked, or new; arguments as of :func:`settle`. The one place that does."""
    if ledger.fits(payment, result):
        ledger.book(payment, result.entries, asked=asked)
        _note(payment, result, fresh=fresh)
        _found_again(payment)
        disputes.book(payment, result.disputes, fresh=fresh)
        if result.saved is not None:
            saved_methods.book(payment, result.saved)
        if fresh:  # the answer to a capture lists nothing besides, so that what was missing still is
            before = payment.missing.split(",") if asked is not None and payment.missing else []
            payment.missing = ",".join(dict.fromkeys([*before, *result.missing]))[:100]
    payment.outcome_unknown = False


def _note(payment: AbstractPayment, result: Result, *, fresh: bool) -> None:
    if fresh or payment.told_status not in _FINAL:
        payment.told_status = result.status.value
        payment.error_code, payment.error_message = result.error_code[:60], result.error_message[:500]
        action = result.next_action
        payment.next_action = (
            {"kind": action.kind, "url": action.url, "client_data": dict(action.client_data), "message": action.message}
            if action and result.status in (Status.REQUIRES_ACTION, Status.PENDING)
            else {}
        )
    payment.provider_ref = payment.provider_ref or result.provider_ref or None
    if result.state:
        payment.state = {**payment.state, **result.state}


def recompute(order: AbstractOrder, payments: dict[int, AbstractPayment], *, changed: AbstractPayment) -> AbstractOrder:
    """Derive a payment's status and the order's sums from the ledger, and let the order follow.

    Args:
        order: Locked by the caller (:func:`lock_payments`).
        payments: All of the order, locked.
        changed: One of them.
    """
    before, taken = changed.status, order.amount_captured
    _save_derived(changed)
    if vars(order).get(_HEARD) != events.heard():  # a handler of something that was told meanwhile may have changed it
        order = Order.objects.filter(pk=order.pk).locked().get()
    sums, unknown = ledger.sums_of_order(payments.values())
    unsaved = orders.set_payments(order, sums, unknown=unknown)
    order = _let_follow(order, payments, changed, unsaved, arrived=order.amount_captured > taken)
    changed.order = order  # type: ignore[assignment]
    getattr(changed, "_prefetched_objects_cache", {}).clear()  # who is given the payment may look at it later
    _tell(changed, before)
    return order


def _save_derived(payment: AbstractPayment) -> None:
    """Set and save what follows for a payment from its ledger."""
    prefetch_related_objects([payment], "transactions", "discrepancies")  # whatever was booked since they were read
    _derive(payment, ledger.balance_of(payment))
    payment.save(update_fields=_DERIVED)
    ledger.find_overpaid(payment)


def _derive(payment: AbstractPayment, sums: ledger.Balance) -> None:
    payment.status = ledger.derived_status(payment, sums)
    waiting = payment.status in (AbstractPayment.Status.PENDING, AbstractPayment.Status.REQUIRES_ACTION)
    if payment.ask_at is None and (waiting or payment.missing):
        payment.ask_at = clock.now() + (timedelta(0) if waiting else _SOON)
    if not waiting and not payment.outcome_unknown and not payment.missing:
        payment.ask_at = None


def _tell(payment: AbstractPayment, before: str) -> None:
    if payment.status != before:
        events.publish(PaymentSettled(payment_id=payment.pk, order_id=payment.order_id, status=payment.status))


def _let_follow(
    order: AbstractOrder,
    payments: dict[int, AbstractPayment],
    changed: AbstractPayment,
    unsaved: Collection[str],
    *,
    arrived: bool,
) -> AbstractOrder:
    """Save the order, which is confirmed if it is covered: by one statement, where no refund is to be credited first."""
    refunds = any(
        row.kind == EntryKind.REFUND.value for payment in payments.values() for row in payment.transactions.all()
    )
    if _is_covered(order) and not refunds:
        return orders.apply_locked(order, "confirm", by=SYSTEM, unsaved=unsaved)
    if unsaved:
        order.save(update_fields=unsaved)
    return _follow(credit_refunds(order, payments.values()), changed, arrived=arrived)


def _is_covered(order: AbstractOrder) -> bool:
    """Whether a pending order's payments secure it."""
    return order.allows.awaits_payment and order.amount_secured >= order.due > 0


def _follow(order: AbstractOrder, payment: AbstractPayment, *, arrived: bool) -> AbstractOrder:
    """Confirm, reinstate, or list what doesn't fit; ``arrived``: money came just now."""
    if _is_covered(order):
        return orders.apply(order, "confirm", by=SYSTEM)
    if order.net_paid > order.due and payment.status == AbstractPayment.Status.CAPTURED:
        if order.allows.is_expired and order.amount_secured >= order.total - order.credited:
            order = _reinstate(order, payment)
        elif order.allows.is_expired or (order.allows.is_called_off and arrived):
            ledger.discrepancy(
                _Kind.PAID_LATE, payment=payment, key=order.status, paid=plain(order.net_paid, order.currency)
            )
    if order.due > 0 and order.net_paid > order.due and _others_paid(order, payment):
        facts = {"due": plain(order.due, order.currency), "paid": plain(order.net_paid, order.currency)}
        ledger.discrepancy(_Kind.PAID_TWICE, payment=payment, key="", **facts)
    return order


def _reinstate(order: AbstractOrder, payment: AbstractPayment) -> AbstractOrder:
    try:
        with transaction.atomic():  # a savepoint: a refusal must leave the booked money standing
            return orders.apply(order, "reinstate", by=SYSTEM, reason="paid after it had expired")
    except Conflict as refusal:
        facts = {"paid": plain(order.net_paid, order.currency), "code": refusal.code, "why": str(refusal)}
        ledger.discrepancy(_Kind.PAID_LATE, payment=payment, key="expired", **facts)
        return Order.objects.get(pk=order.pk)


def _others_paid(order: AbstractOrder, payment: AbstractPayment) -> bool:
    others = Payment.objects.of_order(order.pk).exclude(pk=payment.pk)
    return any(ledger.balance_of(other).net > ZERO for other in others)


@db.durable
def give_up_start(payment: AbstractPayment) -> AbstractPayment:
    """Wait no longer for a start that nobody can ask about: staff are told, and another payment may be begun.

    Should the provider tell of it after all, it is booked, and the staff's list has it no more.
    """
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    if row.outcome_unknown and not row.provider_ref:
        facts = {"why": "its start was never answered: check at the provider whether the customer has paid"}
        ledger.discrepancy(_Kind.STUCK, payment=row, key="start", **facts)
        row.outcome_unknown, row.told_status, row.error_code = False, Status.CANCELLED.value, "unanswered"
        recompute(order, payments, changed=row)
    return row


def _found_again(payment: AbstractPayment) -> None:
    """Resolve a discrepancy whose object has turned up: nobody needs to look for it."""
    key = f"{_Kind.STUCK}:{payment.pk}:start"
    if any(row.key == key and row.resolved_at is None for row in payment.discrepancies.all()):
        payment.discrepancies.filter(key=key).update(
            resolved_at=clock.now(), resolution="The provider reported it later."
        )
        getattr(payment, "_prefetched_objects_cache", {}).pop("discrepancies", None)


@db.atomic
def list_stuck(payment: AbstractPayment) -> AbstractPayment:
    """Put a payment that we can't finish by ourselves on the staff's list, and stop asking."""
    facts = {"why": "its start was never answered, and the provider may have forgotten the key"}
    ledger.discrepancy(_Kind.STUCK, payment=payment, key="start", **facts)
    Payment.objects.filter(pk=payment.pk).update(ask_at=None)
    return payment
