"""Settling: one transaction that books what a provider says, and confirms the order when it is covered.

Called by the browser's return, by webhooks and by jobs alike; safe to repeat, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from tradepost.core import db, events
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
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
from ..interface.ports import Result, Status
from ..models import Payment
from . import disputes, saved_methods
from .refund_credits import credit_refunds

__all__ = ["claim_start", "give_up_start", "list_stuck", "lock_payments", "recompute", "settle", "told_failed"]

_SOON = timedelta(minutes=1)
_FINAL = {Status.CANCELLED.value, Status.FAILED.value}
_Kind = AbstractDiscrepancy.Kind


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
    order = Order.objects.filter(pk=order_id).locked().get()
    locked = Payment.objects.of_order(order_id).locked().prefetch_related("transactions", "discrepancies")
    payments: dict[int, AbstractPayment] = {payment.pk: payment for payment in locked}
    for payment in payments.values():
        payment.order = order
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
    if ledger.fits(row, result):
        ledger.book(row, result.entries, asked=asked)
        _note(row, result, fresh=fresh)
        _found_again(row)
        disputes.book(row, result.disputes, fresh=fresh)
        if result.saved is not None:
            saved_methods.book(row, result.saved)
        if fresh:
            row.missing = ",".join(result.missing)[:100]
    row.outcome_unknown = False
    if payment.held_lease and row.lease_owner == payment.held_lease:
        row.lease_owner, row.lease_until = "", None
    recompute(order, payments, changed=row)
    return row


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
    """Derive a payment's status and the order's sums from the ledger, and let the order follow. All are locked."""
    prefetch_related_objects([changed], "transactions", "discrepancies")  # whatever was booked since they were read
    before = changed.status
    changed.status = ledger.derived_status(changed, ledger.balance_of(changed))
    waiting = changed.status in (AbstractPayment.Status.PENDING, AbstractPayment.Status.REQUIRES_ACTION)
    if changed.ask_at is None and (waiting or changed.missing):
        changed.ask_at = clock.now() + (timedelta(0) if waiting else _SOON)
    if not waiting and not changed.outcome_unknown and not changed.missing:
        changed.ask_at = None
    changed.save()
    ledger.find_overpaid(changed)
    sums, unknown = ledger.sums_of_order(payments.values())
    taken = order.amount_captured
    order = orders.record_payments(order.pk, sums, unknown=unknown)
    order = credit_refunds(order, payments.values())
    order = _follow(order, changed, arrived=order.amount_captured > taken)
    changed.order = order  # type: ignore[assignment]
    getattr(changed, "_prefetched_objects_cache", {}).clear()  # who is given the payment may look at it later
    if changed.status != before:
        events.publish(PaymentSettled(payment_id=changed.pk, order_id=order.pk, status=changed.status))
    return order


def _follow(order: AbstractOrder, payment: AbstractPayment, *, arrived: bool) -> AbstractOrder:
    """Confirm, reinstate, or list what doesn't fit; ``arrived``: money came just now."""
    if order.allows.awaits_payment and order.amount_secured >= order.due > 0:
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
        facts = {"why": "its start was never answered: see at the provider whether the customer has paid"}
        ledger.discrepancy(_Kind.STUCK, payment=row, key="start", **facts)
        row.outcome_unknown, row.told_status, row.error_code = False, Status.CANCELLED.value, "unanswered"
        recompute(order, payments, changed=row)
    return row


def _found_again(payment: AbstractPayment) -> None:
    """What was given up has turned up: nobody needs to look for it."""
    key = f"{_Kind.STUCK}:{payment.pk}:start"
    if any(found.key == key and found.resolved_at is None for found in payment.discrepancies.all()):
        payment.discrepancies.filter(key=key).update(
            resolved_at=clock.now(), resolution="The provider told of it later."
        )
        getattr(payment, "_prefetched_objects_cache", {}).pop("discrepancies", None)


@db.atomic
def list_stuck(payment: AbstractPayment) -> AbstractPayment:
    """Put a payment that we can't finish by ourselves on the staff's list, and stop asking."""
    facts = {"why": "its start was never answered, and the provider may have forgotten the key"}
    ledger.discrepancy(_Kind.STUCK, payment=payment, key="start", **facts)
    Payment.objects.filter(pk=payment.pk).update(ask_at=None)
    return payment
