"""Signed well and unfit to be stored: refused, and nothing is stored; of an answer, nothing is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.payments.conftest import started
from tradepost.orders.models import Order
from tradepost.payments import services
from tradepost.payments.interface import (
    Event,
    EventKind,
    InvalidWebhook,
    WebhookRequest,
)
from tradepost.payments.interface.storable_values import flaw_of
from tradepost.payments.models import Discrepancy, Payment, Transaction, WebhookReceipt
from tradepost.payments.services import webhooks
from tradepost.testing.gateways import ScriptedGateway, captured, waiting

pytestmark = pytest.mark.django_db
DELIVERY = WebhookRequest(body=b"{}", headers={})


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "e\x00"},
        {"id": "e" * 201},
        {"reference": "R\x00"},
        {"reference": "\ud800"},
        {"provider_ref": "\udfff"},
        {"provider_ref": "p" * 201},
    ],
)
def test_an_event_that_cant_be_kept_is_refused(gateway: ScriptedGateway, changes: dict[str, Any]) -> None:
    """400, not an error of the database's."""
    gateway.play([replace(Event(id="e", kind=EventKind.PAYMENT), **changes)])
    with pytest.raises(InvalidWebhook):
        webhooks.receive("card", DELIVERY)
    assert not WebhookReceipt.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": {"a": "\x00"}},
        {"state": {"a\x00": 1}},
        {"state": nested(60)},
        {"state": {"a": float("nan")}},
        {"state": {"a": 10**40}},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("1e400")},
        {"provider_ref": "\x00"},
        {"error_message": "\ud83d"},
    ],
)
def test_a_result_that_cant_be_kept_is_never_booked(gateway: ScriptedGateway, changes: dict[str, Any]) -> None:
    """In a delivery it is refused; in an answer it leaves the outcome unknown, and the payment as it was."""
    payment = started(gateway, waiting)
    odd = replace(captured(payment.ref), **changes)
    gateway.play([Event(id="e", kind=EventKind.PAYMENT, reference=payment.reference, result=odd)])
    with pytest.raises(InvalidWebhook):
        webhooks.receive("card", DELIVERY)
    gateway.play(odd)
    assert services.ask(payment).status == "pending"

    assert [model.objects.count() for model in (WebhookReceipt, Transaction, Discrepancy)] == [0, 0, 0]
    assert Order.objects.get().status == "pending"


def test_entries_are_looked_at_too(gateway: ScriptedGateway) -> None:
    """Each has a reference and an amount of its own."""
    payment = started(gateway, waiting)
    [entry] = captured(payment.ref).entries
    for changes in ({"provider_ref": "c\x00"}, {"amount": Decimal("Infinity")}, {"currency": "EURO"}):
        assert flaw_of([replace(captured(payment.ref), entries=[replace(entry, **changes)])])  # type: ignore[arg-type]
    assert flaw_of(captured(payment.ref)) == ""


@pytest.mark.parametrize(
    "error",
    [
        KeyError("id"),
        TypeError("None"),
        RecursionError("deep"),
        OverflowError("year"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        AttributeError("get"),
    ],
)
def test_a_gateway_that_cant_read_its_delivery_has_it_refused(
    gateway: ScriptedGateway, client: Client, error: Exception
) -> None:
    """Whatever it raises while reading."""
    gateway.play(error)
    answer = client.post("/api/v1/webhooks/card/", b"{}", content_type="application/json")
    assert (answer.status_code, WebhookReceipt.objects.count()) == (400, 0)


def test_a_call_that_failed_isnt_the_deliverys_fault(gateway: ScriptedGateway) -> None:
    """A gateway of a project's own that lets its network's errors through: asked again, not refused."""
    gateway.play(ConnectionError("reset"))
    with pytest.raises(ConnectionError):
        webhooks.receive("card", DELIVERY)


DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "e\\u0000", "reference": "%s"}',
        '{"id": "e", "reference": "\\u0000"}',
        '{"id": "e", "reference": "\\ud800"}',
        '{"id": "\\ud83d", "reference": "%s"}',
        '{"id": "e", "reference": "%s", "result": ' + DEEP + "}",
        '{"id": "e", "reference": "%s", "occurred_at": 1e400}',
        '{"id": "e", "reference": "%s", "occurred_at": ' + "9" * 5000 + "}",
        '{"id": {"a": 1}, "reference": ["%s"]}',
        "[]",
        "null",
        '"x"',
        "NaN",
    ],
)
@pytest.mark.parametrize("name", ["razorpay", "paystack", "chapa", "stripe"])
def test_real_gateways_refuse_it_however_well_it_is_signed(settings: Any, client: Client, name: str, text: str) -> None:
    """Signed with the right secret, and about whatever each looks at."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": GATEWAYS[name]}}
    body = SHAPES[name](text.replace("%s", "10001-ABCDEFGH")).encode("utf-8", "surrogatepass")
    answer = client.post("/api/v1/webhooks/card/", body, content_type="application/json", headers=signed(name, body))
    assert answer.status_code in {200, 400}
    assert not WebhookReceipt.objects.exclude(state="unmatched").exists()
    for row in WebhookReceipt.objects.all():
        assert flaw_of([row.event_id, row.payload]) == ""
    assert not Payment.objects.exists()


SECRET = "whsec_dGVzdC1zZWNyZXQtb2YtdGhlLXRlc3Rz"
GATEWAYS = {
    "razorpay": {
        "BACKEND": "tradepost.gateways.razorpay.RazorpayGateway",
        "OPTIONS": {"key_id": "rzp_test_1", "key_secret": "k", "webhook_secrets": [SECRET]},
    },
    "paystack": {
        "BACKEND": "tradepost.gateways.paystack.PaystackGateway",
        "OPTIONS": {"secret_key": SECRET},
    },
    "chapa": {
        "BACKEND": "tradepost.gateways.chapa.ChapaGateway",
        "OPTIONS": {"secret_key": "CHASECK_TEST-1", "webhook_secrets": [SECRET]},
    },
    "stripe": {
        "BACKEND": "tradepost.gateways.stripe.StripeGateway",
        "OPTIONS": {"secret_key": "sk_test_1", "publishable_key": "pk_test_1", "webhook_secrets": [SECRET]},
    },
}
SHAPES = {
    "razorpay": lambda text: (
        f'{{"event": "order.paid", "created_at": 1, "payload": {{"order": {{"entity": {{"receipt": {text}, '
        f'"id": {text}}}}}}}, "more": {text}}}'
    ),
    "paystack": lambda text: f'{{"event": "charge.success", "data": {text}, "more": {text}}}',
    "chapa": lambda text: f'{{"event": "charge.success", "tx_ref": {text}, "reference": {text}}}',
    "stripe": lambda text: (
        f'{{"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "created": 1, '
        f'"data": {{"object": {text}}}}}'
    ),
}


def signed(name: str, body: bytes) -> dict[str, str]:
    import hmac

    if name == "razorpay":
        return {"x-razorpay-signature": hmac.new(SECRET.encode(), body, "sha256").hexdigest()}
    if name == "paystack":
        return {"x-paystack-signature": hmac.new(SECRET.encode(), body, "sha512").hexdigest()}
    if name == "chapa":
        return {"x-chapa-signature": hmac.new(SECRET.encode(), body, "sha256").hexdigest()}
    now = int(datetime.now(UTC).timestamp())
    digest = hmac.new(SECRET.encode(), f"{now}.".encode() + body, "sha256").hexdigest()
    return {"stripe-signature": f"t={now},v1={digest}"}
