"""Deliveries of PayPal: PayPal itself is asked whether it made them, and they are only a reason to ask."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from tradepost.gateways.http import segment
from tradepost.gateways.responses import UNREADABLE, Json, loads
from tradepost.payments.interface import (
    Event,
    EventKind,
    InvalidWebhook,
    Rejected,
    WebhookRequest,
)

from .client import PayPalClient
from .parse import link

__all__ = ["parse"]

_AT_PAYPAL = re.compile(r"https://[\w.-]+\.paypal\.com/\S*", re.ASCII)
# Our names for the headers' contents, as PayPal's call takes them.
_HEADERS = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
_KINDS = {
    "CHECKOUT.ORDER.": EventKind.PAYMENT,
    "PAYMENT.AUTHORIZATION.": EventKind.PAYMENT,
    "PAYMENT.CAPTURE.REFUNDED": EventKind.REFUND,
    "PAYMENT.CAPTURE.REVERSED": EventKind.REFUND,
    "PAYMENT.CAPTURE.": EventKind.PAYMENT,
    "PAYMENT.REFUND.": EventKind.REFUND,
    "CUSTOMER.DISPUTE.": EventKind.DISPUTE,
}


def parse(api: PayPalClient, request: WebhookRequest, webhook_id: str) -> Event:
    """Verify and read a delivery.

    Args:
        api: Asked to verify it, and for the order where the delivery doesn't name it.
        request: As it came.
        webhook_id: Ours; never one of the request.

    Raises:
        InvalidWebhook: It isn't PayPal's.
        OutcomeUnknown: PayPal can't be asked now.
    """
    question, event = _question(request, webhook_id)
    try:
        verdict = api.call("POST", "/v1/notifications/verify-webhook-signature", body=question)
    except Rejected as error:
        raise InvalidWebhook(str(error)) from None
    if verdict["verification_status"] != "SUCCESS":
        raise InvalidWebhook("Not signed by PayPal.")
    try:
        return _read(event, api)
    except UNREADABLE:
        raise InvalidWebhook("Signed by PayPal, but not an event that can be read.") from None


def _question(request: WebhookRequest, webhook_id: str) -> tuple[bytes, Json]:
    """The question to PayPal, with the delivery byte for byte: re-encoded, its signature wouldn't match."""
    signature = {name: request.headers.get(header, "") for name, header in _HEADERS.items()}
    if not webhook_id or not all(signature.values()) or not _AT_PAYPAL.fullmatch(signature["cert_url"]):
        raise InvalidWebhook("Not signed by PayPal.")
    try:
        request.body.decode("utf-8")  # JSON may be in another encoding, but not in the midst of ours
        event = loads(request.body)
    except ValueError:
        raise InvalidWebhook("Not an event that can be read.") from None
    head = json.dumps({**signature, "webhook_id": webhook_id}).encode()
    return head[:-1] + b', "webhook_event": ' + request.body + b"}", event


def _read(event: Json, api: PayPalClient) -> Event:
    what, thing = event["event_type"], event["resource"]
    kind = next((kind for head, kind in _KINDS.items() if what.startswith(head)), EventKind.IGNORED)
    reference, provider_ref = "", ""
    if kind is not EventKind.IGNORED:
        reference, provider_ref, capture = _names(what, thing)
        if capture and not (reference or provider_ref):
            provider_ref = _order_of(api, capture)
    return Event(
        id=event["id"],
        kind=kind if reference or provider_ref else EventKind.IGNORED,
        reference=reference,
        provider_ref=provider_ref,
        trusted=False,
        occurred_at=datetime.fromisoformat(event["create_time"]),
    )


def _names(what: str, thing: Json) -> tuple[str, str, str]:
    """Our reference, PayPal's order and its capture, as far as an event names them."""
    if what.startswith("CHECKOUT.ORDER."):
        return str(thing["purchase_units"][0].get("custom_id") or ""), str(thing["id"]), ""
    if what.startswith("CUSTOMER.DISPUTE."):
        disputed = thing["disputed_transactions"][0]
        return str(disputed.get("custom") or ""), "", str(disputed.get("seller_transaction_id") or "")
    related: Mapping[str, str] = (thing.get("supplementary_data") or {}).get("related_ids") or {}
    capture = link(thing, "up").rpartition("/")[2]
    return str(thing.get("custom_id") or ""), related.get("order_id", ""), capture


def _order_of(api: PayPalClient, capture: str) -> str:
    """The order of a capture; none where it isn't of this account."""
    try:
        answer = api.get(f"/v2/payments/captures/{segment(capture)}")
    except Rejected:
        return ""
    return str((answer.get("supplementary_data") or {}).get("related_ids", {}).get("order_id", ""))
