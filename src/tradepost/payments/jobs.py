"""Jobs of payments."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Q

from tradepost.core.dates import clock
from tradepost.core.jobs import for_each, job

from . import (
    conf,
    lease,
    ledger,
    services,
)
from .base import AbstractPayment, AbstractSavedMethod, AbstractTransaction
from .call_log import calls
from .errors import NotCapturable, NotRefundable
from .interface import EntryKind, EntryState
from .models import Payment, SavedMethod, Transaction
from .reconciliation import comparison
from .services import saved_methods, webhooks

logger = logging.getLogger(__name__)
LIMIT = 200
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@job("tradepost.payments.ask", every=timedelta(minutes=1))
def ask_pending() -> int:
    """Ask providers for payments whose outcome is awaited, or that weren't told in full, less and less often."""
    waiting = Payment.objects.filter(ask_at__lte=clock.now()).order_by("ask_at")[:LIMIT]
    return for_each(waiting, _ask)


def _ask(payment: AbstractPayment) -> bool:
    services.postpone(payment, payment.error_message)  # first, so that one that fails is asked for less and less often
    if not conf.gateway(payment.method).capabilities.poll:
        Payment.objects.filter(pk=payment.pk).update(ask_at=None)  # staff will say what came
        return False
    services.ask(payment)
    return True


@job("tradepost.payments.services.refunds", every=timedelta(minutes=10))
def finish_refunds() -> int:
    """Finish refunds that were never answered, or are pending at the provider: banks take days, so less and less often."""
    states = [EntryState.REQUESTED.value, EntryState.PENDING.value]
    open_refunds = Transaction.objects.filter(_asked_long_ago(), kind=EntryKind.REFUND.value, state__in=states)
    return for_each(open_refunds.order_by("updated_at")[:LIMIT], _finish)


def _asked_long_ago() -> Q:
    """In its first hour each time, then hourly, after a day daily."""
    now = clock.now()
    hour, day = now - _HOUR, now - _DAY
    young = Q(created_at__gt=hour, updated_at__lte=now - timedelta(minutes=2))
    older = Q(created_at__lte=hour, created_at__gt=day, updated_at__lte=hour)
    return young | older | Q(created_at__lte=day, updated_at__lte=day)


def _finish(asked: AbstractTransaction) -> bool:
    if not lease.take(asked, as_seen=True):  # first, so that one that fails waits, too
        return False
    try:
        services.resume_refund(asked)
    except NotRefundable as refusal:
        ledger.list_stuck_refund(asked.payment, str(refusal), key=f"refund {asked.pk}")
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
    if not lease.take(asked, as_seen=True):
        return False
    try:
        services.resume_capture(asked)
    except NotCapturable:
        logger.warning("Capture %s was refused; its amount may be captured again.", asked)
    return True


@job("tradepost.payments.forget_saved", every=timedelta(minutes=10))
def forget_saved() -> int:
    """Have providers forget saved methods: where they gave no answer before, and those of customers that are gone."""
    now = clock.now()
    gone = SavedMethod.objects.usable().filter(customer=None)
    gone.update(forget_asked_at=now, forget_at=now)
    due = SavedMethod.objects.filter(forget_at__lte=now).order_by("forget_at")[:LIMIT]
    return for_each(due, _forget)


def _forget(row: AbstractSavedMethod) -> bool:
    return saved_methods.finish_forgetting(row).forgotten_at is not None


@job("tradepost.payments.services.webhooks", every=timedelta(minutes=1))
def retry_webhooks() -> int:
    """Process deliveries again whose processing failed, soon at first, then less and less often."""
    return webhooks.retry()


@job("tradepost.payments.compare", every=timedelta(hours=1))
def compare_settled() -> int:
    """Compare settled payments with their providers: after a day, and again when each is twice as old; some daily."""
    return for_each(comparison.due(clock.now())[:LIMIT], _compare)


def _compare(payment: AbstractPayment) -> bool:
    comparison.postpone(payment)  # first, so that one that fails doesn't keep the others waiting
    return comparison.compare(payment).verdict is not comparison.Verdict.NO_ANSWER


@job("tradepost.payments.forget_calls", every=timedelta(days=1))
def forget_calls() -> int:
    """Delete logged calls that are older than ``TRADEPOST_PAYMENTS["CALL_LOG_KEPT"]``."""
    return calls.forget()
