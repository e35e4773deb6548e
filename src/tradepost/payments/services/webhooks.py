"""Webhooks: verified, stored once, processed, retried. What the provider couldn't be asked about isn't processed."""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound

from .. import conf
from ..base import AbstractPayment, AbstractWebhookReceipt
from ..errors import MethodUnknown, ReceiptNotFound
from ..interface import (
    Event,
    EventKind,
    GatewayError,
    InvalidWebhook,
    NotSupported,
    WebhookRequest,
)
from ..interface.storable_values import flaw_of
from ..models import Payment, WebhookReceipt
from . import saved_methods
from .payments import inquire
from .settlement import settle

__all__ = ["Received", "Unanswered", "process", "process_again", "receive"]

logger = logging.getLogger(__name__)
# What reading a body of another shape raises, however good its signature is.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
MAX_TRIES = 10
RETRY_AFTER = [timedelta(minutes=m) for m in (0, 1, 5, 15, 60, 180, 360, 720, 1440)]
"""How long after each try a delivery is processed again; the first time as soon as the job runs."""


class Unanswered(RuntimeError):
    """The provider couldn't be asked, so nothing is certain of a delivery. It is processed again by the job.

    Attributes:
        redelivers: Whether the provider, told so by 503, delivers again; else it is told that we go on by ourselves.
    """

    def __init__(self, message: str, *, redelivers: bool = True) -> None:
        super().__init__(message)
        self.redelivers = redelivers


@dataclass(frozen=True, slots=True)
class Received:
    """The outcome of a delivery."""

    processed: int = 0
    duplicates: int = 0
    unmatched: int = 0


def receive(alias: str, request: WebhookRequest) -> Received:
    """Take a provider's delivery: verify, store each event once, process it.

    Args:
        alias: Of the payment method whose gateway it is for.
        request: With the raw body.

    Raises:
        NotFound: No such method, or it has no webhooks.
        InvalidWebhook: The delivery isn't the provider's; nothing was stored.
        Unanswered: The provider couldn't be asked, about the delivery itself or a payment; what was verified is stored.
        Exception: Whatever else processing raised. All events were tried; the provider delivers again, and the job retries.
    """
    db.outside("receive()")
    try:
        events = _read(alias, request)
    except (MethodUnknown, NotSupported):
        raise NotFound(_("There is no such webhook.")) from None
    except InvalidWebhook as error:
        logger.warning("A delivery for %s was refused: %s", alias, error)  # the answer doesn't say why
        raise
    except GatewayError as error:  # it couldn't be verified, so that nothing of it is known
        raise Unanswered(str(error)) from error
    done = {"processed": 0, "duplicates": 0, "unmatched": 0}
    failure: Exception | None = None
    for event in events:
        try:
            done[_take(alias, event)] += 1
        except Exception as error:  # noqa: BLE001 — noted on its receipt; the others are processed all the same
            failure = failure or error
    if failure is not None:
        raise failure
    return Received(**done)


def _read(alias: str, request: WebhookRequest) -> list[Event]:
    """The events of a delivery, as far as they can be kept.

    Raises:
        InvalidWebhook: It isn't the provider's, or nothing that could be stored, signed or not.
    """
    gateway = conf.gateway(alias)
    try:
        events = list(gateway.parse_webhook(request))
    except _UNREADABLE as error:
        raise InvalidWebhook(f"It can't be read: {type(error).__name__}.") from error
    except OSError as error:
        if error.errno != errno.EOVERFLOW:  # of a time that is too large; what else there is was a call that failed
            raise
        raise InvalidWebhook("It can't be read: a time in it is too large.") from error
    if flaw := flaw_of(events):
        raise InvalidWebhook(f"It can't be kept: {flaw}.")
    return events


def _take(alias: str, event: Event) -> str:
    if event.kind == EventKind.IGNORED:
        return "processed"
    facts = {"reference": event.reference, "provider_ref": event.provider_ref}
    receipt, _made = WebhookReceipt.objects.get_or_create(
        gateway=alias, event_id=event.id, defaults={"kind": event.kind.value, "payload": facts}
    )
    if receipt.state in (AbstractWebhookReceipt.State.PROCESSED, AbstractWebhookReceipt.State.UNMATCHED):
        return "duplicates"
    payment = process(receipt, event=event)
    return "processed" if payment else "unmatched"


def process(receipt: AbstractWebhookReceipt, *, event: Event | None = None) -> bool:
    """Process a stored event: book what it says if it can be trusted, else what the provider says when asked.

    Args:
        receipt: Processed or not; doing it again changes nothing.
        event: As it was parsed; without it (a replay) the provider is asked.

    Returns:
        Whether it is about a payment of ours.

    Raises:
        Unanswered: The provider couldn't be asked, or left something out; it is processed again.
        Exception: Whatever else went wrong; likewise.
    """
    db.outside("process()")
    state = AbstractWebhookReceipt.State
    try:
        is_ours = _refresh_saved(receipt) if receipt.kind == EventKind.SAVED.value else _process_payment(receipt, event)
    except Exception as error:
        _mark(receipt, state.FAILED, f"{type(error).__name__}: {error}")
        raise
    _mark(receipt, state.PROCESSED if is_ours else state.UNMATCHED)
    return is_ours


def _process_payment(receipt: AbstractWebhookReceipt, event: Event | None) -> bool:
    payment = _payment_of(receipt)
    if payment is None:
        return False
    if event is not None and event.trusted and event.result is not None:
        settle(payment, event.result, fresh=False)
        return True
    inquiry = inquire(payment)
    if not inquiry.is_whole:
        left_out = inquiry.payment.missing if inquiry.answered else ""
        why = f"The provider left out: {left_out}." if left_out else "The provider could not be asked."
        raise Unanswered(why, redelivers=_redelivers(receipt.gateway))
    return True


def _refresh_saved(receipt: AbstractWebhookReceipt) -> bool:
    """A saved method changed at its provider, or was let go there: the provider is asked for it."""
    try:
        return saved_methods.refresh(receipt.gateway, receipt.payload.get("provider_ref", ""))
    except GatewayError as error:
        raise Unanswered(str(error), redelivers=_redelivers(receipt.gateway)) from error


def _redelivers(alias: str) -> bool:
    return conf.gateway(alias).capabilities.redelivers


def _payment_of(receipt: AbstractWebhookReceipt) -> AbstractPayment | None:
    reference, provider_ref = receipt.payload.get("reference"), receipt.payload.get("provider_ref")
    mine = Payment.objects.filter(method=receipt.gateway).select_related("order")
    payment = mine.filter(reference=reference).first() if reference else None
    return payment or (mine.filter(provider_ref=provider_ref).first() if provider_ref else None)


def _mark(receipt: AbstractWebhookReceipt, state: str, error: str = "") -> None:
    now = clock.now()
    again = now + RETRY_AFTER[min(receipt.tries, len(RETRY_AFTER) - 1)]
    WebhookReceipt.objects.filter(pk=receipt.pk).update(
        state=state,
        error=error[:500].replace("\x00", ""),
        tries=min(receipt.tries + 1, 32_767),
        processed_at=now,
        retry_at=again if state == AbstractWebhookReceipt.State.FAILED else None,
    )


def process_again(gateway: str, event_id: str) -> AbstractWebhookReceipt:
    """Process a stored event once more, whenever it is due; what went wrong is noted on the receipt, and not raised.

    Args:
        gateway: Alias.
        event_id: The provider's.

    Returns:
        The receipt as it is now.

    Raises:
        ReceiptNotFound: No such event was received.
    """
    rows = WebhookReceipt.objects.filter(gateway=gateway, event_id=event_id)
    receipt = rows.first()
    if receipt is None:
        raise ReceiptNotFound(_("No such delivery was received."))
    try:
        process(receipt)
    except Exception:  # noted on the receipt
        logger.exception("Webhook %s failed again", receipt)
    return rows.get()


def retry(*, limit: int = 50) -> int:
    """Process again what failed and is due, or was stored and never processed; returns how many succeeded."""
    state, now = AbstractWebhookReceipt.State, clock.now()
    failed = Q(state=state.FAILED) & (Q(retry_at=None) | Q(retry_at__lte=now))
    due = WebhookReceipt.objects.filter(failed | Q(state=state.RECEIVED), tries__lt=MAX_TRIES).order_by(
        "retry_at", "pk"
    )[:limit]
    done = 0
    for receipt in due:
        try:
            process(receipt)
        except Exception:  # noted on the receipt; the others go on
            logger.exception("Webhook %s failed again", receipt)
        else:
            done += 1
    return done
