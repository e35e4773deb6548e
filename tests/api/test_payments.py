"""Webhooks, and payments by their UUID."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant
from tradepost.orders.models import Order
from tradepost.payments import conf
from tradepost.payments.models import Payment, WebhookReceipt

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db
TOTAL = {"amount": "17.40", "currency": "EUR"}


@pytest.fixture
def waiting(post: Call, shop: Variant, basket: dict[str, Any]) -> Payment:
    """A payment whose customer was sent to the provider."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})
    data = {"email": "ada@example.com", "shipping_address": ADDRESS, "shipping_method": "parcel"}
    post(f"{url}checkout/", {**data, "payment_method": "card"}, method="patch")
    client_input = {"scenario": "requires_redirect"}
    assert post(f"{url}checkout/complete/", {"expected_total": TOTAL, "client_input": client_input}).status_code == 201
    return Payment.objects.get()


def deliver(payment: Payment, **changes: Any) -> Any:
    """The provider's delivery of what it has now."""
    gateway: Any = conf.gateway("card")
    delivery = gateway.webhook(payment.reference)
    body = changes.pop("body", delivery.body)
    headers = {**delivery.headers, "Accept": "text/plain", "Idempotency-Key": "theirs", **changes}
    strict = Client(enforce_csrf_checks=True)
    return strict.post("/api/v1/webhooks/card/", body, content_type="text/plain", headers=headers)


def test_a_delivery_confirms_the_order_and_a_duplicate_changes_nothing(waiting: Payment) -> None:
    """Whatever the provider says of formats, keys or cookies."""
    gateway: Any = conf.gateway("card")
    gateway.provider.decide(waiting.reference, "pay")

    answers = [deliver(waiting) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"received": True})] * 2
    assert Order.objects.get().status == "confirmed"
    assert (WebhookReceipt.objects.count(), waiting.transactions.count()) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"dummy-signature": "t=1,v1=0"},
        {"dummy-signature": ""},
        {"dummy-signature": "\u0161"},
        {"body": b"\x00\xff"},
        {"body": b""},
    ],
)
def test_a_delivery_that_does_not_prove_itself_is_refused(
    waiting: Payment, changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """400, without a word about why; nothing is stored, and the log says it to the shop."""
    answer = deliver(waiting, **changes)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"code": "parse_error", "detail": "This delivery can't be verified.", "attr": None}
    ]
    assert not WebhookReceipt.objects.exists()
    assert Order.objects.get().status == "pending"
    assert [row.name for row in caplog.records if "was refused" in row.getMessage()] == [
        "tradepost.payments.services.webhooks"
    ]


def test_a_delivery_is_256_kilobytes_at_most(waiting: Payment) -> None:
    """413; it isn't read to its end."""
    assert deliver(waiting, body=b"x" * (256 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize("alias", ["nobody", "cod", "a" * 60, "..", "%00"])
def test_an_unknown_webhook_is_404(shop: Variant, client: Client, alias: str) -> None:
    """So is one of a method without webhooks."""
    answer = client.post(f"/api/v1/webhooks/{alias}/", "{}", content_type="application/json")

    assert answer.status_code == 404


def test_webhooks_are_posted_only(shop: Variant, client: Client) -> None:
    """405 for a browser."""
    assert client.get("/api/v1/webhooks/card/").status_code == 405


def test_a_guests_payment_is_seen_by_its_uuid(waiting: Payment, client: Client) -> None:
    """Its provider's secrets and staff's notes are not."""
    body = client.get(f"/api/v1/payments/{waiting.uuid}/").json()

    assert set(body) == {
        "uuid",
        "order",
        "method",
        "amount",
        "status",
        "outcome_unknown",
        "next_action",
        "error_code",
        "created_at",
    }
    assert (body["status"], body["next_action"]["kind"]) == ("requires_action", "redirect")
