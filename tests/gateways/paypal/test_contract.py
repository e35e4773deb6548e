"""PayPal keeps the contract of gateways."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fakes.paypal_server import PayPalServer
from tradepost.gateways.paypal import PayPalGateway
from tradepost.payments.interface import (
    PaymentRef,
    Price,
    WebhookRequest,
)
from tradepost.testing.contracts import GatewayContract


class TestPayPal(GatewayContract):
    secrets = ("paypal-client-secret", "token-0")

    @pytest.fixture(autouse=True)
    def _server(self, paypal_server: PayPalServer) -> None:
        self.server = paypal_server

    def make_gateway(self) -> PayPalGateway:
        return PayPalGateway(
            client_id=self.server.client_id,
            client_secret=self.server.client_secret,
            webhook_id=self.server.webhook_id,
            base_url=self.server.url,
        )

    def pay(self, payment: PaymentRef) -> None:
        self.server.approve(payment.provider_ref)
        self.make_gateway().complete(payment, {"token": payment.provider_ref})

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        events = [event for event in self.server.books.events if event["event_type"].startswith("PAYMENT.CAPTURE")]
        ours = [event for event in events if event["resource"]["custom_id"] == payment.reference]
        body, headers = self.server.signed(ours[-1])
        return WebhookRequest(body=body, headers=headers)


class TestPayPalInYen(TestPayPal):
    """A currency without decimal places."""

    price = Price(Decimal(3000), "JPY")
    too_fine = Price(Decimal("3000.5"), "JPY")


class TestPayPalInForints(TestPayPal):
    """A currency with decimal places in ISO 4217, and without at PayPal."""

    price = Price(Decimal("3000.00"), "HUF")
    too_fine = Price(Decimal("3000.50"), "HUF")
