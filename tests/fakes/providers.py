"""The fakes by alias, and what a shop, a customer and a bookkeeper need to know of each, so that a test treats them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tradepost.payments.interface import WebhookRequest

from .chapa_server import ChapaServer
from .loopback import LoopbackServer, Sums
from .mpesa_server import MpesaServer
from .paypal_server import PayPalServer
from .paystack_server import PaystackServer
from .razorpay_server import RazorpayServer
from .stripe_server import StripeServer

__all__ = ["PROVIDERS", "Provider"]

Server = Any  # one of the fakes; what customers do is called differently at each
Act = Callable[[Server, str, str], Any]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider's fake.

    Attributes:
        server: Makes it.
        backend: Dotted path of the gateway.
        options: What the gateway is made with.
        currency: One that it takes.
        unit: How many of its units are one major unit.
        pay: What the customer does there, given our reference and the provider's.
        decline: The customer's bank says no, or the customer does.
        returned: What the browser brings back after paying.
        client_input: What the customer's form posts for it.
    """

    server: Callable[..., LoopbackServer[Any]]
    backend: str
    options: Callable[[Server], Mapping[str, Any]]
    currency: str
    pay: Act
    decline: Act
    unit: int = 100
    returned: Callable[[Server, str, str], Mapping[str, str]] = lambda server, reference, ref: {}
    client_input: Mapping[str, str] = field(default_factory=dict)

    def method(self, server: Server, **entry: Any) -> dict[str, Any]:
        """An entry of ``TRADEPOST_PAYMENTS["GATEWAYS"]``."""
        return {"BACKEND": self.backend, "OPTIONS": {**self.options(server), "base_url": server.url}, **entry}

    def sums(self, server: Server, reference: str) -> Sums:
        """The sums of a reference, in major units."""
        result = server.sums().get(reference, Sums())
        amounts = (result.authorised, result.captured, result.refunded, result.disputed)
        return Sums(result.payments, *(Decimal(amount) / self.unit for amount in amounts))


def delivery(body: bytes, proof: Mapping[str, str]) -> WebhookRequest:
    """A delivery as the shop takes it: M-Pesa proves itself by the address's query, the others by headers."""
    if "token" in proof:
        return WebhookRequest(body=body, headers={}, query=dict(proof))
    return WebhookRequest(body=body, headers=dict(proof))


def _push(server: MpesaServer, reference: str) -> str:
    """The newest push for a reference."""
    return next(
        checkout
        for checkout, push in reversed(server.books.pushes.items())
        if f"reference={reference}&" in push["CallBackURL"]
    )


def _razorpay_returned(server: RazorpayServer, reference: str, order_id: str) -> Mapping[str, str]:
    paid = next(
        key for key, entry in server.books.payments.items() if entry["order_id"] == order_id and entry["captured"]
    )
    return server.returned(paid)


def _paypal_declined(server: PayPalServer, reference: str, order_id: str) -> None:
    server.books.instrument = "declined"
    server.approve(order_id)


def _paypal_pays(server: PayPalServer, reference: str, order_id: str) -> None:
    server.books.instrument = "good"
    server.approve(order_id)


PROVIDERS: Mapping[str, Provider] = {
    "stripe": Provider(
        server=StripeServer,
        backend="tradepost.gateways.stripe.StripeGateway",
        options=lambda server: {
            "secret_key": server.secret_key,
            "publishable_key": "pk_test_fake",
            "webhook_secrets": [server.webhook_secret],
            "retries": 0,
        },
        currency="EUR",
        pay=lambda server, reference, ref: server.confirm(ref),
        decline=lambda server, reference, ref: server.confirm(ref, "pm_card_visa_chargeDeclined"),
        returned=lambda server, reference, ref: {"payment_intent": ref, "redirect_status": "succeeded"},
    ),
    "paypal": Provider(
        server=PayPalServer,
        backend="tradepost.gateways.paypal.PayPalGateway",
        options=lambda server: {
            "client_id": server.client_id,
            "client_secret": server.client_secret,
            "webhook_id": server.webhook_id,
            "disputes": True,
        },
        currency="EUR",
        unit=1,
        pay=_paypal_pays,
        decline=_paypal_declined,
        returned=lambda server, reference, ref: {"token": ref, "PayerID": "PAYER"},
    ),
    "razorpay": Provider(
        server=RazorpayServer,
        backend="tradepost.gateways.razorpay.RazorpayGateway",
        options=lambda server: {
            "key_id": server.key_id,
            "key_secret": server.key_secret,
            "webhook_secrets": [server.webhook_secret],
        },
        currency="INR",
        pay=lambda server, reference, ref: server.pay(ref),
        decline=lambda server, reference, ref: server.pay(ref, fail="payment_failed"),
        returned=_razorpay_returned,
    ),
    "paystack": Provider(
        server=PaystackServer,
        backend="tradepost.gateways.paystack.PaystackGateway",
        options=lambda server: {"secret_key": server.books.secret_key},
        currency="NGN",
        pay=lambda server, reference, ref: server.pay(reference),
        decline=lambda server, reference, ref: server.decline(reference),
        returned=lambda server, reference, ref: {"reference": reference, "trxref": reference},
    ),
    "chapa": Provider(
        server=ChapaServer,
        backend="tradepost.gateways.chapa.ChapaGateway",
        options=lambda server: {
            "secret_key": server.books.secret_key,
            "webhook_secrets": [server.webhook_secret],
        },
        currency="ETB",
        pay=lambda server, reference, ref: server.pay(reference),
        decline=lambda server, reference, ref: server.decline(reference),
    ),
    "mpesa": Provider(
        server=MpesaServer,
        backend="tradepost.gateways.mpesa.MpesaGateway",
        options=lambda server: server.books.options(),
        currency="KES",
        unit=1,
        pay=lambda server, reference, ref: server.pay(_push(server, reference)),
        decline=lambda server, reference, ref: server.end(_push(server, reference)),
        client_input={"phone": "0712345678"},
    ),
}
