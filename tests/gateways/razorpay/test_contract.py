"""Razorpay keeps the contract of gateways."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fakes.razorpay_server import RazorpayServer
from tradepost.gateways.razorpay import RazorpayGateway
from tradepost.payments.interface import (
    PaymentRef,
    Price,
    WebhookRequest,
)
from tradepost.testing.contracts import GatewayContract


class TestRazorpay(GatewayContract):
    price = Price(Decimal("120.50"), "INR")
    too_fine = Price(Decimal("120.505"), "INR")
    secrets = ("razorpay-key-secret", "razorpay-webhook-secret")

    @pytest.fixture(autouse=True)
    def _server(self, razorpay_server: RazorpayServer) -> None:
        self.server = razorpay_server

    def make_gateway(self) -> RazorpayGateway:
        return RazorpayGateway(
            key_id=self.server.key_id,
            key_secret=self.server.key_secret,
            webhook_secrets=[self.server.webhook_secret],
            currencies=["INR", "JPY", "KWD"],
            base_url=self.server.url,
        )

    def pay(self, payment: PaymentRef) -> None:
        self.server.pay(payment.provider_ref)

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        events = [
            event
            for event in self.server.books.events
            if event["payload"]["payment"]["entity"]["order_id"] == payment.provider_ref
        ]
        body, headers = self.server.signed(events[-1])
        return WebhookRequest(body=body, headers=headers)


class TestRazorpayInYen(TestRazorpay):
    """A currency without decimal places."""

    price = Price(Decimal(3000), "JPY")
    too_fine = Price(Decimal("3000.5"), "JPY")


class TestRazorpayInDinars(TestRazorpay):
    """A currency with three decimal places, of which Razorpay takes two."""

    price = Price(Decimal("41.230"), "KWD")
    too_fine = Price(Decimal("41.234"), "KWD")
