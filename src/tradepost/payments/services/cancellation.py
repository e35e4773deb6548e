"""Capture, refund, void: each is written down with its key, then asked for outside any transaction, then booked.

Each is sent by who holds the lease of its row (:mod:`~tradepost.payments.lease`).
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.dates import clock

from .. import (
    conf,
    lease,
    ledger,
)
from ..base import AbstractPayment
from ..call_log.calls import noted
from ..errors import PaymentInProgress
from ..interface import (
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    Rejected,
)
from ..models import Payment
from .captures import (
    capture,
    capture_up_to,
    finish_capture,
    resume_capture,
)
from .payments import (
    ASK_AFTER,
    ask,
    find,
    inquire,
    postpone,
)
from .refund_credits import shortfall
from .refunds import book_refund, finish_refund, refund, request_refund, resume_refund, send_refund
from .requests import write_down
from .settlement import (
    lock_payments,
    recompute,
    settle,
)

__all__ = [
    "book_refund",
    "cancel",
    "capture",
    "capture_up_to",
    "finish_capture",
    "finish_refund",
    "refund",
    "request_refund",
    "resume_capture",
    "resume_refund",
    "send_refund",
    "shortfall",
    "write_down",
]

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
    if not lease.take(payment):
        raise PaymentInProgress(_("The payment is being processed."), payment=payment.reference)
    # Should this process die before it books the answer, a job asks: nobody else looks at what is authorised.
    Payment.objects.filter(pk=payment.pk).update(ask_at=clock.now() + ASK_AFTER[0])
    try:
        return _cancel(payment)
    finally:
        lease.release(payment)


def _cancel(payment: AbstractPayment) -> AbstractPayment:
    try:
        result = noted(payment, conf.gateway(payment.method).cancel, payment.ref, f"cancel-{payment.key}"[:64])
    except NotSupported:
        payment = _certain(payment)
        if payment.status == AbstractPayment.Status.REQUIRES_ACTION and not payment.outcome_unknown:
            return _give_up(payment)
        if payment.status in _LIVE:
            raise PaymentInProgress(_("The payment is being processed."), payment=payment.reference) from None
        return payment
    except Rejected:
        payment = _certain(payment)
        if payment.status in _LIVE:
            raise PaymentInProgress(_("The payment can't be cancelled now."), payment=payment.reference) from None
        return payment
    except (OutcomeUnknown, Misconfigured) as error:
        postpone(payment, str(error))
        raise PaymentInProgress(_("The provider didn't answer."), payment=payment.reference) from error
    # What was missing still is: the answer to a void lists nothing besides.
    missing = dict.fromkeys(filter(None, [*payment.missing.split(","), *result.missing]))
    return settle(payment, replace(result, missing=list(missing)))


def _certain(payment: AbstractPayment) -> AbstractPayment:
    """The state of a payment at its provider.

    Raises:
        PaymentInProgress: Nobody knows: the provider couldn't be asked.
    """
    inquiry = inquire(payment)
    if not inquiry.answered:
        raise PaymentInProgress(_("The provider didn't answer."), payment=payment.reference)
    return inquiry.payment


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
