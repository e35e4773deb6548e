"""Webhooks: verified, stored once, processed, retried."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tradepost.core import clock, db
from tradepost.core.errors import NotFound

from . import conf, saved
from .base import AbstractPayment, AbstractWebhookReceipt
from .errors import MethodUnknown
from .models import Payment, WebhookReceipt
from .ports import Event, EventKind, InvalidWebhook, NotSupported, WebhookRequest
from .services import ask
from .settling import settle

__all__ = ["Received", "process", "receive"]

logger = logging.getLogger(__name__)
MAX_TRIES = 10


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery."""

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
        Exception: Whatever processing raised; the provider delivers again, and so does the job.
    """
    db.outside("receive()")
    try:
        events = conf.gateway(alias).parse_webhook(request)
    except (MethodUnknown, NotSupported):
        raise NotFound(_("There is no such webhook.")) from None
    except InvalidWebhook as error:
        logger.warning("A delivery for %s was refused: %s", alias, error)  # the answer doesn't say why
        raise
    done = {"processed": 0, "duplicates": 0, "unmatched": 0}
    for event in events:
        done[_take(alias, event)] += 1
    return Received(**done)


def _take(alias: str, event: Event) -> str:
    if event.kind == EventKind.IGNORED:
        return "processed"
    facts = {"reference": event.reference, "provider_ref": event.provider_ref}
    receipt, _made = WebhookReceipt.objects.get_or_create(
        gateway=alias, event_id=event.id, defaults={"kind": event.kind.value, "payload": facts}
    )
    if receipt.state in (AbstractWebhookReceipt.State.PROCESSED, AbstractWebhookReceipt.State.UNMATCHED):
        return "duplicates"
    found = process(receipt, event=event)
    return "processed" if found else "unmatched"


def process(receipt: AbstractWebhookReceipt, *, event: Event | None = None) -> bool:
    """Process a stored event: book what it says if it can be trusted, else what the provider says when asked.

    Args:
        receipt: Processed or not; doing it again changes nothing.
        event: As it was parsed; without it (a replay) the provider is asked.

    Returns:
        Whether it is about a payment of ours.
    """
    db.outside("process()")
    if receipt.kind == EventKind.SAVED.value:
        return _refresh_saved(receipt)
    payment = _payment_of(receipt)
    try:
        if payment is not None:
            if event is not None and event.trusted and event.result is not None:
                settle(payment, event.result, fresh=False)
            elif ask(payment).outcome_unknown:
                raise RuntimeError("The provider could not be asked.")
    except Exception as error:
        _mark(receipt, AbstractWebhookReceipt.State.FAILED, f"{type(error).__name__}: {error}")
        raise
    state = AbstractWebhookReceipt.State
    _mark(receipt, state.UNMATCHED if payment is None else state.PROCESSED)
    return payment is not None


def _refresh_saved(receipt: AbstractWebhookReceipt) -> bool:
    """A saved method changed at its provider, or was let go there: the provider is asked for it."""
    state = AbstractWebhookReceipt.State
    try:
        found = saved.refresh(receipt.gateway, receipt.payload.get("provider_ref", ""))
    except Exception as error:
        _mark(receipt, state.FAILED, f"{type(error).__name__}: {error}")
        raise
    _mark(receipt, state.PROCESSED if found else state.UNMATCHED)
    return found


def _payment_of(receipt: AbstractWebhookReceipt) -> AbstractPayment | None:
    reference, provider_ref = receipt.payload.get("reference"), receipt.payload.get("provider_ref")
    mine = Payment.objects.filter(method=receipt.gateway).select_related("order")
    found = mine.filter(reference=reference).first() if reference else None
    return found or (mine.filter(provider_ref=provider_ref).first() if provider_ref else None)


def _mark(receipt: AbstractWebhookReceipt, state: str, error: str = "") -> None:
    WebhookReceipt.objects.filter(pk=receipt.pk).update(
        state=state, error=error[:500], tries=receipt.tries + 1, processed_at=clock.now()
    )


def retry(*, limit: int = 50) -> int:
    """Process again what failed; returns how many succeeded."""
    failed = WebhookReceipt.objects.filter(
        state__in=[AbstractWebhookReceipt.State.FAILED, AbstractWebhookReceipt.State.RECEIVED], tries__lt=MAX_TRIES
    ).order_by("pk")[:limit]
    done = 0
    for receipt in failed:
        try:
            process(receipt)
        except Exception:  # noted on the receipt; the others go on
            logger.exception("Webhook %s failed again", receipt)
        else:
            done += 1
    return done
