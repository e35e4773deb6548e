"""Every gateway that is shipped keeps the contract that third parties are given."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.dummy import DummyGateway
from tradepost.gateways.manual import BankTransfer, CashOnDelivery
from tradepost.gateways.stripe import StripeGateway
from tradepost.payments.interface import (
    PaymentRef,
    Price,
    WebhookRequest,
)
from tradepost.testing.contracts import GatewayContract


class TestBankTransfer(GatewayContract):
    def make_gateway(self) -> BankTransfer:
        return BankTransfer(account_holder="Tradepost", iban="DE02 1203 0000 0000 2020 51")


class TestCashOnDelivery(GatewayContract):
    def make_gateway(self) -> CashOnDelivery:
        return CashOnDelivery()


class TestDummy(GatewayContract):
    declined_input = {"scenario": "decline"}

    @pytest.fixture(autouse=True)
    def _books(self, tmp_path: Path) -> None:
        self.path = tmp_path / "books.sqlite3"

    def make_gateway(self) -> DummyGateway:
        return DummyGateway(path=self.path, allow=True)

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        return self.make_gateway().webhook(payment.reference)


class TestStripe(GatewayContract):
    declined_input = {"payment_method": "pm_card_visa_chargeDeclined"}
    secrets = ("sk_test_fake", "whsec_fake")

    @pytest.fixture(autouse=True)
    def _server(self, stripe_server: StripeServer) -> None:
        self.server = stripe_server

    def make_gateway(self) -> StripeGateway:
        return StripeGateway(
            secret_key=self.server.secret_key,
            publishable_key="pk_test_fake",
            webhook_secrets=[self.server.webhook_secret],
            base_url=self.server.url,
        )

    def pay(self, payment: PaymentRef) -> None:
        self.server.confirm(payment.provider_ref)

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        events = [event for event in self.server.books.events if event["data"]["object"]["id"] == payment.provider_ref]
        body, headers = self.server.signed(events[-1])
        return WebhookRequest(body=body, headers=headers)


class TestStripeInParts(TestStripe):
    """An account that has multicapture."""

    def make_gateway(self) -> StripeGateway:
        return StripeGateway(
            secret_key=self.server.secret_key,
            publishable_key="pk_test_fake",
            webhook_secrets=[self.server.webhook_secret],
            base_url=self.server.url,
            multicapture=True,
        )


class TestStripeInYen(TestStripe):
    """A currency without decimal places."""

    price = Price(Decimal(3000), "JPY")
    too_fine = Price(Decimal("3000.5"), "JPY")


class TestStripeInDinars(TestStripe):
    """A currency with three decimal places, of which Stripe takes two."""

    price = Price(Decimal("41.230"), "KWD")
    too_fine = Price(Decimal("41.234"), "KWD")
