"""A shop's ledger beside Razorpay as its documents describe it: what was paid, what disputes take and when, what may fail."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.documented.razorpay import DocumentedRazorpay
from tests.fakes.providers import Provider
from tradepost.core.actors import SYSTEM
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import NotRefundable
from tradepost.payments.models import Discrepancy, Dispute, Payment

from ..shops import Shop

pytestmark = pytest.mark.django_db

RAZORPAY = Provider(
    server=DocumentedRazorpay,
    backend="tradepost.gateways.razorpay.RazorpayGateway",
    options=lambda server: {"key_id": "rzp_live_documented", "key_secret": "secret", "webhook_secrets": ["hash"]},
    currency="INR",
    pay=lambda server, reference, ref: server.pay(ref),
    decline=lambda server, reference, ref: None,
)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A shop that takes rupees by Razorpay."""
    with DocumentedRazorpay() as server:
        shop = Shop(RAZORPAY, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": shop.methods}
        yield shop


def charged_back(payment: AbstractPayment) -> Decimal:
    return ledger.balance_of(Payment.objects.get(pk=payment.pk)).charged_back


@pytest.mark.parametrize("path", ["/v1/disputes/?", "/v1/payments/.*/refunds"])
@pytest.mark.parametrize("fault", ["error_500", "drop_before", "html"])
def test_a_list_that_can_not_be_read_keeps_no_money_from_being_booked(shop: Shop, path: str, fault: str) -> None:
    """The order is confirmed; what is missing is named."""
    payment = shop.paid_there()
    shop.server.fault(fault, path=path, times=9)

    payment = services.ask(payment)

    assert (payment.status, payment.order.status, payment.outcome_unknown) == ("captured", "confirmed", False)
    assert payment.missing == ("disputes" if "disputes" in path else "refunds")
    assert shop.agrees(payment).captured == Decimal(100)


def test_keys_that_may_not_read_disputes_still_take_money(shop: Shop) -> None:
    """Razorpay refuses the question for good, so that it isn't asked again and again."""
    shop.server.books.reads_disputes = False

    payment = shop.paid()

    assert (payment.status, payment.order.status, payment.missing) == ("captured", "confirmed", "")


def test_a_dispute_that_was_missed_is_recorded_when_it_is_told(shop: Shop) -> None:
    """The next look finds it."""
    payment = shop.paid_there()
    [paid] = shop.server.books.payments
    shop.server.dispute(paid, 4000, at_onset=False)
    shop.server.fault("error_500", path="/v1/disputes/?")
    payment = services.ask(payment)
    assert Dispute.objects.count() == 0

    services.ask(payment)

    assert [(row.amount, row.status) for row in Dispute.objects.all()] == [(Decimal(40), "needs_response")]


def test_what_razorpay_received_is_compared(shop: Shop) -> None:
    """Its order echoes what we asked for; less was paid, so staff see it and the order waits."""
    payment = shop.start(shop.opened())
    shop.server.pay(payment.provider_ref, 4000)

    payment = services.ask(payment)

    [listed] = Discrepancy.objects.all()
    assert (listed.kind, listed.facts["expected"], listed.facts["told"]) == ("amount", "100.00", "40.00")
    assert (payment.order.status, shop.agrees(payment).captured) == ("pending", Decimal(40))


@pytest.mark.parametrize(("end", "kept"), [("won", 0), ("closed", 0), ("lost", 40)])
def test_what_is_deducted_at_onset_is_gone_at_once(shop: Shop, end: str, kept: int) -> None:
    """It comes back when the dispute is won, though Razorpay then says that nothing is deducted."""
    payment = shop.paid()
    [paid] = shop.server.books.payments
    dispute = shop.server.dispute(paid, 4000, at_onset=True)
    for _ in range(2):
        payment = services.ask(payment)
    assert (charged_back(payment), payment.status) == (Decimal(40), "charged_back")

    shop.server.decide(dispute, end)
    for _ in range(2):
        payment = services.ask(payment)

    assert charged_back(payment) == Decimal(kept) == shop.sums(payment).disputed
    assert shop.agrees(payment).captured == Decimal(100)


@pytest.mark.parametrize(("end", "kept"), [("won", 0), ("lost", 40)])
def test_without_it_only_a_lost_dispute_takes_money(shop: Shop, end: str, kept: int) -> None:
    """A dispute that was won has no row in the ledger."""
    payment = shop.paid()
    [paid] = shop.server.books.payments
    dispute = shop.server.dispute(paid, 4000, at_onset=False)
    assert charged_back(services.ask(payment)) == 0

    shop.server.decide(dispute, end)
    payment = services.ask(payment)

    assert charged_back(payment) == Decimal(kept)
    assert payment.transactions.filter(kind__startswith="chargeback").count() == (1 if kept else 0)


def test_a_refused_refund_is_looked_for_before_it_is_believed(shop: Shop) -> None:
    """Nothing of ours is listed, and Razorpay gave no more back than it lists: it is refused for certain."""
    payment = shop.paid()
    [paid] = shop.server.books.payments
    shop.server.refund(paid, {"amount": 3000})

    with pytest.raises(NotRefundable):
        services.refund(payment, by=SYSTEM)

    assert shop.sums(payment).refunded == Decimal(30)
    assert ledger.balance_of(services.ask(payment)).refunded == Decimal(30)
