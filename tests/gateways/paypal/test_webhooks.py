"""Deliveries of PayPal: PayPal itself says whether it made them, and they are only a reason to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.paypal_server import PayPalServer
from tradepost.gateways.paypal import PayPalGateway
from tradepost.payments.interface import (
    EventKind,
    InvalidWebhook,
    OutcomeUnknown,
    WebhookRequest,
)

from ..conftest import ref, request_for

EVENT = {
    "id": "WH-1-2",
    "event_version": "1.0",
    "create_time": "2026-11-20T06:02:34Z",
    "resource_type": "capture",
    "event_type": "PAYMENT.CAPTURE.COMPLETED",
    "resource": {
        "id": "CAP7",
        "custom_id": "reference-7",
        "supplementary_data": {"related_ids": {"order_id": "ORD7"}},
    },
}


def delivery(server: PayPalServer, event: Any = EVENT, **signing: Any) -> WebhookRequest:
    body, headers = server.signed(event, **signing)
    return WebhookRequest(body=body, headers=headers)


def test_a_verified_delivery_is_a_reason_to_ask(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """It was sent to PayPal byte for byte; its object is never booked itself."""
    [event] = paypal_gateway.parse_webhook(delivery(paypal_server))

    assert (event.id, event.kind) == ("WH-1-2", EventKind.PAYMENT)
    assert (event.reference, event.provider_ref) == ("reference-7", "ORD7")
    assert (event.trusted, event.result) == (False, None)
    assert event.occurred_at == datetime(2026, 11, 20, 6, 2, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    "cert_url",
    [
        "",
        "http://api.paypal.com/certs/1",
        "https://api.paypal.com.evil.example/certs/1",
        "https://evilpaypal.com/certs/1",
        "https://evil.example/?.paypal.com",
        "https://[::1",
    ],
)
def test_a_delivery_with_another_certificate_is_refused(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, cert_url: str
) -> None:
    """PayPal isn't even asked."""
    body, headers = paypal_server.signed(EVENT)

    with pytest.raises(InvalidWebhook):
        paypal_gateway.parse_webhook(WebhookRequest(body=body, headers={**headers, "paypal-cert-url": cert_url}))

    assert paypal_server.requests == []


def test_a_delivery_without_a_header_is_refused(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Any of the five."""
    body, headers = paypal_server.signed(EVENT)

    for name in [name for name in headers if name.startswith("paypal-")]:
        without = {key: value for key, value in headers.items() if key != name}
        with pytest.raises(InvalidWebhook):
            paypal_gateway.parse_webhook(WebhookRequest(body=body, headers=without))


def test_a_forged_or_altered_delivery_is_refused(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Of another webhook of PayPal's, with another time or signature, or changed by one byte."""
    body, headers = paypal_server.signed(EVENT)
    for bad in (
        delivery(paypal_server, webhook_id="WH-OF-ANOTHER-SHOP"),
        WebhookRequest(body=body.replace(b"ORD7", b"ORD8"), headers=headers),
        WebhookRequest(body=body.replace(b"\n", b""), headers=headers),
        WebhookRequest(body=body, headers={**headers, "paypal-transmission-time": "2026-11-20T07:00:00Z"}),
        WebhookRequest(body=body, headers={**headers, "paypal-transmission-sig": "ä"}),
    ):
        with pytest.raises(InvalidWebhook):
            paypal_gateway.parse_webhook(bad)


def test_the_webhook_id_is_ours(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """A body can't bring one of its own."""
    body, headers = paypal_server.signed(EVENT, webhook_id="WH-EVIL")
    smuggled = body.rstrip()[:-1] + b', "webhook_id": "WH-EVIL"}, "webhook_id": "WH-EVIL"'

    for bad in (smuggled, body.rstrip() + b', "webhook_id": "WH-EVIL"'):
        with pytest.raises(InvalidWebhook):
            paypal_gateway.parse_webhook(WebhookRequest(body=bad, headers=headers))


def test_without_a_webhook_id_nothing_is_believed(
    paypal_server: PayPalServer, make_paypal: Callable[..., PayPalGateway]
) -> None:
    """PayPal isn't asked."""
    with pytest.raises(InvalidWebhook):
        make_paypal(webhook_id="").parse_webhook(delivery(paypal_server))

    assert paypal_server.requests == []


@pytest.mark.parametrize("fault", ["drop_before", "error_500", "html"])
def test_a_delivery_that_cannot_be_verified_now_comes_again(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, fault: str
) -> None:
    """It isn't called forged, so it is answered by an error and PayPal repeats it."""
    paypal_server.fault(fault, path=".*/verify-webhook-signature")

    with pytest.raises(OutcomeUnknown):
        paypal_gateway.parse_webhook(delivery(paypal_server))

    assert paypal_gateway.parse_webhook(delivery(paypal_server))


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00",
        '{"id": "WH-1"}'.encode("utf-16"),
        b"",
        b"not json",
        b"[]",
        b'{"id": "WH-1"}',
        b'{"event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": null}',
        b"null",
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, body: bytes
) -> None:
    """Even with a good signature; no other error comes out."""
    with pytest.raises(InvalidWebhook):
        paypal_gateway.parse_webhook(delivery(paypal_server, body))


@pytest.mark.parametrize("what", ["BILLING.SUBSCRIPTION.CREATED", "CATALOG.PRODUCT.CREATED"])
def test_other_events_are_ignored(paypal_server: PayPalServer, paypal_gateway: PayPalGateway, what: str) -> None:
    """They are answered like any, and nothing is asked for them."""
    [event] = paypal_gateway.parse_webhook(delivery(paypal_server, {**EVENT, "event_type": what}))

    assert event.kind is EventKind.IGNORED


def test_a_refund_of_something_else_is_ignored(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """PayPal doesn't know its capture for ours."""
    resource = {"id": "REF1", "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/CAP999"}]}
    event = {**EVENT, "event_type": "PAYMENT.CAPTURE.REFUNDED", "resource": resource}

    assert paypal_gateway.parse_webhook(delivery(paypal_server, event))[0].kind is EventKind.IGNORED


def test_every_event_of_a_payments_life_leads_to_it(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Approved, taken, refunded past us, disputed without our name on it: each leads to the payment, in any order."""
    request = request_for("20.00")
    payment = ref(request, paypal_gateway.start(request))
    paypal_server.approve(payment.provider_ref)
    taken = paypal_gateway.fetch(payment).entries[0].provider_ref
    paypal_server.refund_in_dashboard(taken, "5.00")
    paypal_gateway.refund(payment, payment.price.__class__(payment.price.amount - 10, "EUR"), "refund-1")
    for named in (True, False):
        paypal_server.dispute(taken, "5.00", names_us=named)

    answer = paypal_server.deliver(
        lambda body, headers: paypal_gateway.parse_webhook(WebhookRequest(body=body, headers=headers))[0],
        copies=2,
        shuffle=5,
    )

    assert {(event.reference or payment.reference) for event in answer} == {payment.reference}
    assert {(event.provider_ref or payment.provider_ref) for event in answer} == {payment.provider_ref}
    assert {event.kind for event in answer} == {EventKind.PAYMENT, EventKind.REFUND, EventKind.DISPUTE}
    assert len(answer) == 2 * len({event.id for event in answer}) == 12
