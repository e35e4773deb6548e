"""Faults on the way to Stripe, and their consequences for money."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.stripe import StripeGateway
from tradepost.payments.interface import (
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Result,
    Status,
)

from ..conftest import ref, request_for

INTENTS = "/v1/payment_intents"
CARD = {"payment_method": "pm_card_visa"}


def test_the_same_key_charges_once(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """The second answer is the first."""
    request = request_for(client_input=CARD)

    first, second = stripe_gateway.start(request), stripe_gateway.start(request)

    assert first == second
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}


@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
def test_a_lost_answer_is_unknown_and_its_key_tells_it_again(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, fault: str
) -> None:
    """Money was taken, which nobody says; the same call again says it, and takes nothing more."""
    request = request_for(client_input=CARD)
    stripe_server.fault(fault, path=INTENTS)

    with pytest.raises(OutcomeUnknown):
        stripe_gateway.start(request)
    again = stripe_gateway.start(request)

    assert again.status is Status.CAPTURED
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}


def test_a_lost_start_is_found_by_our_reference(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Without its id; what isn't found stays unknown, because Stripe's search lags."""
    request = request_for(client_input=CARD)
    stripe_server.fault("drop_after", path=INTENTS)
    with pytest.raises(OutcomeUnknown):
        stripe_gateway.start(request)

    result = stripe_gateway.fetch(ref(request))

    assert (result.status, result.provider_ref, result.reference) == (Status.CAPTURED, "pi_1", request.reference)
    with pytest.raises(OutcomeUnknown):
        stripe_gateway.fetch(ref(request_for()))


@pytest.mark.parametrize("fault", ["drop_before", "error_500", "error_429", "html", "latency"])
def test_no_answer_that_can_be_read_is_unknown(
    stripe_server: StripeServer, make_stripe: Callable[..., StripeGateway], fault: str
) -> None:
    """Even where nothing happened: from here that can't be known."""
    stripe_server.fault(fault, path=INTENTS, seconds=1.5 if fault == "latency" else 0)

    with pytest.raises(OutcomeUnknown):
        make_stripe(timeout=(1, 1)).start(request_for())


def test_the_sdk_repeats_a_lost_call_under_its_key(
    stripe_server: StripeServer, make_stripe: Callable[..., StripeGateway]
) -> None:
    """As a shop is set up by default: one charge, and an answer."""
    request = request_for(client_input=CARD)
    stripe_server.fault("drop_after", path=INTENTS)

    result = make_stripe(retries=1).start(request)

    assert result.status is Status.CAPTURED
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}


def test_a_key_for_another_amount_is_unknown(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Stripe refuses; what the first call under the key did is not said, so it isn't called nothing."""
    request = request_for(client_input=CARD)
    stripe_gateway.start(request)

    with pytest.raises(OutcomeUnknown):
        stripe_gateway.start(replace(request, price=Price(Decimal("30.00"), "EUR")))

    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}


def test_two_calls_at_once_charge_once(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """One is answered, the other is told to wait, or gets the same answer."""
    request = request_for(client_input=CARD)
    entries: list[Result | GatewayError] = []
    ready = threading.Barrier(4)

    def pay() -> None:
        ready.wait()
        try:
            entries.append(stripe_gateway.start(request))
        except GatewayError as error:
            entries.append(error)

    threads = [threading.Thread(target=pay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    results = [answer for answer in entries if isinstance(answer, Result)]
    assert results
    assert all(isinstance(answer, Result | OutcomeUnknown) for answer in entries)
    assert stripe_server.sums() == {request.reference: Sums(payments=1, captured=2000)}


def test_a_wrong_key_is_told_to_staff(stripe_server: StripeServer, make_stripe: Callable[..., StripeGateway]) -> None:
    """401; nothing happened, and the key isn't shown."""
    gateway = make_stripe(secret_key="sk_test_that_is_wrong")

    with pytest.raises(Misconfigured) as refused:
        gateway.start(request_for())

    assert "sk_test_that_is_wrong" not in str(refused.value) + repr(gateway)
    assert stripe_server.sums() == {}


def test_a_missing_key_is_told_to_staff(make_stripe: Callable[..., StripeGateway]) -> None:
    """By the system check, before anybody pays; a call says so, too."""
    gateway = make_stripe(secret_key="")

    assert "secret_key" in gateway.problem()
    assert "webhook_secrets" in make_stripe(webhook_secrets=[]).advice()
    assert make_stripe().problem() == ""
    with pytest.raises(Misconfigured):
        gateway.start(request_for())


@pytest.mark.parametrize("call", ["capture", "cancel", "refund"])
def test_a_lost_answer_to_a_later_call_is_told_again_by_its_key(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, call: str
) -> None:
    """Captures, voids and refunds are made once, too."""
    request = request_for(capture=call == "refund", client_input=CARD)
    payment, part = ref(request, stripe_gateway.start(request)), Price(Decimal("12.00"), "EUR")
    calls: dict[str, Callable[[], object]] = {
        "capture": lambda: stripe_gateway.capture(payment, part, "key-1"),
        "cancel": lambda: stripe_gateway.cancel(payment, "key-1"),
        "refund": lambda: stripe_gateway.refund(payment, part, "key-1"),
    }
    stripe_server.fault("drop_after")

    with pytest.raises(OutcomeUnknown):
        calls[call]()
    calls[call]()

    expected = {
        "capture": Sums(payments=1, captured=1200),
        "cancel": Sums(payments=1),
        "refund": Sums(payments=1, captured=2000, refunded=1200),
    }
    assert stripe_server.sums() == {request.reference: expected[call]}


def test_an_error_shows_no_answer_of_stripes(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Answers hold client secrets; neither message nor chain of an error repeats one."""
    request = request_for()
    stripe_server.fault("truncated", path=INTENTS)

    with pytest.raises(OutcomeUnknown) as lost:
        stripe_gateway.start(request)

    secret = stripe_server.books.intents["pi_1"]["client_secret"]
    assert secret[:10] not in str(lost.value)
    assert lost.value.__suppress_context__


def test_an_answer_of_another_shape_is_unknown(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 with something else in it: money may have moved."""
    monkeypatch.setattr(stripe_server.books, "create_intent", lambda params: {"object": "surprise"})

    with pytest.raises(OutcomeUnknown):
        stripe_gateway.start(request_for())


def test_a_payment_that_stripe_does_not_have_is_told_to_staff(stripe_gateway: StripeGateway) -> None:
    """Stripe deletes none, so the keys are another account's; the payment isn't called failed for that."""
    payment = PaymentRef(reference="reference-x", provider_ref="pi_999", price=Price(Decimal("20.00"), "EUR"))

    with pytest.raises(Misconfigured, match="No such payment_intent"):
        stripe_gateway.fetch(payment)


def test_a_payment_method_that_stripe_does_not_have_is_rejected(
    stripe_server: StripeServer, stripe_gateway: StripeGateway
) -> None:
    """That comes from the customer's form."""
    with pytest.raises(Rejected):
        stripe_gateway.start(request_for(client_input={"payment_method": "pm_made_up"}))

    assert stripe_server.sums() == {}
