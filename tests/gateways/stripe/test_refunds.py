"""Refunds and disputes at Stripe."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.stripe import StripeGateway
from tradepost.gateways.stripe.parse import Reader
from tradepost.payments.interface import (
    EntryState,
    PaymentRef,
    Price,
    Rejected,
)

from ..conftest import entries, ref, request_for

CHARGE = {
    "id": "ch_1",
    "amount": 25000,
    "amount_captured": 20000,
    "currency": "eur",
    "status": "succeeded",
}
INTENT = {
    "id": "pi_1",
    "amount": 25000,
    "capture_method": "manual",
    "currency": "eur",
    "latest_charge": CHARGE,
    "metadata": {"reference": "reference-1"},
    "status": "succeeded",
}
REFUND = {"id": "re_1", "amount": 5000, "currency": "eur", "metadata": {}, "status": "pending"}


@pytest.fixture
def paid(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> PaymentRef:
    """A payment of 100.00 that was taken."""
    request = request_for("100.00")
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref)
    return payment


def euros(amount: str) -> Price:
    return Price(Decimal(amount), "EUR")


def test_parts_are_refunded_up_to_the_whole(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """60 and 40 of 100; 0.50 more is rejected, and nothing more is given."""
    first = stripe_gateway.refund(paid, euros("60.00"), "refund-1", reason="requested_by_customer")
    second = stripe_gateway.refund(paid, euros("40.00"), "refund-2", reason="It was broken.")

    with pytest.raises(Rejected) as refused:
        stripe_gateway.refund(paid, euros("0.50"), "refund-3")

    assert (first.state, first.price, second.price) == (EntryState.SUCCEEDED, euros("60.00"), euros("40.00"))
    assert refused.value.code == "charge_already_refunded"
    refunds = stripe_server.books.refunds
    assert refunds[first.provider_ref]["reason"] == "requested_by_customer"
    assert refunds[second.provider_ref]["metadata"] == {
        "key": "refund-2",
        "reference": paid.reference,
        "reason": "It was broken.",
    }
    assert stripe_server.sums()[paid.reference] == Sums(payments=1, captured=10000, refunded=10000)


def test_more_than_is_left_is_rejected(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """Two refunds of 60 on 100: the second is refused."""
    stripe_gateway.refund(paid, euros("60.00"), "refund-1")

    with pytest.raises(Rejected) as refused:
        stripe_gateway.refund(paid, euros("60.00"), "refund-2")

    assert refused.value.code == "amount_too_large"
    assert stripe_server.sums()[paid.reference].refunded == 6000


def test_a_refund_that_the_bank_sends_back_has_failed(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """It succeeded first; later its entry says failed, under the same id."""
    result = stripe_gateway.refund(paid, euros("60.00"), "refund-1")
    before = stripe_gateway.fetch(paid)
    stripe_server.fail_refund(result.provider_ref)
    after = stripe_gateway.fetch(paid)

    assert entries(before)[1:] == [("refund", Decimal("60.00"), "succeeded")]
    assert entries(after)[1:] == [("refund", Decimal("60.00"), "failed")]
    assert before.entries[1].provider_ref == after.entries[1].provider_ref == result.provider_ref
    assert stripe_gateway.fetch_refund(paid, result.provider_ref).state is EntryState.FAILED


def test_a_refund_is_found_by_its_key(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """After an answer was lost; one that wasn't made isn't found."""
    result = stripe_gateway.refund(paid, euros("60.00"), "refund-1")

    outcome = stripe_gateway.find_refund(paid, "refund-1", euros("60.00"))

    assert outcome == result
    assert stripe_gateway.find_refund(paid, "refund-2", euros("60.00")) is None


def test_more_refunds_than_a_page_holds_are_all_told(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """101 refunds of 0.50 are 101 entries, oldest first."""
    for number in range(101):
        stripe_server.create_refund(
            {"payment_intent": paid.provider_ref, "amount": "50", "metadata": {"key": f"refund-{number}"}}
        )

    result = stripe_gateway.fetch(paid).entries[1:]

    assert [entry.key for entry in result] == [f"refund-{number}" for number in range(101)]
    assert sum(entry.amount for entry in result) == Decimal("50.50")


def test_a_dispute_is_a_chargeback(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """The money is gone while it is open, and stays so when it is lost; a refund is refused meanwhile."""
    created = stripe_server.dispute(paid.provider_ref, 4000)
    opened = stripe_gateway.fetch(paid)
    with pytest.raises(Rejected):
        stripe_gateway.refund(paid, euros("10.00"), "refund-1")
    stripe_server.close_dispute(created["id"], won=False)

    assert entries(opened)[1:] == [("chargeback", Decimal("40.00"), "succeeded")]
    assert opened.entries[1].provider_ref == created["id"]
    assert list(stripe_gateway.fetch(paid).entries) == list(opened.entries)
    assert stripe_server.sums()[paid.reference] == Sums(payments=1, captured=10000, disputed=4000)


def test_a_dispute_that_was_won_is_reversed(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """The chargeback stays in the books, with its reversal beside it."""
    created = stripe_server.dispute(paid.provider_ref)
    stripe_server.close_dispute(created["id"], won=True)

    assert entries(stripe_gateway.fetch(paid))[1:] == [
        ("chargeback", Decimal("100.00"), "succeeded"),
        ("chargeback_reversal", Decimal("100.00"), "succeeded"),
    ]


def test_an_inquiry_takes_no_money(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: PaymentRef
) -> None:
    """The bank only asks."""
    stripe_server.dispute(paid.provider_ref, status="warning_needs_response")

    assert entries(stripe_gateway.fetch(paid)) == [("capture", Decimal("100.00"), "succeeded")]


@pytest.mark.parametrize(
    ("balance_transaction", "metadata", "kinds"),
    [
        (None, {}, ["authorise", "void", "capture"]),
        ("txn_1", {}, ["authorise", "void", "capture", "refund"]),
        (None, {"key": "refund-1"}, ["authorise", "void", "capture", "refund"]),
    ],
)
def test_only_what_moved_no_money_is_taken_for_the_rest_of_an_authorisation(
    balance_transaction: str | None, metadata: dict[str, str], kinds: list[str]
) -> None:
    """Of the rest's amount, but with a balance transaction, or with our key: a refund, though it is the first one listed."""
    refund = {**REFUND, "balance_transaction": balance_transaction, "metadata": metadata}

    result = Reader("pk_test", {}).result(INTENT, [refund])

    assert [entry.kind.value for entry in result.entries] == kinds
