"""A shop's ledger beside PayPal's books: whatever is lost, late, doubled or out of order, they agree to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.paypal_server import PayPalServer
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
def shop(paypal_server: PayPalServer, settings: Any) -> PayPalServer:
    """A shop that is paid by PayPal: at once, or authorised first."""
    options = {
        "client_id": paypal_server.client_id,
        "client_secret": paypal_server.client_secret,
        "webhook_id": paypal_server.webhook_id,
        "disputes": True,
        "base_url": paypal_server.url,
    }
    paypal = {"BACKEND": "tradepost.gateways.paypal.PayPalGateway", "OPTIONS": options}
    hold = {**paypal, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"paypal": paypal, "hold": hold}}
    return paypal_server


@db.atomic
def opened(total: str, method: str) -> AbstractPayment:
    """A payment for all of an order, not started."""
    return services.open_payment(placed.order(placed.line_row(total), reserve=False), method=method)


def started(total: str, method: str = "paypal") -> AbstractPayment:
    """A payment that waits for the customer."""
    return services.start(opened(total, method), return_url="https://shop.example/return/")


def told(shop: PayPalServer, method: str = "paypal", **order: Any) -> None:
    """All deliveries that PayPal owes us."""
    shop.deliver(lambda body, headers: receive(method, WebhookRequest(body=body, headers=headers)), **order)


def paid(shop: PayPalServer, total: str, method: str = "paypal") -> AbstractPayment:
    """A payment that was taken or authorised, as a webhook told."""
    payment = started(total, method)
    shop.approve(payment.provider_ref)
    told(shop, method)
    return payment


def agrees(shop: PayPalServer, payment: AbstractPayment) -> Sums:
    """The sums at PayPal, after it was asserted that our ledger has the same."""
    sums, ours = shop.sums()[payment.reference], ledger.balance_of(Payment.objects.get(pk=payment.pk))
    assert (ours.authorised, ours.captured, ours.refunded, ours.charged_back) == (
        sums.authorised,
        sums.captured,
        sums.refunded,
        sums.disputed,
    )
    return sums


def capture_of(payment: AbstractPayment) -> str:
    """PayPal's id of the capture."""
    return str(payment.transactions.get(kind="capture").provider_ref)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paid_is_told_often_and_in_any_order(shop: PayPalServer, seed: int) -> None:
    """Approved; the webhook takes it, the browser comes back, all is told again: one capture."""
    payment = started("41.01")
    shop.approve(payment.provider_ref)
    told(shop, copies=3, shuffle=seed)
    services.complete(payment, {"token": payment.provider_ref, "PayerID": "BUYER"})
    told(shop, copies=2, shuffle=seed)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status, payment.order.payment_status) == ("captured", "confirmed", "paid")
    assert payment.transactions.count() == 1
    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal("41.01"))
    assert not Discrepancy.objects.exists()


def test_the_browsers_return_takes_what_was_approved(shop: PayPalServer) -> None:
    """No webhook is needed for it; one who comes back without approving has paid nothing."""
    payment = started("41.01")
    payment = services.complete(payment, {"token": payment.provider_ref})
    assert (payment.status, payment.order.status) == ("requires_action", "pending")

    shop.approve(payment.provider_ref)
    payment = services.complete(payment, {"token": payment.provider_ref, "PayerID": "BUYER"})

    assert (payment.status, payment.order.status) == ("captured", "confirmed")
    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal("41.01"))


def test_a_lost_start_and_a_lost_capture_are_one_payment(shop: PayPalServer) -> None:
    """Neither answer came; asked again, PayPal tells what it has."""
    shop.fault("drop_after", path="/v2/checkout/orders")
    payment = started("10.00")
    assert (payment.outcome_unknown, payment.provider_ref) == (True, None)

    payment = services.ask(payment)
    shop.approve(payment.provider_ref)
    shop.fault("drop_after", path="/v2/checkout/orders/.*/capture")
    payment = services.complete(payment, {})
    assert payment.status == "requires_action"
    payment = services.ask(payment)

    assert (payment.outcome_unknown, payment.status) == (False, "captured")
    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal(10))


def test_what_was_cancelled_is_not_taken(shop: PayPalServer) -> None:
    """The customer pays in another way, and then approves the old page: it stays unpaid."""
    payment = started("10.00")
    payment = services.cancel(payment, by=SYSTEM)
    shop.approve(payment.provider_ref)
    told(shop, copies=2)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status) == ("cancelled", "pending")
    assert agrees(shop, payment) == Sums(payments=1)


def test_a_part_is_captured_and_the_rest_let_go(shop: PayPalServer) -> None:
    """250 authorised, 200 taken; the answer is lost, and the row that asked for it is the one that is booked."""
    payment = paid(shop, "250.00", "hold")
    assert agrees(shop, payment) == Sums(payments=1, authorised=Decimal(250))
    shop.fault("drop_after", path="/v2/payments/authorizations/.*/capture")

    services.capture(payment, Decimal("200.00"), by=SYSTEM)
    told(shop, "hold", copies=2, shuffle=4)

    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal(200))
    assert sorted((row.kind, row.state) for row in payment.transactions.all()) == [
        ("authorise", "succeeded"),
        ("capture", "succeeded"),
        ("void", "succeeded"),
    ]


def test_an_authorisation_is_let_go(shop: PayPalServer) -> None:
    """By us; told as well, it is the same void."""
    payment = paid(shop, "250.00", "hold")

    payment = services.cancel(payment, by=SYSTEM)
    told(shop, "hold", copies=2)

    assert payment.status == "cancelled"
    assert agrees(shop, payment) == Sums(payments=1)
    assert sorted(row.kind for row in payment.transactions.all()) == ["authorise", "void"]


@pytest.mark.parametrize(("good", "status"), [(True, "captured"), (False, "failed")])
def test_a_capture_under_review_is_booked_when_it_is_over(shop: PayPalServer, good: bool, status: str) -> None:
    """Until then the order isn't paid."""
    shop.books.instrument = "review"
    payment = services.find(paid(shop, "50.00").uuid)
    assert (payment.status, payment.order.status) == ("pending", "pending")

    shop.finish(capture_of(payment), paid=good)
    told(shop, copies=2)

    assert services.find(payment.uuid).status == status
    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal(50) if good else Decimal(0))


def test_refunds_of_ours_and_of_the_dashboard_add_up(shop: PayPalServer) -> None:
    """30 by us, its answer lost; twice 10 at PayPal; 60 more is refused before PayPal is asked."""
    payment = paid(shop, "100.00")
    shop.fault("drop_after", path="/v2/payments/captures/.*/refund")
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    assert asked.state == "requested"
    asked = services.finish_refund(asked)
    shop.refund_in_dashboard(capture_of(payment), "10.00")
    shop.refund_in_dashboard(capture_of(payment), "10.00")
    told(shop, copies=2, shuffle=9)

    assert asked.state == "succeeded"
    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal(100), refunded=Decimal(50))
    with pytest.raises(AmountError):
        services.refund(payment, Decimal("60.00"), by=SYSTEM)


@pytest.mark.parametrize(("won", "lost"), [(True, 0), (False, 40)])
def test_a_lost_dispute_takes_the_money(shop: PayPalServer, won: bool, lost: int) -> None:
    """Opened and closed, both told in the wrong order."""
    payment = paid(shop, "100.00")
    shop.close_dispute(shop.dispute(capture_of(payment), "40.00")["dispute_id"], won=won)
    told(shop, copies=2, shuffle=3)

    assert agrees(shop, payment) == Sums(payments=1, captured=Decimal(100), disputed=Decimal(lost))


def test_a_wrong_amount_is_listed(shop: PayPalServer) -> None:
    """PayPal's order isn't the one that we asked for: what came is booked, and staff are told."""
    payment = started("100.00")
    shop.books.orders[payment.provider_ref]["purchase_units"][0]["amount"]["value"] = "40.00"
    shop.approve(payment.provider_ref)
    told(shop)

    payment = services.find(payment.uuid)
    assert (payment.order.status, payment.order.net_paid) == ("pending", Decimal("40.00"))
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == ["amount"]
