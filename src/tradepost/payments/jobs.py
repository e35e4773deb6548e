"""What payments need a clock for."""

from __future__ import annotations

import logging
from datetime import timedelta

from tradepost.core import clock
from tradepost.core.jobs import for_each, job

from . import calls, conf, operations, services, webhooks
from .base import AbstractPayment, AbstractTransaction
from .errors import NotCapturable, NotRefundable
from .models import Payment, Transaction
from .ports import EntryKind, EntryState

logger = logging.getLogger(__name__)
LIMIT = 200


@job("tradepost.payments.ask", every=timedelta(minutes=1))
def ask_pending() -> int:
    """Ask providers for payments whose outcome is awaited, less and less often."""
    waiting = Payment.objects.live().filter(ask_at__lte=clock.now()).order_by("ask_at")[:LIMIT]
    return for_each(waiting, _ask)


def _ask(payment: AbstractPayment) -> bool:
    services.postpone(payment, payment.error_message)  # first, so that one that fails is asked for less and less often
    if not conf.gateway(payment.method).capabilities.poll:
        Payment.objects.filter(pk=payment.pk).update(ask_at=None)  # staff will say what came
        return False
    services.ask(payment)
    return True


@job("tradepost.payments.refunds", every=timedelta(minutes=10))
def finish_refunds() -> int:
    """Finish refunds that were never answered, or are pending at the provider."""
    states = [EntryState.REQUESTED.value, EntryState.PENDING.value]
    old = clock.now() - timedelta(minutes=2)
    open_refunds = Transaction.objects.filter(kind=EntryKind.REFUND.value, state__in=states, updated_at__lte=old)
    return for_each(open_refunds.order_by("pk")[:LIMIT], _finish)


def _finish(asked: AbstractTransaction) -> bool:
    try:
        operations.finish_refund(asked)
    except NotRefundable:
        logger.warning("Refund %s was refused; its amount is refundable again.", asked)
    return True


@job("tradepost.payments.captures", every=timedelta(minutes=10))
def finish_captures() -> int:
    """Finish captures that were never answered."""
    old = clock.now() - timedelta(minutes=2)
    lost = Transaction.objects.filter(
        kind=EntryKind.CAPTURE.value, state=EntryState.REQUESTED.value, updated_at__lte=old
    )
    return for_each(lost.order_by("pk")[:LIMIT], _finish_capture)


def _finish_capture(asked: AbstractTransaction) -> bool:
    try:
        operations.finish_capture(asked)
    except NotCapturable:
        logger.warning("Capture %s was refused; its amount may be captured again.", asked)
    return True


@job("tradepost.payments.webhooks", every=timedelta(minutes=5))
def retry_webhooks() -> int:
    """Process deliveries again whose processing failed."""
    return webhooks.retry()


@job("tradepost.payments.forget_calls", every=timedelta(days=1))
def forget_calls() -> int:
    """Delete logged calls that are older than ``TRADEPOST_PAYMENTS["CALL_LOG_KEPT"]``."""
    return calls.forget()
