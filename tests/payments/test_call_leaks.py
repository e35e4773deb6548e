"""At each provider's fake, through the real SDK or client: the log holds what happened, and nothing that must not be kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.providers import PROVIDERS
from tradepost.core import db
from tradepost.payments import services
from tradepost.payments.errors import PaymentUnavailable
from tradepost.payments.models import PaymentCall
from tradepost.testing import placed

pytestmark = pytest.mark.django_db
EMAIL, PHONE, NAME = "ada.lovelace@mail.example", "254712345678", "Ada Byron Lovelace"
PEOPLE = (EMAIL, PHONE, PHONE.removeprefix("254"), "Lovelace")


def secrets(options: Any) -> list[str]:
    """Every text in a gateway's options but its addresses."""
    if isinstance(options, str):
        return [] if options.startswith("http") else [options]
    values = options.values() if isinstance(options, dict) else options if isinstance(options, list | tuple) else ()
    return [text for value in values for text in secrets(value)]


def stored() -> str:
    return json.dumps(list(PaymentCall.objects.values("request", "answer", "exchanges", "error", "error_code", "key")))


@pytest.mark.parametrize("alias", PROVIDERS)
def test_a_purchase_is_logged_and_nothing_leaks(alias: str, settings: Any) -> None:
    """The start with its request over the wire, the payment's question after it; amounts and ids, but no key, no person."""
    provider = PROVIDERS[alias]
    with provider.server() as server:
        entry = provider.method(server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {alias: entry}}
        settings.TRADEPOST_PRICING = {"CURRENCY": provider.currency, "CURRENCIES": (provider.currency,)}

        @db.atomic
        def opened() -> Any:
            address = {"name": NAME, "line1": "Main St 1", "postcode": "10115", "city": "Berlin", "country": "KE"}
            order = placed.order(
                placed.line_row("100.00"),
                reserve=False,
                currency=provider.currency,
                email=EMAIL,
                phone=f"+{PHONE}",
                billing_address=address,
            )
            return services.open_payment(order, method=alias)

        payment = services.start(
            opened(), return_url="https://shop.example/back/", client_input=dict(provider.client_input)
        )
        provider.pay(server, payment.reference, payment.provider_ref or "")
        assert services.ask(payment).status == "captured"
        hidden = secrets(entry["OPTIONS"])

    start, *_between, fetch = PaymentCall.objects.order_by("pk")
    assert (start.operation, fetch.operation, start.outcome, fetch.outcome) == ("start", "fetch", *["answered"] * 2)
    assert start.request["reference"] == payment.reference
    assert fetch.answer["status"] == "captured"
    for call in (start, fetch):
        assert call.http_status in {200, 201}
        assert call.exchanges[-1]["path"].startswith("/")
        assert "?" not in call.exchanges[-1]["path"]
    assert start.exchanges[-1]["received"], "nothing of the answer is on the list of what may be kept"
    text = stored()
    for leak in (*hidden, *PEOPLE, "client_secret", "access_code", "Bearer", "Basic "):
        assert len(leak) < 6 or leak not in text, leak


@pytest.mark.parametrize("alias", PROVIDERS)
def test_a_refusal_is_logged_and_its_message_is_scrubbed(alias: str, settings: Any) -> None:
    """With keys that are wrong: what the provider says of them may quote them."""
    provider = PROVIDERS[alias]
    with provider.server() as server:
        entry = provider.method(server)
        wrong = {
            name: f"{value}-that-is-wrong" if isinstance(value, str) and ("key" in name or "secret" in name) else value
            for name, value in entry["OPTIONS"].items()
        }
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {alias: {**entry, "OPTIONS": wrong}}}
        order = placed.order(placed.line_row("100.00"), reserve=False, currency=provider.currency, phone=f"+{PHONE}")
        payment = db.atomic(services.open_payment)(order, method=alias)
        with pytest.raises(PaymentUnavailable):
            services.start(payment, return_url="https://shop.example/back/", client_input=dict(provider.client_input))

    call = PaymentCall.objects.get()
    assert call.outcome in {"misconfigured", "rejected"}
    assert call.error
    assert "that-is-wrong" not in stored()
