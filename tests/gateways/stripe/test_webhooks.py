"""Deliveries of Stripe: believed only if signed, and then only as a reason to ask."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.stripe import StripeGateway
from tradepost.payments.interface import (
    EventKind,
    InvalidWebhook,
    WebhookRequest,
)

from ..conftest import ref, request_for

EVENT = {
    "id": "evt_7",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1795154554,
    "data": {"object": {"id": "pi_7", "metadata": {"reference": "reference-7"}}},
}


def delivery(server: StripeServer, event: Any = EVENT, **signing: Any) -> WebhookRequest:
    body, headers = server.signed(event, **signing)
    return WebhookRequest(body=body, headers=headers)


def test_a_signed_delivery_is_a_reason_to_ask(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Its object is in the endpoint's API version, so it is never booked itself."""
    [event] = stripe_gateway.parse_webhook(delivery(stripe_server))

    assert (event.id, event.kind) == ("evt_7", EventKind.PAYMENT)
    assert (event.reference, event.provider_ref) == ("reference-7", "pi_7")
    assert (event.trusted, event.result) == (False, None)
    assert event.occurred_at == datetime(2026, 11, 20, 6, 2, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=ä", "t=99999999999999999999,v1=00", "t=²,v1=0"]
)
def test_a_delivery_without_a_signature_is_refused(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, header: str
) -> None:
    """Missing, or not to be read."""
    body, _ = stripe_server.signed(EVENT)

    for headers in ({"stripe-signature": header}, {}):
        with pytest.raises(InvalidWebhook):
            stripe_gateway.parse_webhook(WebhookRequest(body=body, headers=headers))


def test_a_delivery_signed_by_another_is_refused(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """The secret is wrong."""
    with pytest.raises(InvalidWebhook):
        stripe_gateway.parse_webhook(delivery(stripe_server, secret="whsec_other"))


def test_an_altered_delivery_is_refused(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """One byte is another."""
    body, headers = stripe_server.signed(EVENT)

    with pytest.raises(InvalidWebhook):
        stripe_gateway.parse_webhook(WebhookRequest(body=body.replace(b"pi_7", b"pi_8"), headers=headers))


@pytest.mark.parametrize("age", [301, -310])
def test_a_delivery_that_is_too_old_or_of_the_future_is_refused(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, age: int
) -> None:
    """Five minutes either way."""
    with pytest.raises(InvalidWebhook):
        stripe_gateway.parse_webhook(delivery(stripe_server, at=time.time() - age))


@pytest.mark.parametrize("age", [290, -290])
def test_clocks_may_differ_a_little(stripe_server: StripeServer, stripe_gateway: StripeGateway, age: int) -> None:
    """A control of the test above."""
    assert stripe_gateway.parse_webhook(delivery(stripe_server, at=time.time() - age))


def test_both_secrets_are_good_while_one_is_replaced(
    stripe_server: StripeServer, make_stripe: Callable[..., StripeGateway]
) -> None:
    """The old one, until it is taken out of the settings."""
    rotating = make_stripe(webhook_secrets=["whsec_new", "whsec_old"])
    done = make_stripe(webhook_secrets="whsec_new")

    for secret in ("whsec_new", "whsec_old"):
        assert rotating.parse_webhook(delivery(stripe_server, secret=secret))[0].id == "evt_7"
    assert done.parse_webhook(delivery(stripe_server, secret="whsec_new"))
    with pytest.raises(InvalidWebhook):
        done.parse_webhook(delivery(stripe_server, secret="whsec_old"))


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_believed(
    stripe_server: StripeServer, make_stripe: Callable[..., StripeGateway], secrets: list[str]
) -> None:
    """Not even what is signed with an empty one."""
    body, headers = stripe_server.signed(EVENT)

    with pytest.raises(InvalidWebhook):
        make_stripe(webhook_secrets=secrets).parse_webhook(WebhookRequest(body=body, headers=headers))


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"", b"not json", b"[]", b'{"id": "evt_1"}', b'{"data": null}', b"null"]
)
def test_a_body_that_cannot_be_read_is_refused(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, body: bytes
) -> None:
    """Even with a good signature; no other error comes out."""
    with pytest.raises(InvalidWebhook):
        stripe_gateway.parse_webhook(delivery(stripe_server, body))


@pytest.mark.parametrize("what", ["customer.created", "payment_intent.created", "account.updated", "charge.succeeded"])
def test_other_events_are_ignored(stripe_server: StripeServer, stripe_gateway: StripeGateway, what: str) -> None:
    """They are answered like any, and nothing is asked for them."""
    [event] = stripe_gateway.parse_webhook(delivery(stripe_server, {**EVENT, "type": what}))

    assert event.kind is EventKind.IGNORED


def test_a_refund_of_something_else_is_ignored(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """A charge without a PaymentIntent isn't one of ours."""
    event = {
        **EVENT,
        "type": "refund.created",
        "data": {"object": {"id": "re_1", "payment_intent": None, "metadata": None}},
    }

    [read] = stripe_gateway.parse_webhook(delivery(stripe_server, event))

    assert (read.kind, read.reference) == (EventKind.IGNORED, "")


def test_every_event_of_a_payments_life_leads_to_it(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Paid, refunded, the refund failed, disputed: each names the PaymentIntent, twice and in any order alike."""
    request = request_for()
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref)
    refund = stripe_server.refund_in_dashboard(payment.provider_ref, 500)
    stripe_server.fail_refund(refund["id"])
    dispute = stripe_server.dispute(payment.provider_ref)
    stripe_server.close_dispute(dispute["id"], won=True)

    answer = stripe_server.deliver(
        lambda body, headers: stripe_gateway.parse_webhook(WebhookRequest(body=body, headers=headers))[0],
        copies=2,
        shuffle=5,
    )

    ours = [event for event in answer if event.kind is not EventKind.IGNORED]
    assert {event.provider_ref for event in ours} == {payment.provider_ref}
    assert {event.kind for event in ours} == {EventKind.PAYMENT, EventKind.REFUND, EventKind.DISPUTE}
    assert len(ours) == 2 * len({event.id for event in ours}) == 12
    assert stripe_server.deliver(lambda body, headers: json.loads(body)) == []
