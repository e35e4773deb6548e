"""An order that is paid in parts by the API: by transfer and by card, each with what its payer does next."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db
TOTAL = {"amount": "17.40", "currency": "EUR"}


@pytest.fixture
def order(shop: Variant, settings: Any, post: Call, basket: dict[str, Any]) -> dict[str, Any]:
    """7.40 by transfer, 10.00 by a card that is declined: the answer to its completion."""
    transfer = {
        "BACKEND": "tradepost.gateways.manual.BankTransfer",
        "OPTIONS": {"account_holder": "Shop", "iban": "DE02"},
    }
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "transfer": transfer}}
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})
    data = {"email": "ada@example.com", "shipping_address": ADDRESS, "shipping_method": "parcel"}
    shares = [{"method": "transfer", "amount": {"amount": "7.40", "currency": "EUR"}}, {"method": "card"}]
    post(f"{url}checkout/", {**data, "payments": shares}, method="patch")
    body = {"expected_total": TOTAL, "client_input": {"scenario": "decline"}}
    answer: dict[str, Any] = post(f"{url}checkout/complete/", body).json()
    return answer


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_the_declined_part_is_paid_again(order: dict[str, Any], post: Call, client: Client) -> None:
    """The transfer stands, with its instructions; the card is charged 10.00 under another UUID."""
    payments = {payment["method"]: payment for payment in order["payments"]}
    assert {code: (entry["amount"], entry["status"]) for code, entry in payments.items()} == {
        "transfer": (euros("7.40"), "requires_action"),
        "card": (euros("10.00"), "failed"),
    }
    assert "€7.40" in payments["transfer"]["next_action"]["message"]
    url = f"orders/{order['order']['number']}/payments/?token={order['token']}"

    again = post(url, {"method": "card", "amount": euros("10.00")})

    assert again.status_code == 201
    assert (again.json()["amount"], again.json()["status"]) == (euros("10.00"), "captured")
    assert again.json()["uuid"] != payments["card"]["uuid"]
    shown = client.get(f"/api/v1/orders/{order['order']['number']}/?token={order['token']}").json()
    assert [(item["method"], item["status"]) for item in shown["payments"]] == [
        ("transfer", "requires_action"),
        ("card", "failed"),
        ("card", "captured"),
    ]
    assert shown["payment_status"] == "partly_paid"


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        (euros("10.01"), 400, "payment_amount_invalid"),
        (euros("10.001"), 400, "places"),
        ({"amount": "10.00", "currency": "USD"}, 400, "invalid"),
    ],
)
def test_a_part_that_cant_be_is_refused(
    order: dict[str, Any], post: Call, amount: dict[str, str], status: int, code: str
) -> None:
    """More than is left, a fraction of a cent, another currency; no payment is opened."""
    url = f"orders/{order['order']['number']}/payments/?token={order['token']}"

    answer = post(url, {"method": "card", "amount": amount})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert len(order["payments"]) == 2
