"""M-Pesa: shillings, the push, the question, callbacks that nobody signs, and what goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.mpesa_server import MpesaServer
from tradepost.core.dates import clock
from tradepost.gateways.mpesa import MpesaGateway
from tradepost.payments.interface import (
    EventKind,
    InvalidWebhook,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    StartRequest,
    Status,
    WebhookRequest,
)
from tradepost.testing.contracts import GatewayContract

from ..conftest import entries, ref, request_for

PUSH = "/mpesa/stkpush/v1/processrequest"
QUERY = "/mpesa/stkpushquery/v1/query"


@pytest.fixture
def mpesa() -> Iterator[MpesaServer]:
    """Safaricom's API with empty books."""
    with MpesaServer() as server:
        yield server  # type: ignore[misc]


def make(server: MpesaServer, **options: Any) -> MpesaGateway:
    """A gateway that talks to the fake."""
    return MpesaGateway(**{**server.books.options(), "base_url": server.url, "timeout": (1, 2), **options})


@pytest.fixture
def gateway(mpesa: MpesaServer) -> MpesaGateway:
    """The gateway as a shop would set it up."""
    return make(mpesa)


def asked(amount: str = "1500", **values: Any) -> StartRequest:
    """A start for a phone."""
    return request_for(amount, "KES", **{"phone": "0712 345 678", **values})


def shillings(amount: str) -> Price:
    return Price(Decimal(amount), "KES")


def callback(server: MpesaServer, number: int = -1) -> WebhookRequest:
    """One that M-Pesa made."""
    body, query = server.signed(server.books.events[number])
    return WebhookRequest(body=body, headers={}, query=query)


class TestContract(GatewayContract):
    price = shillings("1500")
    too_fine = shillings("1500.50")
    client_input = {"phone": "+254712345678"}
    secrets = ("consumer-key-fake", "consumer-secret-fake", "passkey-fake", "a-secret-of-the-shop")

    @pytest.fixture(autouse=True)
    def _server(self, mpesa: MpesaServer) -> None:
        self.server = mpesa

    def make_gateway(self) -> MpesaGateway:
        return make(self.server)

    def pay(self, payment: PaymentRef) -> None:
        self.server.books.pay(payment.provider_ref)

    # Safaricom signs nothing: a delivery is proven by its address, which the tests of callbacks below hold.
    test_a_delivery_is_verified = None


# --- the push ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("100", "EUR", "EUR"),
        ("100.50", "KES", "whole shillings"),
        ("250001", "KES", "from 1 to 250000"),
        ("0", "KES", "from 1"),
    ],
)
def test_what_mpesa_can_not_take_is_not_on_offer(
    gateway: MpesaGateway, amount: str, currency: str, reason: str
) -> None:
    """With the reason, before anybody is asked."""
    assert reason in gateway.unavailable(Price(Decimal(amount), currency))
    assert gateway.unavailable(shillings("250000.00")) == gateway.unavailable(shillings("1")) == ""


def test_a_start_lets_the_phone_ask_for_the_pin(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """Whole shillings, Nairobi's time, an address of its own to call back; the prompt is no payment."""
    request = asked("1500.00", metadata={"order": "ORDER-2026-1001"})

    with clock.at(datetime(2026, 11, 20, 22, 30, 5, tzinfo=UTC)):
        result = gateway.start(request)

    assert (result.status, result.provider_ref, list(result.entries)) == (Status.REQUIRES_ACTION, "ws_CO_2", [])
    assert result.next_action is not None
    assert (result.next_action.kind, "PIN" in result.next_action.message) == ("phone_prompt", True)
    [push] = mpesa.called(PUSH)
    assert {name: push[name] for name in ("Amount", "Timestamp", "PhoneNumber", "PartyB", "TransactionType")} == {
        "Amount": 1500,
        "Timestamp": "20261121013005",
        "PhoneNumber": "254712345678",
        "PartyB": "174379",
        "TransactionType": "CustomerPayBillOnline",
    }
    assert push["AccountReference"] == "ER-2026-1001"
    assert push["CallBackURL"].startswith("https://shop.example/api/v1/webhooks/mobile/?reference=")


def test_a_till_is_paid_as_one(mpesa: MpesaServer) -> None:
    """Goods are bought; the password stays that of the store."""
    make(mpesa, till="5551234").start(asked())

    [push] = mpesa.called(PUSH)
    assert (push["TransactionType"], push["PartyB"], push["BusinessShortCode"]) == (
        "CustomerBuyGoodsOnline",
        "5551234",
        "174379",
    )


@pytest.mark.parametrize(
    ("phone", "sent"),
    [("+254 712 345 678", "254712345678"), ("0110-123-456", "254110123456"), ("712345678", "254712345678")],
)
def test_a_phone_number_is_read_as_people_write_it(
    mpesa: MpesaServer, gateway: MpesaGateway, phone: str, sent: str
) -> None:
    """The form's counts before the order's."""
    gateway.start(asked(phone="0799 999 999", client_input={"phone": phone}))

    assert mpesa.called(PUSH)[0]["PhoneNumber"] == sent


@pytest.mark.parametrize("phone", ["", "+49 170 1234567", "0612345678", "07123456789", "٠٧١٢٣٤٥٦٧٨"])
def test_another_phone_number_is_refused(mpesa: MpesaServer, gateway: MpesaGateway, phone: str) -> None:
    """Nobody is asked."""
    with pytest.raises(Rejected) as refused:
        gateway.start(asked(phone=phone))

    assert refused.value.code == "phone_invalid"
    assert mpesa.requests == []


def test_a_fraction_of_a_shilling_is_never_rounded(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """It is refused."""
    with pytest.raises(Rejected) as refused:
        gateway.start(asked("1500.01"))

    assert refused.value.code == "amount_precision"
    assert mpesa.requests == []


# --- the question -----------------------------------------------------------------------------------------------------


def test_while_the_customer_looks_at_the_phone_it_is_pending(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """To M-Pesa that is an error (500); the page goes on telling what to do."""
    request = asked()
    payment = ref(request, gateway.start(request))

    result = gateway.complete(payment, {"paid": "yes"})

    assert (result.status, list(result.entries)) == (Status.PENDING, [])
    assert result.next_action is not None
    assert result.next_action.kind == "phone_prompt"


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (1, Status.FAILED, "insufficient_funds"),
        (17, Status.FAILED, "declined"),
        (1001, Status.FAILED, "declined"),
        (1019, Status.CANCELLED, "expired"),
        (1032, Status.CANCELLED, "cancelled_by_customer"),
        (1037, Status.CANCELLED, "expired"),
        (2001, Status.FAILED, "authentication_failed"),
        (4999, Status.PENDING, ""),
        (7777, Status.PENDING, ""),
    ],
)
def test_each_end_is_told(mpesa: MpesaServer, gateway: MpesaGateway, code: int, status: Status, error: str) -> None:
    """A code that isn't known to be an end is none. Asked and told are the same."""
    request = asked()
    payment = ref(request, gateway.start(request))
    mpesa.books.end(payment.provider_ref, code)

    result = gateway.fetch(payment)
    [event] = gateway.parse_webhook(callback(mpesa))

    assert (result.status, result.error_code, list(result.entries)) == (status, error, [])
    assert event.result is not None
    assert (event.result.status, event.result.error_code) == (status, error)


def test_nothing_is_given_back(gateway: MpesaGateway) -> None:
    """Staff do that at M-Pesa's portal."""
    payment = PaymentRef(reference="ref-1", provider_ref="ws_CO_1", price=shillings("10"))

    with pytest.raises(NotSupported):
        gateway.refund(payment, shillings("10"), "refund-1")
    with pytest.raises(NotSupported):
        gateway.cancel(payment, "cancel-1")


# --- callbacks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(mpesa: MpesaServer, gateway: MpesaGateway) -> PaymentRef:
    """1500 shillings, paid."""
    request = asked()
    payment = ref(request, gateway.start(request))
    mpesa.books.pay(payment.provider_ref)
    return payment


def test_a_callback_is_confirmed_by_asking(mpesa: MpesaServer, gateway: MpesaGateway, paid: PaymentRef) -> None:
    """Then it is trusted; asked or told, it is the same entry, with the receipt beside it."""
    [event] = gateway.parse_webhook(callback(mpesa))

    assert event.result is not None
    assert (event.kind, event.reference, event.provider_ref, event.trusted) == (
        EventKind.PAYMENT,
        paid.reference,
        "ws_CO_2",
        True,
    )
    assert entries(event.result) == [("capture", Decimal(1500), "succeeded")]
    assert event.result.entries == gateway.fetch(paid).entries
    assert event.result.state == {"paid": "1500.0", "receipt": "NLJ2"}
    assert len(mpesa.called(QUERY)) == 2


def test_the_amount_of_the_callback_counts(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """Now and later; the library compares it with what was asked for."""
    request = asked()
    payment = ref(request, gateway.start(request))
    mpesa.books.pay(payment.provider_ref, stated=1)

    [event] = gateway.parse_webhook(callback(mpesa))
    assert event.result is not None
    later = gateway.fetch(replace(payment, state=event.result.state))

    assert entries(event.result) == entries(later) == [("capture", Decimal(1), "succeeded")]
    assert (event.result.amount, later.amount) == (1, 1)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"reference": "ref-1"},
        {"token": "0" * 64},
        {"reference": "", "token": "0" * 64},
        {"reference": "ref-1", "token": "ä"},
        {"reference": "\udc80", "token": "0"},
    ],
)
def test_a_callback_without_its_token_is_refused(
    mpesa: MpesaServer, gateway: MpesaGateway, paid: PaymentRef, query: dict[str, str]
) -> None:
    """Before anything is read or asked."""
    with pytest.raises(InvalidWebhook):
        gateway.parse_webhook(replace(callback(mpesa), query=query))

    assert mpesa.called(QUERY) == []


def test_the_token_of_one_payment_is_no_other_payments(
    mpesa: MpesaServer, gateway: MpesaGateway, paid: PaymentRef
) -> None:
    """Who has been given an address for a small payment can't have a big one believed."""
    sent = callback(mpesa)

    with pytest.raises(InvalidWebhook):
        gateway.parse_webhook(replace(sent, query={**sent.query, "reference": "reference-of-another"}))


def test_secrets_may_be_replaced(mpesa: MpesaServer, paid: PaymentRef) -> None:
    """The one before is good as long as the setting names it."""
    rotating = make(mpesa, webhook_secrets=["a-new-secret-of-the-shop", "a-secret-of-the-shop"])
    done = make(mpesa, webhook_secrets="a-new-secret-of-the-shop")

    assert rotating.parse_webhook(callback(mpesa))
    with pytest.raises(InvalidWebhook):
        done.parse_webhook(callback(mpesa))


@pytest.mark.parametrize("why", ["processing", "no_answer", "another_end"])
def test_a_callback_that_is_not_confirmed_books_nothing(
    mpesa: MpesaServer, gateway: MpesaGateway, paid: PaymentRef, why: str
) -> None:
    """The payment is pending, and its id at M-Pesa is kept: there is no second callback."""
    result = mpesa.books.pushes[paid.provider_ref]
    if why == "no_answer":
        mpesa.fault("error_429", path=QUERY)
    else:
        result["code"] = "" if why == "processing" else "1032"

    [event] = gateway.parse_webhook(callback(mpesa))

    assert event.result is not None
    assert (event.result.status, event.result.provider_ref, list(event.result.entries)) == (
        Status.PENDING,
        paid.provider_ref,
        [],
    )


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"CheckoutRequestID": "x"},
        {"CheckoutRequestID": "x", "ResultCode": 0},
        {"CheckoutRequestID": "x", "ResultCode": 0, "CallbackMetadata": {"Item": [{"Name": "Amount"}]}},
        {"CheckoutRequestID": "x", "ResultCode": 0, "CallbackMetadata": {"Item": 7}},
        [],
    ],
)
def test_a_callback_that_can_not_be_read_is_refused(
    mpesa: MpesaServer, gateway: MpesaGateway, paid: PaymentRef, stated: Any
) -> None:
    """No other error comes out."""
    body = json.dumps({"Body": {"stkCallback": stated}}).encode()

    for bad in (body, b"\xff", b"[]", b""):
        with pytest.raises(InvalidWebhook):
            gateway.parse_webhook(replace(callback(mpesa), body=bad))


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "truncated", "error_500", "error_429", "html"])
def test_a_push_without_an_answer_is_unknown_and_stays_so(
    mpesa: MpesaServer, gateway: MpesaGateway, fault: str
) -> None:
    """The phone may be ringing. It is asked for no second time, and there is no id to ask with."""
    request = asked()
    mpesa.fault(fault, path=PUSH)

    with pytest.raises(OutcomeUnknown):
        gateway.start(request)
    with pytest.raises(OutcomeUnknown):
        gateway.fetch(ref(request))

    assert gateway.capabilities.repeatable is False
    assert len(mpesa.books.pushes) == (fault in ("drop_after", "truncated"))


@pytest.mark.parametrize("fault", ["drop_before", "error_500", "html"])
def test_without_a_token_certainly_nothing_was_pushed(mpesa: MpesaServer, gateway: MpesaGateway, fault: str) -> None:
    """So the customer may try again at once."""
    mpesa.fault(fault, path="/oauth/.*")

    with pytest.raises(Rejected) as refused:
        gateway.start(asked())

    assert refused.value.code == "no_token"
    assert mpesa.books.pushes == {}
    assert gateway.start(asked()).status is Status.REQUIRES_ACTION


def test_a_busy_phone_is_refused(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """M-Pesa has one error for three things; this one says that nothing was pushed."""
    mpesa.books.locked.add("254712345678")

    with pytest.raises(Rejected) as refused:
        gateway.start(asked())

    assert refused.value.code == "phone_busy"


def test_a_token_is_kept_and_renewed(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """One for all calls of its hour; another where it isn't let in, once, and nothing is pushed twice."""
    gateway.start(asked())
    gateway.start(asked())
    assert len(mpesa.called("/oauth/.*")) == 1

    mpesa.books.tokens.clear()
    gateway.start(asked())

    assert len(mpesa.called("/oauth/.*")) == 2
    assert len(mpesa.books.pushes) == 3


@pytest.mark.parametrize("name", ["consumer_secret", "passkey"])
def test_a_wrong_key_is_told_to_staff(mpesa: MpesaServer, name: str) -> None:
    """Whichever it is; it isn't shown."""
    gateway = make(mpesa, **{name: "something-that-is-wrong"})

    with pytest.raises(Misconfigured) as refused:
        gateway.start(asked())

    assert "that-is-wrong" not in str(refused.value) + repr(gateway)
    assert mpesa.books.sums() == {}


def test_what_mpesa_refuses_is_rejected(mpesa: MpesaServer) -> None:
    """With its code."""
    with pytest.raises(Rejected) as refused:
        make(mpesa, most=999_999).start(asked("250001"))

    assert refused.value.code == "400.002.02"
    assert mpesa.books.sums() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("consumer_key", ""),
        ("passkey", ""),
        ("callback_url", "http://shop.example/"),
        ("webhook_secrets", []),
        ("webhook_secrets", ["a-secret-of-the-shop", "short"]),
    ],
)
def test_a_missing_key_is_told_by_the_system_check(mpesa: MpesaServer, name: str, value: Any) -> None:
    """A start says so, too, and pushes nothing."""
    gateway = make(mpesa, **{name: value})

    assert name in gateway.problem()
    assert make(mpesa).problem() == ""
    with pytest.raises(Misconfigured):
        gateway.start(asked())
    assert mpesa.books.sums() == {}


def test_two_pushes_are_two_payments(mpesa: MpesaServer, gateway: MpesaGateway) -> None:
    """A control: nothing at M-Pesa keeps them apart from one that is repeated."""
    request = asked()
    for _ in range(2):
        mpesa.books.pay(gateway.start(request).provider_ref)

    assert mpesa.books.sums() == {request.reference: Sums(payments=2, captured=3000)}
