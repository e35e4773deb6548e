"""Webhooks of the dummy provider, which it signs with a secret of the project's own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from django.utils.crypto import salted_hmac

from tradepost.payments.interface import InvalidWebhook, WebhookRequest

from .ledger import Charge

__all__ = ["SALT", "delivery", "verified"]

SALT = "tradepost.gateways.dummy"
_TOLERANCE = 300  # seconds that a webhook may be old, or ahead of our clock


def delivery(charge: Charge) -> WebhookRequest:
    """Build the delivery that the provider would send now; its id stays the same until something changes."""
    event = {"id": f"{charge.reference}-{charge.status.value}-{len(charge.moves)}", "reference": charge.reference}
    body, sent = json.dumps(event).encode(), int(time.time())
    return WebhookRequest(body=body, headers={"dummy-signature": f"t={sent},v1={_sign(sent, body)}"})


def verified(request: WebhookRequest) -> Mapping[str, str]:
    """The event of a delivery.

    Raises:
        InvalidWebhook: It isn't signed by the dummy provider, or not lately.
    """
    parts = dict(part.partition("=")[::2] for part in request.headers.get("dummy-signature", "").split(","))
    sent = int(parts["t"]) if parts.get("t", "").isascii() and parts.get("t", "").isdigit() else 0
    if abs(time.time() - sent) > _TOLERANCE:
        raise InvalidWebhook("No time, or one that is too old or of the future.")
    if not hmac.compare_digest(_sign(sent, request.body).encode(), parts.get("v1", "").encode()):
        raise InvalidWebhook("Not signed by the dummy provider.")
    event: Mapping[str, str] = json.loads(request.body)
    return event


def _sign(sent: int, body: bytes) -> str:
    key = salted_hmac(SALT, "webhooks", algorithm="sha256").digest()
    return hmac.new(key, str(sent).encode() + b"." + body, hashlib.sha256).hexdigest()
