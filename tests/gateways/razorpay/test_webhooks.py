"""Deliveries of Razorpay: believed only if signed, and then only as a reason to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.razorpay_server import RazorpayServer
from tradepost.gateways.razorpay import RazorpayGateway
from tradepost.payments.interface import (
    EventKind,
    InvalidWebhook,
    WebhookRequest,
)

from ..conftest import ref, request_for

EVENT = {
    "entity": "event",
    "event": "order.paid",
    "contains": ["payment", "order"],
    "created_at": 1795154554,
    "payload": {
        "payment": {"entity": {"id": "pay_7", "order_id": "order_7"}},
        "order": {"entity": {"id": "order_7", "receipt": "reference-7"}},
    },
}


def delivery(server: RazorpayServer, event: Any = EVENT, **signing: Any) -> WebhookRequest:
    body, headers = server.signed(event, **signing)
    return WebhookRequest(body=body, headers=headers)


def test_a_signed_delivery_is_a_reason_to_ask(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """It names one object only, so it is never booked itself."""
    [event] = razorpay_gateway.parse_webhook(delivery(razorpay_server, event_id="evt_7"))

    assert (event.id, event.kind) == ("evt_7", EventKind.PAYMENT)
    assert (event.reference, event.provider_ref) == ("reference-7", "order_7")
    assert (event.trusted, event.result) == (False, None)
    assert event.occurred_at == datetime(2026, 11, 20, 6, 2, 34, tzinfo=UTC)


@pytest.mark.parametrize("event_id", ["", "x" * 101, "évt", "a b"])
def test_without_a_good_id_the_body_is_its_own(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, event_id: str
) -> None:
    """The id is in a header that isn't signed; a repeated delivery has the same body."""
    body, headers = razorpay_server.signed(EVENT)
    request = WebhookRequest(body=body, headers={**headers, "x-razorpay-event-id": event_id})

    [first], [second] = razorpay_gateway.parse_webhook(request), razorpay_gateway.parse_webhook(request)

    assert first.id == second.id
    assert len(first.id) == 64


@pytest.mark.parametrize("signature", ["", "00", "ä", "²" * 64])
def test_a_delivery_without_a_good_signature_is_refused(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, signature: str
) -> None:
    """Missing, or not to be read."""
    body, _ = razorpay_server.signed(EVENT)

    for headers in ({"x-razorpay-signature": signature}, {}):
        with pytest.raises(InvalidWebhook):
            razorpay_gateway.parse_webhook(WebhookRequest(body=body, headers=headers))


def test_a_forged_or_altered_delivery_is_refused(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """Signed with another secret, with the key's own, or changed by one byte."""
    body, headers = razorpay_server.signed(EVENT)
    for bad in (
        delivery(razorpay_server, secret="another"),
        delivery(razorpay_server, secret=razorpay_server.key_secret),
        WebhookRequest(body=body.replace(b"order_7", b"order_8"), headers=headers),
    ):
        with pytest.raises(InvalidWebhook):
            razorpay_gateway.parse_webhook(bad)


def test_both_secrets_are_good_while_one_is_replaced(
    razorpay_server: RazorpayServer, make_razorpay: Callable[..., RazorpayGateway]
) -> None:
    """Razorpay repeats older deliveries with the old one."""
    rotating, done = make_razorpay(webhook_secrets=["new", "old"]), make_razorpay(webhook_secrets="new")

    for secret in ("new", "old"):
        assert rotating.parse_webhook(delivery(razorpay_server, secret=secret))
    assert done.parse_webhook(delivery(razorpay_server, secret="new"))
    with pytest.raises(InvalidWebhook):
        done.parse_webhook(delivery(razorpay_server, secret="old"))


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_believed(
    razorpay_server: RazorpayServer, make_razorpay: Callable[..., RazorpayGateway], secrets: list[str]
) -> None:
    """Not even what is signed with an empty one."""
    razorpay_server.webhook_secret = ""

    with pytest.raises(InvalidWebhook):
        make_razorpay(webhook_secrets=secrets).parse_webhook(delivery(razorpay_server))


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"", b"not json", b"[]", b'{"event": "order.paid"}', b'{"payload": null}', b"null"]
)
def test_a_body_that_cannot_be_read_is_refused(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, body: bytes
) -> None:
    """Even with a good signature; no other error comes out."""
    with pytest.raises(InvalidWebhook):
        razorpay_gateway.parse_webhook(delivery(razorpay_server, body))


@pytest.mark.parametrize("what", ["payout.processed", "settlement.processed", "payment.downtime.started"])
def test_other_events_are_ignored(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, what: str
) -> None:
    """They are answered like any, and nothing is asked for them."""
    [event] = razorpay_gateway.parse_webhook(delivery(razorpay_server, {**EVENT, "event": what}))

    assert event.kind is EventKind.IGNORED


def test_a_payment_without_an_order_is_ignored(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """It isn't one of ours."""
    payload = {"payment": {"entity": {"id": "pay_7", "order_id": None}}}
    event = {**EVENT, "event": "payment.captured", "payload": payload}

    assert razorpay_gateway.parse_webhook(delivery(razorpay_server, event))[0].kind is EventKind.IGNORED


def test_every_event_of_a_payments_life_leads_to_it(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """Declined, paid, refunded, disputed: each names the order, twice and in any order alike."""
    request = request_for("200.00", "INR")
    payment = ref(request, razorpay_gateway.start(request))
    razorpay_server.pay(payment.provider_ref, fail="payment_failed")
    paid_by = razorpay_server.pay(payment.provider_ref)
    razorpay_server.refund_in_dashboard(paid_by["id"], 500)
    razorpay_server.close_dispute(razorpay_server.dispute(paid_by["id"], 700)["id"], won=False)

    answer = razorpay_server.deliver(
        lambda body, headers: razorpay_gateway.parse_webhook(WebhookRequest(body=body, headers=headers))[0],
        copies=2,
        shuffle=5,
    )

    assert {event.provider_ref for event in answer} == {payment.provider_ref}
    assert {event.kind for event in answer} == {EventKind.PAYMENT, EventKind.REFUND, EventKind.DISPUTE}
    assert len(answer) == 2 * len({event.id for event in answer}) == 14
