"""A shop's ledger beside Paystack's books: whatever is lost, late, doubled or out of order, they agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.paystack_server import PaystackServer
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
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
def shop(settings: Any) -> Iterator[PaystackServer]:
    """A shop that takes naira by Paystack."""
    with PaystackServer() as server:
        options = {"secret_key": server.books.secret_key, "base_url": server.url, "timeout": (1, 2)}
        entry = {"BACKEND": "tradepost.gateways.paystack.PaystackGateway", "OPTIONS": options}
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"paystack": entry}}
        yield server  # type: ignore[misc]


def started(total: str = "100.00") -> AbstractPayment:
    """A payment that waits for the customer."""

    @db.atomic
    def opened() -> AbstractPayment:
        order = placed.order(placed.line_row(total), reserve=False, currency="NGN")
        return services.open_payment(order, method="paystack")

    return services.start(opened(), return_url="https://shop.example/return/")


def told(shop: PaystackServer, **order: Any) -> None:
    """All deliveries that Paystack owes us."""
    shop.deliver(lambda body, headers: receive("paystack", WebhookRequest(body=body, headers=headers)), **order)


def agrees(shop: PaystackServer, payment: AbstractPayment) -> Sums:
    """The sums at Paystack, after it was asserted that our ledger has the same."""
    sums, ours = shop.books.sums()[payment.reference], ledger.balance_of(Payment.objects.get(pk=payment.pk))
    theirs = (sums.captured, sums.refunded, sums.disputed)
    assert (ours.captured, ours.refunded, ours.charged_back) == tuple(Decimal(number) / 100 for number in theirs)
    return sums


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paid_refunded_and_disputed_in_any_order(shop: PaystackServer, seed: int) -> None:
    """Each delivery three times, shuffled, the browser's return between them: one row for each thing that happened."""
    payment = started()
    shop.books.decline(payment.reference)
    services.complete(payment, {"reference": payment.reference})
    shop.books.pay(payment.reference)
    told(shop, copies=3, shuffle=seed)
    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status, payment.order.payment_status) == ("captured", "confirmed", "paid")

    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    assert asked.provider_ref
    shop.books.refund(payment.reference, 1000)
    shop.books.process(asked.provider_ref)
    for refund in shop.books.refunds:
        if refund["status"] == "pending":
            shop.books.process(refund["id"])
    told(shop, copies=2, shuffle=seed)
    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=4000)
    with pytest.raises(AmountError):
        services.refund(payment, Decimal("60.01"), by=SYSTEM)

    shop.books.dispute(payment.reference, 2500)
    told(shop, copies=2, shuffle=seed)
    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=4000, disputed=2500)
    assert sorted(row.kind for row in payment.transactions.all()) == ["capture", "chargeback", "refund", "refund"]
    assert [(discrepancy.kind, discrepancy.facts["amount"]) for discrepancy in Discrepancy.objects.all()] == [
        ("refund_unasked", "10.00")
    ]


def test_a_lost_page_lets_the_customer_pay_again(shop: PaystackServer) -> None:
    """Unknown first; asked again, the reference is taken and its page can't be reached: failed, nothing owed."""
    shop.fault("drop_after", path="/transaction/initialize")
    payment = started()
    assert (payment.outcome_unknown, payment.provider_ref) == (True, None)

    payment = services.ask(payment)

    assert (payment.status, payment.outcome_unknown, payment.error_code) == ("failed", False, "expired")
    again = services.start(services.open_payment(payment.order, method="paystack"))
    shop.books.pay(again.reference)
    told(shop, copies=2)
    assert services.find(again.uuid).status == "captured"
    assert agrees(shop, again) == Sums(payments=1, captured=10000)
    assert agrees(shop, payment) == Sums(payments=1)


def test_a_lost_refund_is_made_once(shop: PaystackServer) -> None:
    """Asked for, made, not answered; asked again, it is found by its key."""
    payment = started()
    shop.books.pay(payment.reference)
    told(shop)
    shop.fault("drop_after", path="/refund", method="POST")
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    assert (asked.state, asked.provider_ref) == ("requested", None)
    asked = services.finish_refund(asked)
    assert (asked.state, len(shop.books.refunds)) == ("pending", 1)

    assert asked.provider_ref
    shop.books.process(asked.provider_ref)
    asked = services.finish_refund(asked)

    assert asked.state == "succeeded"
    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=3000)


def test_a_forged_and_a_wrong_payment_confirm_nothing(shop: PaystackServer) -> None:
    """A stale delivery for an unpaid payment is asked about; less than was asked for is listed, and the order waits."""
    unpaid, less = started(), started()
    told_paid = {"event": "charge.success", "data": {"id": 99, "reference": unpaid.reference, "amount": 10000}}
    shop.send(
        lambda body, headers: receive("paystack", WebhookRequest(body=body, headers=headers)), *shop.signed(told_paid)
    )
    shop.books.pay(less.reference, amount=100)
    told(shop)

    assert services.find(unpaid.uuid).status == "requires_action"
    assert services.find(less.uuid).order.status == "pending"
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == ["amount"]
    assert agrees(shop, less) == Sums(payments=1, captured=100)


def test_a_start_that_never_arrived_frees_the_order_after_a_day(shop: PaystackServer) -> None:
    """Paystack says that it has no such payment: it isn't begun again by itself, staff see it, and the customer pays anew."""
    shop.fault("drop_before", path="/transaction/initialize")
    payment = started()
    assert payment.outcome_unknown
    with clock.at(clock.now() + timedelta(hours=21)):
        payment = services.ask(payment)

    assert (payment.status, payment.outcome_unknown, payment.error_code) == ("cancelled", False, "unanswered")
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == ["stuck"]
    assert shop.called("/transaction/initialize") == []
    again = services.start(services.open_payment(payment.order, method="paystack"), return_url="https://shop.example/")
    shop.books.pay(again.reference)
    assert services.ask(again).order.status == "confirmed"
    assert agrees(shop, again) == Sums(payments=1, captured=10000)
