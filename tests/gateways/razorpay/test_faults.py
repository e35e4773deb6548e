"""Faults on the way to Razorpay, and their consequences for money."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.razorpay_server import RazorpayServer
from tradepost.gateways.razorpay import RazorpayGateway
from tradepost.payments.interface import (
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Status,
)

from ..conftest import ref, request_for

ORDERS = "/v1/orders"
SILENT = ["drop_before", "error_500", "error_429", "html", "latency"]


@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
def test_a_lost_start_is_found_by_our_reference(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, fault: str
) -> None:
    """Razorpay has no keys for orders: the start again, or a question without the id, finds the one that was made."""
    request = request_for("200.00", "INR")
    razorpay_server.fault(fault, path=ORDERS, method="POST")
    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.start(request)

    again, asked = razorpay_gateway.start(request), razorpay_gateway.fetch(ref(request))

    assert again.provider_ref == asked.provider_ref == "order_1"
    assert razorpay_server.sums() == {request.reference: Sums(payments=1)}
    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.fetch(ref(request_for("200.00", "INR")))


@pytest.mark.parametrize("fault", SILENT)
def test_no_answer_that_can_be_read_is_unknown(
    razorpay_server: RazorpayServer, make_razorpay: Callable[..., RazorpayGateway], fault: str, capsys: Any
) -> None:
    """Even where nothing happened: from here that can't be known. The SDK prints nothing of it."""
    razorpay_server.fault(fault, path=ORDERS, method="POST", seconds=0.6 if fault == "latency" else 0)

    with pytest.raises(OutcomeUnknown):
        make_razorpay(timeout=(0.3, 0.3)).start(request_for("200.00", "INR"))

    assert capsys.readouterr().out == ""


def test_a_wrong_key_is_told_to_staff(
    razorpay_server: RazorpayServer, make_razorpay: Callable[..., RazorpayGateway]
) -> None:
    """401; nothing happened, and the key isn't shown."""
    gateway = make_razorpay(key_secret="a-secret-that-is-wrong")

    with pytest.raises(Misconfigured) as refused:
        gateway.start(request_for("200.00", "INR"))

    assert "a-secret-that-is-wrong" not in str(refused.value) + repr(gateway) + repr(vars(gateway)["_api"])
    assert razorpay_server.sums() == {}


def test_a_missing_key_is_told_to_staff(make_razorpay: Callable[..., RazorpayGateway]) -> None:
    """By the system check, before anybody pays."""
    assert "key_secret" in make_razorpay(key_secret="").problem()
    assert "key_id" in make_razorpay(key_id="").problem()
    assert "webhook_secrets" in make_razorpay(webhook_secrets=[]).advice()
    assert (make_razorpay().problem(), make_razorpay().advice()) == ("", "")


def test_an_order_that_razorpay_does_not_have_is_told_to_staff(razorpay_gateway: RazorpayGateway) -> None:
    """It deletes none, so the keys are another account's; the payment isn't called failed for that."""
    payment = PaymentRef(reference="reference-x", provider_ref="order_999", price=Price(Decimal(20), "INR"))

    with pytest.raises(Misconfigured, match="does not exist"):
        razorpay_gateway.fetch(payment)


def test_a_wrong_address_is_told_to_staff(
    razorpay_server: RazorpayServer, make_razorpay: Callable[..., RazorpayGateway]
) -> None:
    """Something answers there, but it isn't the API."""
    with pytest.raises(Misconfigured):
        make_razorpay(base_url=razorpay_server.url + "/elsewhere").start(request_for("200.00", "INR"))


def held(server: RazorpayServer, gateway: RazorpayGateway, amount: str = "200.00") -> PaymentRef:
    """A payment that is authorised."""
    request = request_for(amount, "INR", capture=False)
    payment = ref(request, gateway.start(request))
    server.pay(payment.provider_ref)
    return payment


@pytest.mark.parametrize("path", ["/v1/payments/pay_2/capture", "/v1/orders/order_1/payments"])
@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
def test_a_lost_capture_is_told_again_under_its_key(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, fault: str, path: str
) -> None:
    """Lost on the way, before or after: asked again or looked at, it is the capture that was asked for, once."""
    payment, price = held(razorpay_server, razorpay_gateway), Price(Decimal(200), "INR")
    razorpay_server.fault(fault, path=path)

    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.capture(payment, price, "capture-1")
    again = razorpay_gateway.capture(payment, price, "capture-1")

    assert (again.status, again.entries[1].key) == (Status.CAPTURED, "capture-1")
    assert razorpay_gateway.fetch(payment) == again
    assert razorpay_server.sums()[payment.reference] == Sums(payments=1, captured=20000)


def test_a_capture_is_unknown_where_only_its_sight_is_refused(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken, and then the keys are withdrawn: the capture must not be called refused."""
    payment = held(razorpay_server, razorpay_gateway)
    capture = razorpay_server.books.capture_payment

    def capture_and_shut(*args: Any) -> Any:
        done = capture(*args)
        razorpay_server.key_secret = "another"
        return done

    monkeypatch.setattr(razorpay_server.books, "capture_payment", capture_and_shut)

    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.capture(payment, Price(Decimal(200), "INR"), "capture-1")


@pytest.mark.parametrize("fault", ["drop_after", "truncated", "html"])
def test_a_lost_refund_is_made_once(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, fault: str
) -> None:
    """The same key again gives the refund; it is found by the key, too, if it was made."""
    request = request_for("200.00", "INR")
    payment, part = ref(request, razorpay_gateway.start(request)), Price(Decimal(12), "INR")
    razorpay_server.pay(payment.provider_ref)
    razorpay_server.fault(fault, path=".*/refund")

    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.refund(payment, part, "refund-key-1")
    result = razorpay_gateway.find_refund(payment, "refund-key-1", part)
    again = razorpay_gateway.refund(payment, part, "refund-key-1")

    assert (result is None) == (fault == "html")
    assert result is None or result.provider_ref == again.provider_ref
    assert razorpay_server.sums()[payment.reference] == Sums(payments=1, captured=20000, refunded=1200)


def test_parallel_captures_take_the_money_once(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway
) -> None:
    """Each has amounts and headers of its own, whatever the SDK shares between threads."""
    payments = [held(razorpay_server, razorpay_gateway, amount) for amount in ("100", "200", "300")]
    entries: list[object] = []
    ready = threading.Barrier(6)

    def take(payment: PaymentRef, key: str) -> None:
        ready.wait()
        try:
            entries.append(razorpay_gateway.capture(payment, payment.price, key))
        except GatewayError as error:
            entries.append(error)

    threads = [threading.Thread(target=take, args=(entry, key)) for entry in payments for key in ("key-1", "key-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(entries) == 6
    assert [answer for answer in entries if isinstance(answer, GatewayError) and not isinstance(answer, Rejected)] == []
    assert [sums.captured for sums in razorpay_server.sums().values()] == [10000, 20000, 30000]


def test_an_answer_of_another_shape_is_unknown(
    razorpay_server: RazorpayServer, razorpay_gateway: RazorpayGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 with something else in it: something may have happened."""
    monkeypatch.setattr(razorpay_server.books, "create_order", lambda params: {"object": "surprise"})

    with pytest.raises(OutcomeUnknown):
        razorpay_gateway.start(request_for("200.00", "INR"))
