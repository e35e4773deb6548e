"""Stripe's deliveries: verified by any of the secrets, read for what they are about. They are never booked as they are."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import stripe

from tradepost.payments.interface import (
    Event,
    EventKind,
    InvalidWebhook,
    WebhookRequest,
)

from .client import Json

__all__ = ["parse"]

_TOLERANCE = 300  # seconds that a webhook may be old, or ahead of our clock
_PAYMENT_EVENTS = frozenset(
    f"payment_intent.{what}"
    for what in (
        "succeeded",
        "payment_failed",
        "canceled",
        "processing",
        "requires_action",
        "amount_capturable_updated",
    )
)
_SAVED_EVENTS = frozenset({"payment_method.detached", "payment_method.updated", "payment_method.automatically_updated"})


def parse(request: WebhookRequest, secrets: Sequence[str]) -> Event:
    """A verified event.

    Raises:
        InvalidWebhook: It isn't signed with one of the secrets, is too old, or can't be read.
    """
    _verify(request.body, request.headers.get("stripe-signature", ""), secrets)
    try:
        return _read_event(json.loads(request.body))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise InvalidWebhook("Signed by Stripe, but not an event that can be read.") from None


def _verify(body: bytes, header: str, secrets: Sequence[str]) -> None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise InvalidWebhook("The body isn't text.") from None
    sent = re.search(r"(?:^|,)t=(\d{1,12})(?:,|$)", header, re.ASCII)
    if sent is None or int(sent[1]) > time.time() + _TOLERANCE:
        raise InvalidWebhook("No signature, or one of the future.")
    for secret in filter(None, secrets):
        try:
            stripe.WebhookSignature.verify_header(text, header, secret, _TOLERANCE)
        except (stripe.SignatureVerificationError, TypeError, ValueError):
            continue
        return
    raise InvalidWebhook("Not signed by Stripe, or too old.")


def _read_event(event: Json) -> Event:
    """Read the subject of a verified webhook. Its object is a snapshot in the endpoint's API version, so it is never booked."""
    thing, what = event["data"]["object"], event["type"]
    kind = _event_kind(what)
    provider_ref = thing["id"] if kind in (EventKind.PAYMENT, EventKind.SAVED) else thing.get("payment_intent") or ""
    return Event(
        id=event["id"],
        kind=kind if provider_ref else EventKind.IGNORED,
        reference=(thing.get("metadata") or {}).get("reference", ""),
        provider_ref=provider_ref,
        trusted=False,
        occurred_at=datetime.fromtimestamp(event["created"], tz=UTC),
    )


def _event_kind(what: str) -> EventKind:
    if what in _PAYMENT_EVENTS:
        return EventKind.PAYMENT
    if what in _SAVED_EVENTS:
        return EventKind.SAVED
    if what.startswith("charge.dispute."):
        return EventKind.DISPUTE
    if what == "charge.refunded" or what.startswith(("refund.", "charge.refund.")):
        return EventKind.REFUND
    return EventKind.IGNORED
