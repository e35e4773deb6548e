"""Faults on the way to PayPal, and their consequences for money."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.paypal_server import PayPalServer
from tradepost.gateways.paypal import PayPalGateway
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

ORDERS = "/v2/checkout/orders"
SILENT = ["drop_before", "error_500", "error_429", "html", "latency"]


def paid(server: PayPalServer, gateway: PayPalGateway, *, capture: bool = True) -> PaymentRef:
    """A payment of 20.00 that was taken, or authorised."""
    request = request_for("20.00", capture=capture)
    payment = ref(request, gateway.start(request))
    server.approve(payment.provider_ref)
    gateway.fetch(payment)
    return payment


@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
def test_a_lost_start_is_told_again_by_its_key(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, fault: str
) -> None:
    """One order; without its id it can't be asked for."""
    request = request_for("20.00")
    paypal_server.fault(fault, path=ORDERS)
    with pytest.raises(OutcomeUnknown):
        paypal_gateway.start(request)
    with pytest.raises(OutcomeUnknown):
        paypal_gateway.fetch(ref(request))

    again = paypal_gateway.start(request)

    assert again.status is Status.REQUIRES_ACTION
    assert paypal_server.sums() == {request.reference: Sums(payments=1)}


def test_a_key_for_another_amount_is_unknown(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """PayPal refuses; what the first call under the key did is not said."""
    request = request_for("20.00")
    paypal_gateway.start(request)

    with pytest.raises(OutcomeUnknown):
        paypal_gateway.start(replace(request, price=Price(Decimal("30.00"), "EUR")))


@pytest.mark.parametrize("fault", SILENT)
@pytest.mark.parametrize("path", [ORDERS, "/v1/oauth2/token"])
def test_no_answer_that_can_be_read_is_unknown(
    paypal_server: PayPalServer, make_paypal: Callable[..., PayPalGateway], fault: str, path: str
) -> None:
    """Even where nothing happened: from here that can't be known."""
    paypal_server.fault(fault, path=path, seconds=0.6 if fault == "latency" else 0)

    with pytest.raises(OutcomeUnknown):
        make_paypal(timeout=(0.3, 0.3)).start(request_for("20.00"))


def test_a_token_is_used_until_it_ends(paypal_server: PayPalServer, make_paypal: Callable[..., PayPalGateway]) -> None:
    """One for many calls; a short-lived one is fetched each time; a withdrawn one is replaced at once."""
    gateway = make_paypal()
    gateway.start(request_for("20.00"))
    gateway.start(request_for("20.00"))
    assert len(paypal_server.tokens) == 1

    paypal_server.expire_tokens()
    gateway.start(request_for("20.00"))
    assert len(paypal_server.tokens) == 3

    paypal_server.token_lives = 50
    brief = make_paypal()
    brief.start(request_for("20.00"))
    brief.start(request_for("20.00"))
    assert len(paypal_server.tokens) == 5


def test_threads_share_a_token(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """Five at once fetch one."""
    threads = [threading.Thread(target=paypal_gateway.start, args=(request_for("20.00"),)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(paypal_server.tokens), len(paypal_server.sums())) == (1, 5)


def test_a_wrong_key_is_told_to_staff(paypal_server: PayPalServer, make_paypal: Callable[..., PayPalGateway]) -> None:
    """401; nothing happened, and the key isn't shown."""
    gateway = make_paypal(client_secret="a-secret-that-is-wrong")

    with pytest.raises(Misconfigured) as refused:
        gateway.start(request_for("20.00"))

    assert "a-secret-that-is-wrong" not in str(refused.value) + repr(gateway) + repr(vars(gateway)["_api"])
    assert paypal_server.sums() == {}


def test_a_missing_key_is_told_to_staff(make_paypal: Callable[..., PayPalGateway]) -> None:
    """By the system check, before anybody pays."""
    assert "client_secret" in make_paypal(client_secret="").problem()
    assert "client_id" in make_paypal(client_id="").problem()
    assert "webhook_id" in make_paypal(webhook_id="").advice()
    assert (make_paypal().problem(), make_paypal().advice()) == ("", "")


@pytest.mark.parametrize("fault", ["drop_after", "truncated", "html", "error_500"])
def test_a_lost_capture_of_an_approval_takes_once(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, fault: str
) -> None:
    """Whether it was taken or not, the next question ends with one capture."""
    request = request_for("20.00")
    payment = ref(request, paypal_gateway.start(request))
    paypal_server.approve(payment.provider_ref)
    paypal_server.fault(fault, path=".*/capture")
    with pytest.raises(OutcomeUnknown):
        paypal_gateway.complete(payment, {})

    again = paypal_gateway.fetch(payment)

    assert again.status is Status.CAPTURED
    assert paypal_server.sums() == {request.reference: Sums(payments=1, captured=Decimal(20))}


@pytest.mark.parametrize("call", ["capture", "cancel", "refund"])
@pytest.mark.parametrize("fault", ["drop_after", "truncated", "html"])
def test_a_lost_answer_to_a_later_call_is_told_again_by_its_key(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, call: str, fault: str
) -> None:
    """Captures, voids and refunds are made once, too."""
    payment = paid(paypal_server, paypal_gateway, capture=call == "refund")
    part = Price(Decimal("12.00"), "EUR")
    calls: dict[str, Callable[[], object]] = {
        "capture": lambda: paypal_gateway.capture(payment, part, "key-1"),
        "cancel": lambda: paypal_gateway.cancel(payment, "key-1"),
        "refund": lambda: paypal_gateway.refund(payment, part, "key-1"),
    }
    paypal_server.fault(fault, method="POST")

    with pytest.raises(OutcomeUnknown):
        calls[call]()
    calls[call]()

    expected = {
        "capture": Sums(payments=1, captured=Decimal(12)),
        "cancel": Sums(payments=1),
        "refund": Sums(payments=1, captured=Decimal(20), refunded=Decimal(12)),
    }
    assert paypal_server.sums() == {payment.reference: expected[call]}


def test_a_refund_that_paypal_knows_but_does_not_list_is_unknown(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway
) -> None:
    """Its key was forgotten, its invoice id wasn't: it must not be called refused."""
    payment = paid(paypal_server, paypal_gateway)
    part = Price(Decimal("12.00"), "EUR")
    result = paypal_gateway.refund(payment, part, "key-1")
    paypal_server.kept.clear()
    hidden = paypal_server.books.refunds.pop(result.provider_ref)

    with pytest.raises(OutcomeUnknown):
        paypal_gateway.refund(payment, part, "key-1")

    paypal_server.books.refunds[result.provider_ref] = hidden
    assert paypal_gateway.refund(payment, part, "key-1") == result


def test_an_order_of_another_account_is_told_to_staff(paypal_gateway: PayPalGateway) -> None:
    """Where money is to be moved or looked for; a refund isn't called failed for that."""
    payment = PaymentRef(reference="reference-x", provider_ref="ORD999", price=Price(Decimal(20), "EUR"))
    price = payment.price
    calls: list[Callable[[], object]] = [
        lambda: paypal_gateway.refund(payment, price, "key-1"),
        lambda: paypal_gateway.find_refund(payment, "key-1", price),
        lambda: paypal_gateway.fetch_refund(payment, "REF999"),
        lambda: paypal_gateway.capture(payment, price, "key-1"),
    ]

    for call in calls:
        with pytest.raises(Misconfigured):
            call()


def test_two_who_ask_at_once_take_once(paypal_server: PayPalServer, paypal_gateway: PayPalGateway) -> None:
    """The browser's return, a webhook and a job, all after one approval."""
    request = request_for("20.00")
    payment = ref(request, paypal_gateway.start(request))
    paypal_server.approve(payment.provider_ref)
    entries: list[Result | GatewayError] = []
    ready = threading.Barrier(4)

    def ask() -> None:
        ready.wait()
        try:
            entries.append(paypal_gateway.fetch(payment))
        except GatewayError as error:
            entries.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {getattr(answer, "status", answer) for answer in entries} == {Status.CAPTURED}
    assert paypal_server.sums() == {request.reference: Sums(payments=1, captured=Decimal(20))}


def test_an_answer_of_another_shape_is_unknown(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """201 with something else in it: something may have happened."""
    monkeypatch.setattr(paypal_server.books, "create_order", lambda params: {"object": "surprise"})

    with pytest.raises(OutcomeUnknown):
        paypal_gateway.start(request_for("20.00"))


def test_what_paypal_refuses_is_rejected(
    paypal_server: PayPalServer, paypal_gateway: PayPalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With PayPal's own word for it."""
    monkeypatch.setattr("tradepost.gateways.paypal.money.CURRENCIES", {"KES"})

    with pytest.raises(Rejected) as refused:
        paypal_gateway.start(request_for("20.00", "KES"))

    assert refused.value.code == "CURRENCY_NOT_SUPPORTED"
    assert paypal_server.sums() == {}
