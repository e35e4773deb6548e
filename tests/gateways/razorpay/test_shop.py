"""A shop's ledger beside Razorpay's books: whatever is lost, late, doubled or out of order, they agree to the paisa."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.razorpay_server import RazorpayServer
from tradepost.checkout.services.reopen import expire as checkout_expire
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.orders.models import Order
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import WebhookRequest
from tradepost.payments.models import Discrepancy, Payment
from tradepost.payments.services import receive
from tradepost.testing import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(razorpay_server: RazorpayServer, settings: Any) -> RazorpayServer:
    """A shop that is paid by Razorpay: at once, or authorised first."""
    options = {
        "key_id": razorpay_server.key_id,
        "key_secret": razorpay_server.key_secret,
        "webhook_secrets": [razorpay_server.webhook_secret],
        "base_url": razorpay_server.url,
    }
    upi = {"BACKEND": "tradepost.gateways.razorpay.RazorpayGateway", "OPTIONS": options}
    hold = {**upi, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"upi": upi, "hold": hold}}
    return razorpay_server


@db.atomic
def opened(total: str, method: str) -> AbstractPayment:
    """A payment for all of an order, not started."""
    order = placed.order(placed.line_row(total), reserve=False, currency="INR")
    return services.open_payment(order, method=method)


def started(total: str, method: str = "upi") -> AbstractPayment:
    """A payment that waits for the customer."""
    return services.start(opened(total, method), return_url="https://shop.example/return/")


def told(shop: RazorpayServer, method: str = "upi", **order: Any) -> None:
    """All deliveries that Razorpay owes us."""
    shop.deliver(lambda body, headers: receive(method, WebhookRequest(body=body, headers=headers)), **order)


def overdue(payment: AbstractPayment) -> AbstractPayment:
    """The time to pay its order has ended."""
    Order.objects.filter(pk=payment.order_id).update(expires_at=clock.now() - timedelta(minutes=1))
    return services.find(payment.uuid)


def agrees(shop: RazorpayServer, payment: AbstractPayment) -> Sums:
    """The sums at Razorpay, after it was asserted that our ledger has the same."""
    sums, ours = shop.sums()[payment.reference], ledger.balance_of(Payment.objects.get(pk=payment.pk))
    assert (ours.authorised, ours.captured, ours.refunded, ours.charged_back) == tuple(
        Decimal(number) / 100 for number in (sums.authorised, sums.captured, sums.refunded, sums.disputed)
    )
    return sums


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paid_is_told_often_and_in_any_order(shop: RazorpayServer, seed: int) -> None:
    """A decline, then a payment; each event three times, and the browser's return between them: one capture."""
    payment = started("410.01")
    shop.pay(payment.provider_ref, fail="insufficient_funds")
    paid_by = shop.pay(payment.provider_ref)
    told(shop, copies=3, shuffle=seed)
    services.complete(payment, shop.returned(paid_by["id"]))
    told(shop, copies=2)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status, payment.order.payment_status) == ("captured", "confirmed", "paid")
    assert sorted(row.kind for row in payment.transactions.all()) == ["authorise", "capture"]
    assert agrees(shop, payment) == Sums(payments=1, captured=41001)
    assert not Discrepancy.objects.exists()


def test_a_forged_return_pays_nothing(shop: RazorpayServer) -> None:
    """The order stays unpaid, and can be paid still."""
    payment = started("410.01")
    forged = {"razorpay_payment_id": "pay_1", "razorpay_signature": "00" * 32}
    payment = services.complete(payment, forged)
    assert (payment.status, payment.order.status) == ("requires_action", "pending")

    shop.pay(payment.provider_ref)
    payment = services.complete(payment, {})

    assert payment.status == "captured"


def test_an_order_that_nobody_pays_expires(shop: RazorpayServer) -> None:
    """Although Razorpay can't shut its own; paid after that, it is paid late, and staff or a reinstatement see to it."""
    payment = overdue(started("100.00"))
    assert checkout_expire(payment.order)
    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status) == ("cancelled", "expired")
    payment = services.ask(payment)
    assert payment.status == "cancelled"

    shop.pay(payment.provider_ref)
    told(shop, copies=2)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status) == ("captured", "confirmed")
    assert agrees(shop, payment) == Sums(payments=1, captured=10000)


def test_an_authorised_order_does_not_expire(shop: RazorpayServer) -> None:
    """Money is held for it."""
    payment = overdue(started("100.00", "hold"))
    shop.pay(payment.provider_ref)

    assert not checkout_expire(payment.order)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status) == ("authorised", "confirmed")


def test_a_lost_start_is_one_order(shop: RazorpayServer) -> None:
    """The answer is lost; started again, the order that was made is found."""
    shop.fault("drop_after", path="/v1/orders", method="POST")
    payment = started("100.00")
    assert (payment.outcome_unknown, payment.provider_ref) == (True, None)

    payment = services.ask(payment)
    shop.pay(payment.provider_ref)
    payment = services.ask(payment)

    assert (payment.outcome_unknown, payment.status) == (False, "captured")
    assert agrees(shop, payment) == Sums(payments=1, captured=10000)


def test_a_lost_capture_is_booked_once(shop: RazorpayServer) -> None:
    """Asked for, taken, not answered; the webhook tells it, and the row that asked for it is the one that is booked."""
    payment = started("250.00", "hold")
    shop.pay(payment.provider_ref)
    told(shop, "hold")
    assert agrees(shop, payment) == Sums(payments=1, authorised=25000)
    shop.fault("drop_after", path="/v1/payments/.*/capture")
    services.capture(payment, by=SYSTEM)
    told(shop, "hold", copies=2, shuffle=4)

    assert agrees(shop, payment) == Sums(payments=1, captured=25000)
    assert [row.state for row in payment.transactions.filter(kind="capture")] == ["succeeded"]


def test_an_authorisation_that_lapses_is_void(shop: RazorpayServer) -> None:
    """The refund that Razorpay reports is none of ours."""
    payment = started("250.00", "hold")
    held = shop.pay(payment.provider_ref)
    shop.lapse(held["id"])
    told(shop, "hold", copies=2, shuffle=1)

    payment = services.find(payment.uuid)
    assert payment.status == "cancelled"
    assert agrees(shop, payment) == Sums(payments=1)
    assert sorted(row.kind for row in payment.transactions.all()) == ["authorise", "void"]


def test_refunds_of_ours_and_of_the_dashboard_add_up(shop: RazorpayServer) -> None:
    """30 by us, its answer lost; 20 in the dashboard; ours comes back from the bank."""
    payment = started("100.00")
    paid_by = shop.pay(payment.provider_ref)
    told(shop)
    shop.fault("drop_after", path=".*/refund")
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    assert asked.state == "requested"
    asked = services.finish_refund(asked)
    shop.refund_in_dashboard(paid_by["id"], 2000)
    told(shop, copies=2, shuffle=9)
    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=5000)

    shop.finish_refund(asked.provider_ref, fail=True)
    told(shop)

    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=2000)


@pytest.mark.parametrize(("won", "lost"), [(True, 0), (False, 4000)])
def test_a_lost_dispute_takes_the_money(shop: RazorpayServer, won: bool, lost: int) -> None:
    """Opened and closed, both told in the wrong order."""
    payment = started("100.00")
    paid_by = shop.pay(payment.provider_ref)
    told(shop)
    shop.close_dispute(shop.dispute(paid_by["id"], 4000)["id"], won=won)
    told(shop, copies=2, shuffle=3)

    assert agrees(shop, payment) == Sums(payments=1, captured=10000, disputed=lost)


def test_a_wrong_amount_is_listed(shop: RazorpayServer) -> None:
    """The amount received is booked, and the order isn't confirmed by it."""
    payment = started("100.00")
    shop.pay(payment.provider_ref, amount=4000)
    told(shop)

    payment = services.find(payment.uuid)
    assert (payment.order.status, payment.order.net_paid) == ("pending", Decimal("40.00"))
    assert agrees(shop, payment) == Sums(payments=1, captured=4000)
