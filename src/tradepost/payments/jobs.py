"""What payments need a clock for."""

from __future__ import annotations

import logging
from datetime import timedelta

from tradepost.core import clock
from tradepost.core.errors import TradepostError
from tradepost.core.jobs import job

from . import conf, operations, services, webhooks
from .models import Payment, Transaction
from .ports import EntryKind, EntryState

logger = logging.getLogger(__name__)
LIMIT = 200


@job("tradepost.payments.ask", every=timedelta(minutes=1))
def ask_pending() -> int:
    """Ask providers for payments whose outcome is awaited, less and less often."""
    now, asked = clock.now(), 0
    for payment in Payment.objects.live().filter(ask_at__lte=now).order_by("ask_at")[:LIMIT]:
        if not conf.gateway(payment.method).capabilities.poll:
            Payment.objects.filter(pk=payment.pk).update(ask_at=None)  # staff will say what came
            continue
        services.postpone(payment, payment.error_message)
        services.ask(payment)
        asked += 1
    return asked


@job("tradepost.payments.refunds", every=timedelta(minutes=10))
def finish_refunds() -> int:
    """Finish refunds that were never answered, or are pending at the provider."""
    states = [EntryState.REQUESTED.value, EntryState.PENDING.value]
    old = clock.now() - timedelta(minutes=2)
    open_refunds = Transaction.objects.filter(kind=EntryKind.REFUND.value, state__in=states, updated_at__lte=old)
    done = 0
    for asked in open_refunds.order_by("pk")[:LIMIT]:
        try:
            operations.finish_refund(asked)
        except TradepostError:
            logger.exception("Refund %s was refused", asked)
        done += 1
    return done


@job("tradepost.payments.webhooks", every=timedelta(minutes=5))
def retry_webhooks() -> int:
    """Process deliveries again whose processing failed."""
    return webhooks.retry()
