"""Capture, refund, void: each is written down with its key, then asked for outside any transaction, then booked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import clock, db
from tradepost.core.actors import By
from tradepost.core.money import ZERO, exact, plain
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder

from . import conf, disputes, ledger
from .base import AbstractPayment, AbstractTransaction
from .calls import noted
from .capturing import capture, finish_capture
from .errors import AmountError, NotRefundable, PaymentInProgress
from .intents import fail, write_down
from .models import Payment, Transaction
from .ports import (
    Entry,
    EntryKind,
    EntryState,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    Price,
    RefundResult,
    Rejected,
)
from .services import ASK_AFTER, ask, find, postpone
from .settling import lock_payments, recompute, settle

__all__ = ["book_refund", "cancel", "capture", "claim", "finish_capture", "finish_refund", "refund"]

_LIVE = ("pending", "requires_action", "authorised")


def cancel(payment: AbstractPayment, *, by: By, reason: str = "") -> AbstractPayment:
    """Let a live payment go: void an authorisation, or cancel what the customer hasn't paid, so that they can't any more.

    Of one that was captured in part the rest is let go.

    Returns:
        The payment as it stands: cancelled, or whatever it turned out to be.

    Raises:
        PaymentInProgress: The provider didn't say for certain; nothing is lost, try again later.
    """
    db.outside("cancel()")
    payment = find(payment.uuid)
    if payment.outcome_unknown:
        payment = ask(payment)
    if payment.outcome_unknown:
        raise PaymentInProgress(_("The outcome of the payment isn't known yet."), payment=payment.reference)
    if payment.status == AbstractPayment.Status.CREATED:
        return _never_started(payment)
    if not (payment.status in _LIVE or _is_open_there(payment)):
        return payment
    # Should this process die before it books the answer, a job asks: nobody else looks at what is authorised.
    Payment.objects.filter(pk=payment.pk).update(ask_at=clock.now() + ASK_AFTER[0])
    try:
        result = noted(payment, conf.gateway(payment.method).cancel, payment.ref, f"cancel-{payment.key}"[:64])
    except NotSupported:
        payment = ask(payment)
        if payment.status == AbstractPayment.Status.REQUIRES_ACTION and not payment.outcome_unknown:
            return _give_up(payment)
        if payment.status in _LIVE:
            raise PaymentInProgress(_("The payment is being processed."), payment=payment.reference) from None
        return payment
    except Rejected:
        payment = ask(payment)
        if payment.status in _LIVE:
            raise PaymentInProgress(_("The payment can't be taken back now."), payment=payment.reference) from None
        return payment
    except (OutcomeUnknown, Misconfigured) as error:
        postpone(payment, str(error))
        raise PaymentInProgress(_("The provider gave no answer."), payment=payment.reference) from error
    return settle(payment, result)


def _is_open_there(payment: AbstractPayment) -> bool:
    """Whether money may still come of a payment that is captured in part, or was declined."""
    if payment.status == AbstractPayment.Status.FAILED:
        return bool(conf.gateway(payment.method).capabilities.retryable and payment.provider_ref)
    return ledger.balance_of(payment).authorised > 0


@db.durable
def _give_up(payment: AbstractPayment) -> AbstractPayment:
    """Wait no longer for a customer who hasn't acted, where the provider can't shut its page.

    Should they pay after all it is booked, and the order reinstated or the money listed for staff.
    """
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    if row.status == AbstractPayment.Status.REQUIRES_ACTION:
        row.told_status, row.next_action = AbstractPayment.Status.CANCELLED, {}
        recompute(order, payments, changed=row)
    return row


@db.durable
def _never_started(payment: AbstractPayment) -> AbstractPayment:
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    if row.status == AbstractPayment.Status.CREATED and not row.outcome_unknown:
        row.told_status = AbstractPayment.Status.CANCELLED
        recompute(order, payments, changed=row)
        return row
    raise PaymentInProgress(_("The payment is being started."), payment=row.reference)


def refund(payment: AbstractPayment, amount: Decimal | None = None, *, by: By, reason: str = "") -> AbstractTransaction:
    """Give money back.

    Args:
        payment: Captured.
        amount: In the payment's currency, at most what is refundable; all of that if ``None``.
        by: For the history.
        reason: For people.

    Returns:
        The refund's row: succeeded, pending, or requested where no answer came; a job asks on.

    Raises:
        NotRefundable: A dispute is open, the method can't refund, or the provider refused.
        AmountError: Nothing, or more than is refundable. The gateway was not called.
    """
    db.outside("refund()")
    return _refund(_ask_refund(payment, amount, by, reason), asked_before=False)


@db.durable
def _ask_refund(payment: AbstractPayment, amount: Decimal | None, by: By, reason: str) -> AbstractTransaction:
    order, payments = lock_payments(payment.order_id)
    return request_refund(order, payments[payment.pk], amount, by=by, reason=reason)


def request_refund(
    order: AbstractOrder, row: AbstractPayment, amount: Decimal | None, *, by: By, reason: str
) -> AbstractTransaction:
    """Write a refund down in its caller's transaction; :func:`finish_refund` asks the provider for it after the commit.

    Args:
        order: Locked.
        row: A payment of it, locked.
        amount: See :func:`refund`, for what is raised, too.
    """
    sums, abilities = ledger.balance_of(row), conf.gateway(row.method).capabilities
    if disputes.block_refunds(row, sums):
        raise NotRefundable(_("A dispute is open for this payment."), payment=row.reference)
    if not abilities.refund:
        raise NotRefundable(_("This method can't refund."), payment=row.reference)
    most = sums.refundable
    amount = most if amount is None else exact(amount, row.currency)
    if not ZERO < amount <= most:
        raise AmountError(_("More than is left can't be refunded."), most=plain(most, row.currency), attr="amount")
    if amount < sums.captured and not abilities.partial_refund:
        raise NotRefundable(_("This method refunds all or nothing."), payment=row.reference)
    facts: dict[str, Any] = {"amount": plain(amount, row.currency), "payment": row.reference}
    orders.note(order, "refund_requested", by=by, reason=reason, facts=facts)
    return write_down(row, EntryKind.REFUND, amount, by, reason=reason)


def send_refund(asked: AbstractTransaction) -> AbstractTransaction:
    """Ask the provider for a refund that :func:`request_refund` wrote down and nobody has sent yet.

    Raises:
        NotRefundable: The provider refused it: nothing was given back, and the amount is refundable again.
    """
    return _refund(asked, asked_before=False)


def finish_refund(asked: AbstractTransaction) -> AbstractTransaction:
    """Bring a refund that was asked for to its end, or as near as the provider lets us; safe to repeat.

    Raises:
        NotRefundable: The provider refused it: nothing was given back, and the amount is refundable again.
    """
    return _refund(asked, asked_before=True)


def _refund(asked: AbstractTransaction, *, asked_before: bool) -> AbstractTransaction:
    db.outside("finish_refund()")
    if asked_before and not asked.provider_ref and not claim(asked):
        return Transaction.objects.get(pk=asked.pk)  # another process is about to ask
    asked = Transaction.objects.select_related("payment").get(pk=asked.pk)
    if asked.state not in (EntryState.REQUESTED.value, EntryState.PENDING.value):
        return asked
    payment = find(asked.payment.uuid)
    gateway, price = conf.gateway(payment.method), Price(asked.amount, asked.currency)
    assert asked.key is not None
    try:
        if asked.provider_ref:
            result: RefundResult | None = noted(payment, gateway.fetch_refund, payment.ref, asked.provider_ref)
        else:
            result = _found_refund(asked, payment, price) if asked_before else None
            result = result or noted(payment, gateway.refund, payment.ref, price, asked.key, asked.reason)
    except (OutcomeUnknown, Misconfigured) as error:
        Transaction.objects.filter(pk=asked.pk).update(error=str(error)[:500])
        return asked
    except (Rejected, NotSupported) as error:
        fail(asked, str(error))
        raise NotRefundable(_("The provider refused the refund."), payment=payment.reference) from error
    assert result is not None
    return book_refund(payment, result, asked=asked)


def claim(asked: AbstractTransaction) -> bool:
    """Be the only one who asks again, as far as the row was seen: not every provider has a key that makes two calls one."""
    now = clock.now()
    mine = Transaction.objects.filter(pk=asked.pk, updated_at=asked.updated_at).update(updated_at=now)
    asked.updated_at = now
    return mine == 1


def _found_refund(asked: AbstractTransaction, payment: AbstractPayment, price: Price) -> RefundResult | None:
    """After a call that wasn't answered, or perhaps never made: the refund of our key, where it can be looked for."""
    try:
        return noted(payment, conf.gateway(payment.method).find_refund, payment.ref, asked.key or "", price)
    except NotSupported:
        return None


@db.durable
def book_refund(
    payment: AbstractPayment, result: RefundResult, *, asked: AbstractTransaction | None = None
) -> AbstractTransaction:
    """Book what a provider says of one refund; one that takes more than an overpayment back becomes a goodwill credit."""
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    short = shortfall(order)
    price = result.price or (Price(asked.amount, asked.currency) if asked else payment.price)
    entry = Entry(
        kind=EntryKind.REFUND,
        provider_ref=result.provider_ref,
        amount=price.amount,
        currency=price.currency,
        state=result.state,
        key=(asked.key or "") if asked else "",
    )
    ledger.book(row, [entry], asked=asked)
    order = recompute(order, payments, changed=row)
    credit_missing(order, short)
    return Transaction.objects.get(gateway=row.method, kind=EntryKind.REFUND.value, provider_ref=result.provider_ref)


def shortfall(order: AbstractOrder) -> Decimal:
    """What of an order's due isn't paid."""
    return max(ZERO, order.due - order.net_paid)


def credit_missing(order: AbstractOrder, before: Decimal) -> None:
    """A refund that took more than an overpayment back becomes a goodwill credit: so much is not due any more.

    Args:
        order: Locked, as it is after the refund was booked.
        before: Its :func:`shortfall` until then.
    """
    missing = shortfall(order) - before
    if missing > 0:
        orders.credit_goodwill(order, missing, note="refund without a credit")
