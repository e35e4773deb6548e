"""Money, statuses, captures and refunds at Razorpay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.loopback import Sums
from tests.fakes.razorpay_server import RazorpayServer
from tradepost.gateways.razorpay import RazorpayGateway
from tradepost.gateways.razorpay.money import from_units, units
from tradepost.payments.interface import (
    EntryState,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Result,
    StartRequest,
    Status,
)

from ..conftest import entries, ref, request_for


def rupees(amount: str) -> Price:
    return Price(Decimal(amount), "INR")


def begun(gateway: RazorpayGateway, amount: str = "200.00", **values: Any) -> tuple[StartRequest, PaymentRef]:
    """An order that waits for the customer."""
    request = request_for(amount, "INR", **values)
    return request, ref(request, gateway.start(request))


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("299.00", "INR", 29900),
        ("1.00", "INR", 100),
        ("3000", "JPY", 3000),
        ("99.990", "KWD", 99990),
        ("5", "EUR", 500),
    ],
)
def test_an_amount_is_sent_in_razorpays_units(
    razorpay_server: RazorpayServer,
    make_razorpay: Callable[..., RazorpayGateway],
    amount: str,
    currency: str,
    expected: int,
) -> None:
    """And read back by the same."""
    gateway = make_razorpay(currencies=[currency])

    result = gateway.start(request_for(amount, currency))

    assert gateway.unavailable(Price(Decimal(amount), currency)) == ""
    assert razorpay_server.books.orders[result.provider_ref]["amount"] == expected
    assert (result.amount, result.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("19.995", "INR", "amount_precision"),
        ("0.5", "JPY", "amount_precision"),
        ("99.991", "KWD", "amount_precision"),
        ("0.99", "INR", "amount_too_small"),
    ],
)
def test_an_amount_that_does_not_fit_is_not_on_offer(
    razorpay_server: RazorpayServer,
    make_razorpay: Callable[..., RazorpayGateway],
    amount: str,
    currency: str,
    code: str,
) -> None:
    """The method isn't offered, a start is refused, and nothing reaches Razorpay."""
    gateway = make_razorpay(currencies=["INR", "JPY", "KWD"])

    with pytest.raises(Rejected) as refused:
        gateway.start(request_for(amount, currency))

    assert gateway.unavailable(Price(Decimal(amount), currency))
    assert refused.value.code == code
    assert razorpay_server.requests == []


def test_only_the_accounts_currencies_are_on_offer(make_razorpay: Callable[..., RazorpayGateway]) -> None:
    """Rupees, unless the options name others; one of unclear decimal places must be told, too."""
    assert make_razorpay().unavailable(rupees("20.00")) == ""
    assert "EUR" in make_razorpay().unavailable(Price(Decimal(20), "EUR"))
    assert "XOF" in make_razorpay(currencies=["XOF"]).unavailable(Price(Decimal(500), "XOF"))
    assert make_razorpay(currencies=["XOF"], places={"XOF": 0}).unavailable(Price(Decimal(500), "XOF")) == ""
    with pytest.raises(Misconfigured):
        make_razorpay(currencies=["XOF"]).start(request_for("500", "XOF"))


@given(st.integers(100, 99_999_999), st.sampled_from(["INR", "JPY", "USD"]))
def test_units_and_prices_are_each_others_inverse(number: int, currency: str) -> None:
    """An amount that Razorpay states is asked for by the same number."""
    assert units(from_units(number, currency, {}), {}) == number


# --- starting and statuses --------------------------------------------------------------------------------------------


def test_a_start_gives_the_browser_what_it_needs(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """The options of checkout.js; the order holds our reference."""
    request = request_for("200.00", "INR", metadata={"order": "1001"})

    result = razorpay_gateway.start(request)

    order = razorpay_server.books.orders[result.provider_ref]
    assert (result.status, result.entries) == (Status.REQUIRES_ACTION, [])
    assert result.next_action is not None
    assert result.next_action.kind == "sdk"
    assert result.next_action.client_data == {
        "key": "rzp_test_fake",
        "order_id": order["id"],
        "amount": 20000,
        "currency": "INR",
    }
    assert (order["receipt"], order["notes"]) == (request.reference, {"order": "1001", "reference": request.reference})


def test_a_paid_order_has_one_capture(razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway) -> None:
    """Booked under the id of the attempt that paid it."""
    request, payment = begun(razorpay_gateway)
    razorpay_server.pay(payment.provider_ref, fail="payment_failed")
    paid_by = razorpay_server.pay(payment.provider_ref)

    result = razorpay_gateway.fetch(payment)

    assert (result.status, result.reference, result.next_action) == (Status.CAPTURED, request.reference, None)
    assert entries(result) == [
        ("authorise", Decimal("200.00"), "succeeded"),
        ("capture", Decimal("200.00"), "succeeded"),
    ]
    assert {entry.provider_ref for entry in result.entries} == {paid_by["id"]}


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("payment_failed", "declined"),
        ("payment_cancelled", "cancelled_by_customer"),
        ("insufficient_funds", "insufficient_funds"),
        ("authentication_failed", "authentication_failed"),
        ("payment_timed_out", "expired"),
    ],
)
def test_a_declined_attempt_leaves_the_order_payable(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, reason: str, code: str
) -> None:
    """The customer tries again with the same order, and staff see why."""
    _, payment = begun(razorpay_gateway)
    razorpay_server.pay(payment.provider_ref, fail=reason)

    result = razorpay_gateway.fetch(payment)

    assert (result.status, result.error_code, result.entries) == (Status.REQUIRES_ACTION, code, [])
    assert result.next_action is not None


def test_an_attempt_that_the_bank_answers_late_counts(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """Awaited, told as failed, and paid after all."""
    _, payment = begun(razorpay_gateway)
    waiting = razorpay_server.pay(payment.provider_ref, late=True)
    assert razorpay_gateway.fetch(payment).status is Status.PENDING
    razorpay_server.books.payments[waiting["id"]].update(status="failed", error_reason="payment_timed_out")
    assert razorpay_gateway.fetch(payment).status is Status.REQUIRES_ACTION

    razorpay_server.answer_late(waiting["id"])

    assert razorpay_gateway.fetch(payment).status is Status.CAPTURED


def test_another_amount_than_ours_is_told_as_it_is(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """The amount received is booked; the ledger sees that it doesn't fit."""
    _, payment = begun(razorpay_gateway)
    razorpay_server.pay(payment.provider_ref, amount=15000)

    result = razorpay_gateway.fetch(payment)

    assert [entry.amount for entry in result.entries] == [Decimal(150), Decimal(150)]


def test_an_unpaid_order_is_waited_for_no_longer(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """Razorpay can't shut it, so that who pays after all has paid; until then it stays cancelled."""
    request, payment = begun(razorpay_gateway)
    razorpay_server.pay(payment.provider_ref, fail="payment_failed")

    cancelled = razorpay_gateway.cancel(payment, "cancel-1")
    later = replace(payment, state=cancelled.state)

    assert (cancelled.status, cancelled.entries, cancelled.next_action) == (Status.CANCELLED, [], None)
    assert razorpay_gateway.fetch(later).status is Status.CANCELLED
    razorpay_server.pay(payment.provider_ref)
    assert razorpay_gateway.fetch(later).status is Status.CAPTURED
    assert razorpay_server.sums() == {request.reference: Sums(payments=1, captured=20000)}


@pytest.mark.parametrize(("age", "is_over"), [(600, False), (1000, True)])
def test_who_is_paying_just_now_may_finish(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, age: int, is_over: bool
) -> None:
    """For a quarter of an hour; an attempt that was left is none after that."""
    _, payment = begun(razorpay_gateway)
    attempt = razorpay_server.pay(payment.provider_ref, late=True)
    razorpay_server.books.payments[attempt["id"]]["created_at"] -= age

    if is_over:
        assert razorpay_gateway.cancel(payment, "cancel-1").status is Status.CANCELLED
        return
    with pytest.raises(Rejected):
        razorpay_gateway.cancel(payment, "cancel-1")


@pytest.mark.parametrize("capture", [True, False])
def test_money_that_is_held_or_taken_is_not_cancelled(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, capture: bool
) -> None:
    """There is no such call."""
    _, payment = begun(razorpay_gateway, capture=capture)
    razorpay_server.pay(payment.provider_ref)

    with pytest.raises(NotSupported):
        razorpay_gateway.cancel(payment, "cancel-1")


# --- the browser's return ---------------------------------------------------------------------------------------------


def test_the_browsers_return_is_checked_and_then_asked_about(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """A good signature is a reason to ask; without one, Razorpay is asked all the same."""
    _, payment = begun(razorpay_gateway)
    paid_by = razorpay_server.pay(payment.provider_ref)

    assert razorpay_gateway.complete(payment, razorpay_server.returned(paid_by["id"])).status is Status.CAPTURED
    assert razorpay_gateway.complete(payment, {}).status is Status.CAPTURED


@pytest.mark.parametrize("signature", ["", "00", "ä", "f" * 64])
def test_a_return_with_a_wrong_signature_is_refused(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, signature: str
) -> None:
    """Nobody is asked."""
    _, payment = begun(razorpay_gateway)
    paid_by = razorpay_server.pay(payment.provider_ref)
    razorpay_server.requests.clear()

    with pytest.raises(Rejected):
        razorpay_gateway.complete(payment, {**razorpay_server.returned(paid_by["id"]), "razorpay_signature": signature})

    assert razorpay_server.requests == []


def test_a_signature_of_another_order_is_refused(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """The browser's order id isn't believed: a cheaper order's return doesn't pay this one."""
    _, cheap = begun(razorpay_gateway, "1.00")
    _, dear = begun(razorpay_gateway, "5000.00")
    paid_by = razorpay_server.pay(cheap.provider_ref)

    with pytest.raises(Rejected):
        razorpay_gateway.complete(dear, razorpay_server.returned(paid_by["id"]))


# --- capture ----------------------------------------------------------------------------------------------------------


def test_what_is_authorised_is_captured_whole(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """The entry bears our key, a part is refused, and the same key captures once."""
    request, payment = begun(razorpay_gateway, capture=False)
    razorpay_server.pay(payment.provider_ref)
    assert razorpay_gateway.fetch(payment).status is Status.AUTHORISED
    with pytest.raises(Rejected):
        razorpay_gateway.capture(payment, rupees("150.00"), "capture-1")

    first = razorpay_gateway.capture(payment, rupees("200.00"), "capture-2")
    second = razorpay_gateway.capture(payment, rupees("200.00"), "capture-2")

    assert first == second
    assert (first.status, first.entries[1].key) == (Status.CAPTURED, "capture-2")
    with pytest.raises(Rejected):
        razorpay_gateway.capture(payment, rupees("200.00"), "capture-3")
    assert razorpay_server.sums() == {request.reference: Sums(payments=1, captured=20000)}


def test_another_currency_is_captured_in_it(
    razorpay_server: RazorpayServer, make_razorpay: Callable[..., RazorpayGateway]
) -> None:
    """Razorpay takes rupees for granted."""
    gateway, request = make_razorpay(currencies=["KWD"]), request_for("41.230", "KWD", capture=False)
    payment = ref(request, gateway.start(request))
    razorpay_server.pay(payment.provider_ref)

    gateway.capture(payment, payment.price, "capture-1")

    assert razorpay_server.sums() == {request.reference: Sums(payments=1, captured=41230)}


def test_what_is_not_captured_in_time_is_a_void(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """Razorpay tells it as a refund, but nothing was taken."""
    _, payment = begun(razorpay_gateway, capture=False)
    held = razorpay_server.pay(payment.provider_ref)
    razorpay_server.lapse(held["id"])

    result = razorpay_gateway.fetch(payment)

    assert (result.status, result.error_code) == (Status.CANCELLED, "expired")
    assert entries(result) == [("authorise", Decimal("200.00"), "succeeded"), ("void", Decimal("200.00"), "succeeded")]


# --- refunds and disputes ---------------------------------------------------------------------------------------------


@pytest.fixture
def paid(razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway) -> PaymentRef:
    """A payment of 100 rupees that was taken."""
    _, payment = begun(razorpay_gateway, "100.00")
    razorpay_server.pay(payment.provider_ref)
    return payment


def refunds(result: Result) -> list[tuple[Decimal, str, str]]:
    """Amount, state and key of each refund."""
    return [(e.amount, e.state.value, e.key) for e in result.entries if e.kind.value == "refund"]


def test_parts_are_refunded_up_to_the_whole(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, paid: PaymentRef
) -> None:
    """60 and 40 of 100; one rupee more is rejected, and nothing more is given."""
    first = razorpay_gateway.refund(paid, rupees("60.00"), "refund-key-1", reason="It was broken.")
    razorpay_gateway.refund(paid, rupees("40.00"), "refund-key-2")

    with pytest.raises(Rejected):
        razorpay_gateway.refund(paid, rupees("1.00"), "refund-key-3")

    assert (first.state, first.price) == (EntryState.SUCCEEDED, rupees("60.00"))
    assert razorpay_server.sums()[paid.reference] == Sums(payments=1, captured=10000, refunded=10000)
    assert refunds(razorpay_gateway.fetch(paid)) == [
        (Decimal(40), "succeeded", "refund-key-2"),
        (Decimal(60), "succeeded", "refund-key-1"),
    ]


def test_a_refund_that_is_pending_may_fail(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, paid: PaymentRef
) -> None:
    """It is told even when nothing of it is left on the payment."""
    razorpay_server.books.refund_status = "pending"
    result = razorpay_gateway.refund(paid, rupees("60.00"), "refund-key-1")
    assert result.state is EntryState.PENDING

    razorpay_server.finish_refund(result.provider_ref, fail=True)

    assert razorpay_gateway.fetch_refund(paid, result.provider_ref).state is EntryState.FAILED
    assert refunds(razorpay_gateway.fetch(paid)) == [(Decimal(60), "failed", "refund-key-1")]


def test_a_refund_of_nothing_taken_is_rejected(razorpay_gateway: RazorpayGateway) -> None:
    """Razorpay isn't asked to."""
    _, payment = begun(razorpay_gateway)

    with pytest.raises(Rejected):
        razorpay_gateway.refund(payment, rupees("10.00"), "refund-key-1")


def test_many_refunds_are_all_listed(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, paid: PaymentRef
) -> None:
    """Razorpay lists a hundred at a time."""
    taken = razorpay_gateway.fetch(paid).entries[0].provider_ref
    for _ in range(101):
        razorpay_server.refund_in_dashboard(taken, 10)

    assert sum((amount for amount, _, _ in refunds(razorpay_gateway.fetch(paid))), Decimal(0)) == Decimal("10.10")


def test_a_key_for_another_refund_is_unknown(razorpay_gateway: RazorpayGateway, paid: PaymentRef) -> None:
    """Razorpay refuses; what the first call under the key did is not said."""
    razorpay_gateway.refund(paid, rupees("60.00"), "refund-key-1")

    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.refund(paid, rupees("30.00"), "refund-key-1")


@pytest.mark.parametrize(("won", "expected"), [(True, []), (False, [Decimal(40)])])
def test_only_a_lost_dispute_takes_money(
    razorpay_server: RazorpayServer,
    razorpay_gateway: RazorpayGateway,
    paid: PaymentRef,
    won: bool,
    expected: list[Decimal],
) -> None:
    """While it is open, nothing is deducted."""
    taken = razorpay_gateway.fetch(paid).entries[0].provider_ref
    dispute = razorpay_server.dispute(taken, 4000)

    def lost() -> list[Decimal]:
        return [entry.amount for entry in razorpay_gateway.fetch(paid).entries if entry.kind.value == "chargeback"]

    assert lost() == []
    razorpay_server.close_dispute(dispute["id"], won=won)
    assert lost() == expected
