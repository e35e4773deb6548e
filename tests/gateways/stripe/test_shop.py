"""A shop's ledger beside Stripe's books: whatever is lost, late, doubled or out of order, they agree to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.stripe_server import StripeServer
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import AmountError
from tradepost.payments.interface import WebhookRequest
from tradepost.payments.models import Discrepancy, Payment
from tradepost.payments.services import receive
from tradepost.testing import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(stripe_server: StripeServer, settings: Any) -> StripeServer:
    """A shop that takes cards by Stripe: at once, or authorised first."""
    options = {
        "secret_key": stripe_server.secret_key,
        "publishable_key": "pk_test_fake",
        "webhook_secrets": [stripe_server.webhook_secret],
        "base_url": stripe_server.url,
        "retries": 0,
    }
    card = {"BACKEND": "tradepost.gateways.stripe.StripeGateway", "OPTIONS": options}
    hold = {**card, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": card, "hold": hold}}
    return stripe_server


@db.atomic
def opened(total: str, method: str = "card") -> AbstractPayment:
    """A payment for all of an order, not started."""
    return services.open_payment(placed.order(placed.line_row(total), reserve=False), method=method)


def started(total: str, method: str = "card") -> AbstractPayment:
    """A payment that waits for the customer."""
    return services.start(opened(total, method), return_url="https://shop.example/return/")


def told(shop: StripeServer, method: str = "card", **order: Any) -> None:
    """All deliveries that Stripe owes us."""
    shop.deliver(lambda body, headers: receive(method, WebhookRequest(body=body, headers=headers)), **order)


def agrees(shop: StripeServer, payment: AbstractPayment) -> Sums:
    """The sums at Stripe, after it was asserted that our ledger has the same."""
    sums, ours = shop.sums()[payment.reference], ledger.balance_of(Payment.objects.get(pk=payment.pk))
    assert (ours.authorised, ours.captured, ours.refunded, ours.charged_back) == tuple(
        Decimal(number) / 100 for number in (sums.authorised, sums.captured, sums.refunded, sums.disputed)
    )
    return sums


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paid_is_told_often_and_in_any_order(shop: StripeServer, seed: int) -> None:
    """A decline, then a payment; each event three times, and the browser's return between them: one capture."""
    payment = started("41.01")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref, "pm_card_visa_chargeDeclined")
    shop.confirm(payment.provider_ref)
    told(shop, copies=3, shuffle=seed)
    services.complete(payment, {"redirect_status": "failed"})
    told(shop, copies=2)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status, payment.order.payment_status) == ("captured", "confirmed", "paid")
    assert payment.transactions.count() == 1
    assert agrees(shop, payment) == Sums(payments=1, captured=4101)
    assert not Discrepancy.objects.exists()


def test_a_lost_start_is_one_payment(shop: StripeServer) -> None:
    """The answer is lost; asked again with the same key, Stripe tells the payment that it has."""
    shop.fault("drop_after", path="/v1/payment_intents")
    payment = started("10.00")
    assert (payment.outcome_unknown, payment.provider_ref) == (True, None)

    payment = services.ask(payment)
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    payment = services.ask(payment)

    assert (payment.outcome_unknown, payment.status) == (False, "captured")
    assert agrees(shop, payment) == Sums(payments=1, captured=1000)


def test_a_part_is_captured_and_the_rest_let_go(shop: StripeServer) -> None:
    """250 authorised, 200 taken; what Stripe lists as a refund is none of ours, whether asked or told."""
    payment = started("250.00", "hold")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    told(shop, "hold")
    assert agrees(shop, payment) == Sums(payments=1, authorised=25000)

    services.capture(payment, Decimal("200.00"), by=SYSTEM)
    told(shop, "hold", copies=2, shuffle=4)

    assert agrees(shop, payment) == Sums(payments=1, captured=20000)
    assert sorted(row.kind for row in payment.transactions.all()) == ["authorise", "capture", "void"]


def test_a_lost_capture_is_booked_once(shop: StripeServer) -> None:
    """Asked for, taken, not answered; the webhook tells it, and the row that asked for it is the one that is booked."""
    payment = started("250.00", "hold")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    told(shop, "hold")
    shop.fault("drop_after", path="/v1/payment_intents/.*/capture")
    services.capture(payment, Decimal("200.00"), by=SYSTEM)
    told(shop, "hold")

    assert agrees(shop, payment) == Sums(payments=1, captured=20000)
    assert [row.state for row in payment.transactions.filter(kind="capture")] == ["succeeded"]


def test_an_authorisation_is_let_go(shop: StripeServer) -> None:
    """By us; told as well, it is the same void."""
    payment = started("250.00", "hold")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    told(shop, "hold")

    payment = services.cancel(payment, by=SYSTEM)
    told(shop, "hold", copies=2)

    assert payment.status == "cancelled"
    assert agrees(shop, payment) == Sums(payments=1)
    assert sorted(row.kind for row in payment.transactions.all()) == ["authorise", "void"]


def test_refunds_of_ours_and_of_the_dashboard_add_up(shop: StripeServer) -> None:
    """30 by us, its answer lost; 20 in the dashboard; 60 more is refused before Stripe is asked; one fails at the bank."""
    payment = started("100.00")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    told(shop)
    shop.fault("drop_after", path="/v1/refunds")
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    assert asked.state == "requested"
    asked = services.finish_refund(asked)
    shop.refund_in_dashboard(payment.provider_ref, 2000)
    told(shop, copies=2, shuffle=9)

    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=5000)
    with pytest.raises(AmountError):
        services.refund(payment, Decimal("60.00"), by=SYSTEM)

    assert asked.provider_ref
    shop.fail_refund(asked.provider_ref)
    told(shop)
    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=2000)


@pytest.mark.parametrize(("won", "disputed"), [(True, 0), (False, 4000)])
def test_a_dispute_takes_the_money_until_it_is_won(shop: StripeServer, won: bool, disputed: int) -> None:
    """Opened and closed, both told in the wrong order."""
    payment = started("100.00")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    told(shop)
    dispute = shop.dispute(payment.provider_ref, 4000)
    shop.close_dispute(dispute["id"], won=won)
    told(shop, copies=2, shuffle=3)

    assert agrees(shop, payment) == Sums(payments=1, captured=10000, disputed=disputed)


def test_a_declined_payment_is_shut_at_stripe(shop: StripeServer) -> None:
    """Before another attempt is made, so that the customer can't pay both."""
    payment = started("10.00")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref, "pm_card_visa_chargeDeclined")
    told(shop)
    assert services.find(payment.uuid).status == "failed"

    services.cancel(payment, by=SYSTEM)

    assert shop.books.intents[payment.provider_ref]["status"] == "canceled"
    assert agrees(shop, payment) == Sums(payments=1)
