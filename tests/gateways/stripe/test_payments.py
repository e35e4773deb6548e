"""Starting, asking, capturing and letting go at Stripe."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.stripe import StripeGateway
from tradepost.payments.interface import (
    Price,
    Rejected,
    Result,
    StartRequest,
    Status,
)

from ..conftest import entries, ref, request_for


def authorise(server: StripeServer, gateway: StripeGateway, amount: str = "250.00") -> tuple[StartRequest, Result]:
    """A payment whose money is held, not taken."""
    request = request_for(amount, capture=False)
    result = gateway.start(request)
    server.confirm(result.provider_ref)
    return request, result


def test_a_start_gives_the_browser_what_it_needs(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """The client secret and the publishable key; nothing is charged yet."""
    request = request_for("20.00", description="Order 1001", metadata={"order": "1001"})

    result = stripe_gateway.start(request)

    intent = stripe_server.books.intents[result.provider_ref]
    assert result.status is Status.REQUIRES_ACTION
    assert result.next_action is not None
    assert result.next_action.kind == "sdk"
    assert result.next_action.client_data == {
        "publishable_key": "pk_test_fake",
        "client_secret": intent["client_secret"],
    }
    assert intent["metadata"] == {"reference": request.reference, "order": "1001"}
    assert (intent["capture_method"], intent["description"]) == ("automatic", "Order 1001")
    assert result.entries == []
    assert intent["client_secret"] not in repr(result.raw)


def test_a_paid_payment_has_one_capture(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Booked under the charge's id."""
    request = request_for("20.00")
    result = stripe_gateway.start(request)
    stripe_server.confirm(result.provider_ref)

    paid = stripe_gateway.fetch(ref(request, result))

    assert (paid.status, paid.reference, paid.next_action) == (Status.CAPTURED, request.reference, None)
    assert entries(paid) == [("capture", Decimal("20.00"), "succeeded")]
    assert paid.entries[0].provider_ref == stripe_server.books.intents[result.provider_ref]["latest_charge"]


def test_the_browsers_word_is_not_believed(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Whatever the return address says, Stripe is asked."""
    request = request_for("20.00")
    result = stripe_gateway.start(request)

    outcome = stripe_gateway.complete(
        ref(request, result), {"redirect_status": "succeeded", "payment_intent": "pi_other"}
    )

    assert (outcome.status, outcome.entries) == (Status.REQUIRES_ACTION, [])


@pytest.mark.parametrize(
    ("method", "error_code"),
    [
        ("pm_card_visa_chargeDeclined", "declined"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "declined"),
    ],
)
def test_a_decline_is_a_result(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, method: str, error_code: str
) -> None:
    """402 while confirming at once: failed, with the id of what was made, and no money."""
    request = request_for("20.00", client_input={"payment_method": method})

    result = stripe_gateway.start(request)

    assert (result.status, result.error_code, result.entries) == (Status.FAILED, error_code, [])
    assert result.provider_ref == "pi_1"
    assert stripe_server.sums() == {request.reference: Sums(payments=1)}


def test_a_declined_card_in_the_browser_may_be_followed_by_another(
    stripe_server: StripeServer, stripe_gateway: StripeGateway
) -> None:
    """The same PaymentIntent fails, and then succeeds."""
    request = request_for("20.00")
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref, "pm_card_visa_chargeDeclined")
    declined = stripe_gateway.fetch(payment)
    stripe_server.confirm(payment.provider_ref)
    paid = stripe_gateway.fetch(payment)

    assert (declined.status, declined.error_code, declined.entries) == (Status.FAILED, "declined", [])
    assert (paid.status, paid.error_code) == (Status.CAPTURED, "")
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}


def test_a_declined_card_holds_nothing(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """The charge that Stripe keeps of a decline is not an authorisation."""
    request = request_for(capture=False)
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref, "pm_card_visa_chargeDeclined")
    declined = stripe_gateway.fetch(payment)
    cancelled = stripe_gateway.cancel(payment, "cancel-1")

    assert (declined.status, declined.entries) == (Status.FAILED, [])
    assert (cancelled.status, cancelled.entries) == (Status.CANCELLED, [])


def test_a_payment_method_is_confirmed_at_once(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """For clients that have collected the card before; a wallet's page is not possible without a return address."""
    result = stripe_gateway.start(request_for(client_input={"payment_method": "pm_card_visa"}, return_url=""))

    assert result.status is Status.CAPTURED
    assert entries(result) == [("capture", Decimal("20.00"), "succeeded")]
    asked = stripe_server.called("/v1/payment_intents")[0]
    assert asked["automatic_payment_methods[enabled]"] == "true"
    assert asked["automatic_payment_methods[allow_redirects]"] == "never"


def test_a_second_proof_sends_the_customer_to_the_bank(
    stripe_server: StripeServer, stripe_gateway: StripeGateway
) -> None:
    """3-D Secure with a redirect; passed, it is paid."""
    request = request_for(client_input={"payment_method": "pm_card_authenticationRequired"})

    result = stripe_gateway.start(request)
    stripe_server.authenticate(result.provider_ref)

    assert (result.status, result.entries) == (Status.REQUIRES_ACTION, [])
    assert result.next_action is not None
    assert (result.next_action.kind, result.next_action.url) == (
        "redirect",
        f"https://hooks.stripe.test/authenticate/{result.provider_ref}",
    )
    assert stripe_gateway.fetch(ref(request, result)).status is Status.CAPTURED


def test_a_second_proof_in_the_page_is_the_scripts(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Without a redirect Stripe's script asks, by the client secret; not passed, it has failed."""
    request = request_for()
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref, "pm_card_authenticationRequired")
    asked = stripe_gateway.fetch(payment)
    stripe_server.authenticate(payment.provider_ref, passed=False)
    failed = stripe_gateway.fetch(payment)

    assert asked.status is Status.REQUIRES_ACTION
    assert asked.next_action is not None
    assert asked.next_action.kind == "sdk"
    assert (failed.status, failed.error_code, failed.entries) == (Status.FAILED, "authentication_failed", [])


@pytest.mark.parametrize(("paid", "status"), [(True, Status.CAPTURED), (False, Status.FAILED)])
def test_a_bank_debit_is_pending_for_days(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, paid: bool, status: Status
) -> None:
    """Nothing is booked before it comes through."""
    request = request_for()
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref, "pm_usBankAccount")
    pending = stripe_gateway.fetch(payment)
    stripe_server.finish(payment.provider_ref, paid=paid)

    assert (pending.status, pending.entries) == (Status.PENDING, [])
    assert stripe_gateway.fetch(payment).status is status


def test_a_part_is_captured_and_the_rest_is_a_void(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Stripe lists the rest as a refund; the ledger must not, for it was never taken."""
    request, result = authorise(stripe_server, stripe_gateway)
    payment = ref(request, result)
    held = stripe_gateway.fetch(payment)

    taken = stripe_gateway.capture(payment, Price(Decimal("200.00"), "EUR"), "capture-1")

    assert entries(held) == [("authorise", Decimal("250.00"), "succeeded")]
    expected = [
        ("authorise", Decimal("250.00"), "succeeded"),
        ("void", Decimal("50.00"), "succeeded"),
        ("capture", Decimal("200.00"), "succeeded"),
    ]
    assert entries(taken) == entries(stripe_gateway.fetch(payment)) == expected
    assert taken.entries[2].key == stripe_gateway.fetch(payment).entries[2].key == "capture-1"
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=20000)}


def test_a_refund_as_large_as_the_rest_is_still_a_refund(
    stripe_server: StripeServer, stripe_gateway: StripeGateway
) -> None:
    """Of 250 authorised 200 are taken, 50 let go; then 50 are refunded by us, and 50 more in the dashboard."""
    request, result = authorise(stripe_server, stripe_gateway)
    payment = ref(request, result)
    stripe_gateway.capture(payment, Price(Decimal("200.00"), "EUR"), "capture-1")
    stripe_gateway.refund(payment, Price(Decimal("50.00"), "EUR"), "refund-1")
    stripe_server.refund_in_dashboard(payment.provider_ref, 5000)

    outcome = stripe_gateway.fetch(payment)

    assert entries(outcome)[1] == ("void", Decimal("50.00"), "succeeded")
    assert entries(outcome)[3:] == [("refund", Decimal("50.00"), "succeeded")] * 2
    assert [entry.key for entry in outcome.entries[3:]] == ["refund-1", ""]
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=20000, refunded=10000)}


def test_a_second_capture_is_rejected(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Stripe captures once."""
    request, result = authorise(stripe_server, stripe_gateway)
    payment = ref(request, result)
    stripe_gateway.capture(payment, Price(Decimal("200.00"), "EUR"), "capture-1")

    with pytest.raises(Rejected) as refused:
        stripe_gateway.capture(payment, Price(Decimal("50.00"), "EUR"), "capture-2")

    assert refused.value.code == "payment_intent_unexpected_state"
    assert stripe_server.sums()[request.reference].captured == 20000


def test_a_cancelled_authorisation_is_a_void(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Answer and later question agree; the void has the key that asked for it."""
    request, result = authorise(stripe_server, stripe_gateway)
    payment = ref(request, result)

    cancelled = stripe_gateway.cancel(payment, "cancel-1")

    expected = [("authorise", Decimal("250.00"), "succeeded"), ("void", Decimal("250.00"), "succeeded")]
    assert (cancelled.status, cancelled.error_code) == (Status.CANCELLED, "")
    assert entries(cancelled) == entries(stripe_gateway.fetch(payment)) == expected
    assert [entry.key for entry in cancelled.entries] == ["", "cancel-1"]


def test_a_lapsed_authorisation_is_a_void(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """After seven days Stripe lets it go by itself."""
    request, result = authorise(stripe_server, stripe_gateway)
    stripe_server.lapse(result.provider_ref)

    outcome = stripe_gateway.fetch(ref(request, result))

    assert (outcome.status, outcome.error_code) == (Status.CANCELLED, "expired")
    assert entries(outcome)[1:] == [("void", Decimal("250.00"), "succeeded")]


def test_an_unpaid_payment_is_cancelled_without_a_trace_of_money(
    stripe_server: StripeServer, stripe_gateway: StripeGateway
) -> None:
    """Even after a decline; then nobody can pay it any more."""
    request = request_for()
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref, "pm_card_visa_chargeDeclined")

    cancelled = stripe_gateway.cancel(payment, "cancel-1")

    assert (cancelled.status, cancelled.entries) == (Status.CANCELLED, [])
    assert stripe_server.books.intents[payment.provider_ref]["status"] == "canceled"


def test_a_paid_payment_is_not_cancelled(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """It is rejected; the money stays taken."""
    request = request_for()
    payment = ref(request, stripe_gateway.start(request))
    stripe_server.confirm(payment.provider_ref)

    with pytest.raises(Rejected):
        stripe_gateway.cancel(payment, "cancel-1")

    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}
