"""Money, statuses, captures and refunds at PayPal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.paypal_server import PayPalServer
from tradepost.gateways.paypal import PayPalGateway
from tradepost.payments.interface import (
    EntryState,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Result,
    Status,
)

from ..conftest import entries, ref, request_for


def euros(amount: str) -> Price:
    return Price(Decimal(amount), "EUR")


def begun(gateway: PayPalGateway, amount: str = "200.00", **values: Any) -> PaymentRef:
    """An order that waits for the customer."""
    request = request_for(amount, **values)
    return ref(request, gateway.start(request))


def paid(server: PayPalServer, gateway: PayPalGateway, amount: str = "100.00", **values: Any) -> PaymentRef:
    """A payment that was approved and taken, or authorised."""
    payment = begun(gateway, amount, **values)
    server.approve(payment.provider_ref)
    gateway.complete(payment, {"token": payment.provider_ref, "PayerID": "BUYER"})
    return payment


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "value"),
    [
        ("19.99", "EUR", "19.99"),
        ("20", "USD", "20.00"),
        ("0.1", "GBP", "0.10"),
        ("3000.00", "HUF", "3000"),
        ("3000", "JPY", "3000"),
        ("1000000.00", "USD", "1000000.00"),
    ],
)
def test_an_amount_is_sent_as_paypal_writes_it(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, amount: str, currency: str, value: str
) -> None:
    """As a text in major units, and read back by the same."""
    result = paypal_gateway.start(request_for(amount, currency))

    unit = paypal_server.books.orders[result.provider_ref]["purchase_units"][0]
    assert unit["amount"] == {"currency_code": currency, "value": value}
    assert (result.amount, result.currency) == (Decimal(amount), currency)
    assert paypal_gateway.unavailable(Price(Decimal(amount), currency)) == ""


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("19.995", "EUR"), ("0.5", "JPY"), ("10.50", "HUF"), ("10.50", "TWD"), ("20", "KES"), ("20", "KWD")],
)
def test_an_amount_that_does_not_fit_is_not_on_offer(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, amount: str, currency: str
) -> None:
    """The method isn't offered, a start is refused, and nothing reaches PayPal."""
    assert paypal_gateway.unavailable(Price(Decimal(amount), currency))

    with pytest.raises(Rejected):
        paypal_gateway.start(request_for(amount, currency))

    assert paypal_server.requests == []


# --- starting and statuses --------------------------------------------------------------------------------------------


def test_a_start_sends_the_customer_to_paypal(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """And back to the shop; the order holds our reference."""
    request = request_for("20.00", description="Order 1001")

    result = paypal_gateway.start(request)

    order = paypal_server.books.orders[result.provider_ref]
    sent = paypal_server.requests[-1].json
    context = sent["payment_source"]["paypal"]["experience_context"]
    assert (result.status, result.entries) == (Status.REQUIRES_ACTION, [])
    assert result.next_action is not None
    assert (result.next_action.kind, result.next_action.url) == ("redirect", order["links"][0]["href"])
    assert order["purchase_units"][0]["custom_id"] == request.reference
    assert (sent["intent"], context["return_url"], context["cancel_url"]) == (
        "CAPTURE",
        "https://shop.example/return/",
        "https://shop.example/return/",
    )


def test_what_is_approved_is_taken_once(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Approved is not paid: whoever asks first captures, and asking again adds nothing."""
    payment = begun(paypal_gateway)
    assert paypal_gateway.fetch(payment).status is Status.REQUIRES_ACTION
    paypal_server.approve(payment.provider_ref)

    first, second = paypal_gateway.complete(payment, {}), paypal_gateway.fetch(payment)

    assert first == second
    assert entries(first) == [("capture", Decimal("200.00"), "succeeded")]
    assert (first.status, first.reference, first.next_action) == (Status.CAPTURED, payment.reference, None)
    assert paypal_server.sums() == {payment.reference: Sums(payments=1, captured=Decimal("200.00"))}


def test_the_browsers_word_is_not_believed(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Whatever the return address says, the payment's own order is asked for."""
    dear, cheap = begun(paypal_gateway, "5000.00"), begun(paypal_gateway, "1.00")
    paypal_server.approve(cheap.provider_ref)

    result = paypal_gateway.complete(dear, {"token": cheap.provider_ref, "PayerID": "BUYER"})

    assert result.status is Status.REQUIRES_ACTION
    assert set(paypal_server.sums().values()) == {Sums(payments=1)}


@pytest.mark.parametrize("stays_approved", [False, True])
def test_a_declined_instrument_sends_the_customer_back(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, stays_approved: bool
) -> None:
    """To PayPal, where another one is chosen; then it is taken. Whether PayPal takes the approval back, is all the same."""
    payment = begun(paypal_gateway)
    paypal_server.approve(payment.provider_ref)
    paypal_server.books.instrument = "declined"
    declined = paypal_gateway.complete(payment, {})
    if stays_approved:
        paypal_server.books.orders[payment.provider_ref]["status"] = "APPROVED"
        declined = paypal_gateway.fetch(payment)

    assert (declined.status, declined.error_code, declined.entries) == (Status.REQUIRES_ACTION, "declined", [])
    assert declined.next_action is not None
    paypal_server.books.instrument = "good"
    paypal_server.approve(payment.provider_ref)
    assert paypal_gateway.fetch(payment).status is Status.CAPTURED


def test_what_paypal_will_not_take_has_failed_for_good(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway
) -> None:
    """It is kept from being taken later, when the customer has paid in another way."""
    payment = begun(paypal_gateway)
    paypal_server.approve(payment.provider_ref)
    paypal_server.books.instrument = "restricted"

    result = paypal_gateway.fetch(payment)

    assert (result.status, result.error_code) == (Status.FAILED, "payee_account_restricted")
    paypal_server.books.instrument = "good"
    later = replace(payment, state=result.state)
    assert paypal_gateway.fetch(later).status is Status.CANCELLED
    assert paypal_server.sums() == {payment.reference: Sums(payments=1)}


@pytest.mark.parametrize(("good", "status"), [(True, Status.CAPTURED), (False, Status.FAILED)])
def test_a_capture_under_review_is_awaited(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, good: bool, status: Status
) -> None:
    """It isn't money yet, and may never be."""
    paypal_server.books.instrument = "review"
    payment = paid(paypal_server, paypal_gateway)
    [waiting] = paypal_gateway.fetch(payment).entries
    assert (waiting.state, paypal_gateway.fetch(payment).status) == (EntryState.PENDING, Status.PENDING)

    paypal_server.finish(waiting.provider_ref, paid=good)

    result = paypal_gateway.fetch(payment)
    assert result.status is status
    assert [entry.provider_ref for entry in result.entries] == [waiting.provider_ref]


def test_an_order_that_nobody_approved_expires(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """PayPal doesn't know it any more."""
    payment = begun(paypal_gateway)
    paypal_server.forget(payment.provider_ref)

    result = paypal_gateway.fetch(payment)

    assert (result.status, result.error_code, result.entries) == (Status.CANCELLED, "expired", ())


def test_what_was_cancelled_here_is_never_taken(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Even if the customer approves it in another tab after that."""
    payment = begun(paypal_gateway)
    cancelled = paypal_gateway.cancel(payment, "cancel-1")
    paypal_server.approve(payment.provider_ref)

    later = replace(payment, state={**payment.state, **cancelled.state})

    assert cancelled.status is Status.CANCELLED
    assert paypal_gateway.fetch(later).status is Status.CANCELLED
    assert paypal_server.sums() == {payment.reference: Sums(payments=1)}


def test_what_was_taken_is_not_cancelled(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """That would be a refund."""
    payment = paid(paypal_server, paypal_gateway)

    with pytest.raises(Rejected):
        paypal_gateway.cancel(payment, "cancel-1")


# --- capture of what was authorised -----------------------------------------------------------------------------------


def test_parts_are_captured_until_one_is_final(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """50, then 70 of 200, and the rest is let go; each entry bears our key."""
    payment = paid(paypal_server, paypal_gateway, "200.00", capture=False)
    assert paypal_gateway.fetch(payment).status is Status.AUTHORISED

    paypal_gateway.capture(payment, euros("50.00"), "capture-1", final=False)
    assert paypal_server.sums()[payment.reference].authorised == Decimal(150)
    result = paypal_gateway.capture(payment, euros("70.00"), "capture-2")

    assert entries(result) == [
        ("authorise", Decimal("200.00"), "succeeded"),
        ("void", Decimal("80.00"), "succeeded"),
        ("capture", Decimal("50.00"), "succeeded"),
        ("capture", Decimal("70.00"), "succeeded"),
    ]
    assert [entry.key for entry in result.entries] == ["", "", "capture-1", "capture-2"]
    assert paypal_gateway.capture(payment, euros("70.00"), "capture-2") == result
    assert paypal_server.sums()[payment.reference] == Sums(payments=1, captured=Decimal(120))


def test_an_authorisation_that_lapses_is_void(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """After 29 days."""
    payment = paid(paypal_server, paypal_gateway, capture=False)
    held = paypal_gateway.fetch(payment).entries[0].provider_ref
    paypal_server.lapse(held)

    result = paypal_gateway.fetch(payment)

    assert result.status is Status.CANCELLED
    assert [(kind, amount) for kind, amount, _ in entries(result)] == [("authorise", 100), ("void", 100)]
    with pytest.raises(Rejected):
        paypal_gateway.capture(payment, euros("100.00"), "capture-1")


# --- refunds and disputes ---------------------------------------------------------------------------------------------


def refunds(result: Result) -> list[tuple[Decimal, str, str]]:
    """Amount, state and key of each refund."""
    return [(e.amount, e.state.value, e.key) for e in result.entries if e.kind.value == "refund"]


def test_parts_are_refunded_up_to_the_whole(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """60 and 40 of 100; 0.50 more is rejected; the staff's reason isn't told to the customer."""
    payment = paid(paypal_server, paypal_gateway)
    first = paypal_gateway.refund(payment, euros("60.00"), "refund-1", reason="A difficult customer.")
    paypal_gateway.refund(payment, euros("40.00"), "refund-2")

    with pytest.raises(Rejected):
        paypal_gateway.refund(payment, euros("0.50"), "refund-3")

    assert (first.state, first.price) == (EntryState.SUCCEEDED, euros("60.00"))
    assert refunds(paypal_gateway.fetch(payment)) == [
        (Decimal(60), "succeeded", "refund-1"),
        (Decimal(40), "succeeded", "refund-2"),
    ]
    assert paypal_server.sums()[payment.reference].refunded == Decimal(100)
    assert "difficult" not in json.dumps([call.body.decode() for call in paypal_server.requests])


def test_a_refund_goes_over_several_captures(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """At PayPal each is of one capture; the same key again gives the same parts, and more than is left is refused."""
    payment = paid(paypal_server, paypal_gateway, "200.00", capture=False)
    paypal_gateway.capture(payment, euros("50.00"), "capture-1", final=False)
    paypal_gateway.capture(payment, euros("70.00"), "capture-2")

    with pytest.raises(Rejected, match="At most 120"):
        paypal_gateway.refund(payment, euros("120.01"), "refund-1")
    result = paypal_gateway.refund(payment, euros("100.00"), "refund-2")
    again = paypal_gateway.refund(payment, euros("100.00"), "refund-2")

    assert result == again == paypal_gateway.find_refund(payment, "refund-2", euros("100.00"))
    assert [result.price, *(part.price for part in result.more)] == [euros("70.00"), euros("30.00")]
    assert paypal_gateway.refund(payment, euros("20.00"), "refund-3").more == []
    assert paypal_server.sums()[payment.reference].refunded == Decimal(120)


def test_a_refund_of_which_a_part_was_lost_is_finished(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway
) -> None:
    """The part that was made counts, whether its answer came or not."""
    payment = paid(paypal_server, paypal_gateway, "200.00", capture=False)
    paypal_gateway.capture(payment, euros("50.00"), "capture-1", final=False)
    paypal_gateway.capture(payment, euros("70.00"), "capture-2")

    for fault in ("drop_after", "drop_before"):
        paypal_server.fault(fault, path="/v2/payments/captures/.*/refund")
        with pytest.raises(OutcomeUnknown):
            paypal_gateway.refund(payment, euros("120.00"), "refund-1")
        assert paypal_gateway.find_refund(payment, "refund-1", euros("120.00")) is None
    result = paypal_gateway.refund(payment, euros("120.00"), "refund-1")

    assert [result.price, *(part.price for part in result.more)] == [euros("70.00"), euros("50.00")]
    assert paypal_server.sums()[payment.reference].refunded == Decimal(120)


def test_refunds_of_the_dashboard_have_no_key(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Two alike are two."""
    payment = paid(paypal_server, paypal_gateway)
    taken = paypal_gateway.fetch(payment).entries[0].provider_ref
    paypal_server.refund_in_dashboard(taken, "20.00")
    paypal_server.refund_in_dashboard(taken, "20.00")

    assert refunds(paypal_gateway.fetch(payment)) == [(Decimal(20), "succeeded", ""), (Decimal(20), "succeeded", "")]


def test_a_refund_that_is_pending_may_fail(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Then the amount can be refunded again."""
    payment = paid(paypal_server, paypal_gateway)
    paypal_server.books.refund_status = "PENDING"
    result = paypal_gateway.refund(payment, euros("100.00"), "refund-1")
    assert result.state is EntryState.PENDING

    paypal_server.finish_refund(result.provider_ref, fail=True)

    assert paypal_gateway.fetch_refund(payment, result.provider_ref).state is EntryState.FAILED
    assert paypal_gateway.refund(payment, euros("100.00"), "refund-2").provider_ref != result.provider_ref


@pytest.mark.parametrize(("won", "expected"), [(True, []), (False, [Decimal(40)])])
def test_only_a_lost_dispute_takes_money(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, won: bool, expected: list[Decimal]
) -> None:
    """And only where disputes are asked for."""
    payment = paid(paypal_server, paypal_gateway)
    dispute = paypal_server.dispute(paypal_gateway.fetch(payment).entries[0].provider_ref, "40.00")

    def lost() -> list[Decimal]:
        return [entry.amount for entry in paypal_gateway.fetch(payment).entries if entry.kind.value == "chargeback"]

    assert lost() == []
    paypal_server.close_dispute(dispute["dispute_id"], won=won)
    assert lost() == expected


def test_disputes_are_not_asked_for_unless_told(
    paypal_server: PayPalServer, make_paypal: Callable[..., PayPalGateway]
) -> None:
    """An app without that feature may not ask."""
    paid(paypal_server, make_paypal(disputes=False))

    assert not [call for call in paypal_server.requests if "disputes" in call.path]
