"""Paystack: amounts, the customer's way, refunds, deliveries, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.loopback import Sums
from tests.fakes.paystack_server import PaystackServer
from tradepost.gateways.paystack import PaystackGateway
from tradepost.payments.interface import (
    EntryState,
    EventKind,
    InvalidWebhook,
    Misconfigured,
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

INITIALIZE = "/transaction/initialize"


@pytest.fixture
def paystack() -> Iterator[PaystackServer]:
    """Paystack's API with empty books."""
    with PaystackServer() as server:
        yield server  # type: ignore[misc]


def make(server: PaystackServer, **options: Any) -> PaystackGateway:
    """A gateway that talks to the fake."""
    return PaystackGateway(
        **{"secret_key": server.books.secret_key, "base_url": server.url, "timeout": (1, 2), **options}
    )


@pytest.fixture
def gateway(paystack: PaystackServer) -> PaystackGateway:
    """The gateway as a shop would set it up."""
    return make(paystack)


def asked(amount: str = "100.00", currency: str = "NGN", **values: Any) -> StartRequest:
    """A start with all that Paystack wants."""
    return request_for(amount, currency, **{"email": "ada@shop.example", **values})


def naira(amount: str) -> Price:
    return Price(Decimal(amount), "NGN")


@pytest.fixture
def paid(paystack: PaystackServer, gateway: PaystackGateway) -> PaymentRef:
    """100 naira, paid."""
    request = asked()
    payment = ref(request, gateway.start(request))
    paystack.books.pay(request.reference)
    return payment


class TestContract(GatewayContract):
    price = naira("120.50")
    too_fine = naira("120.505")
    secrets = ("sk_test_fake",)

    @pytest.fixture(autouse=True)
    def _server(self, paystack: PaystackServer) -> None:
        self.server = paystack

    def make_gateway(self) -> PaystackGateway:
        return make(self.server)

    def pay(self, payment: PaymentRef) -> None:
        self.server.books.pay(payment.reference)

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        body, headers = self.server.signed(self.server.books.events[-1])
        return WebhookRequest(body=body, headers=headers)


class TestContractInFrancs(TestContract):
    """A currency without decimal places, which Paystack counts in hundredths all the same."""

    price = Price(Decimal(3000), "XOF")
    too_fine = Price(Decimal("3000.5"), "XOF")


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "sent"), [("50.00", "NGN", 5000), ("10.5", "GHS", 1050), ("3000", "XOF", 300000)]
)
def test_every_currency_is_sent_in_hundredths(
    paystack: PaystackServer, gateway: PaystackGateway, amount: str, currency: str, sent: int
) -> None:
    """Those without decimal places, too, and they are read back by the same."""
    request = asked(amount, currency)
    payment = ref(request, gateway.start(request))
    paystack.books.pay(request.reference)

    assert paystack.books.transactions[request.reference]["amount"] == sent
    assert entries(gateway.fetch(payment)) == [("capture", Decimal(amount), "succeeded")]


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("100.00", "EUR", "EUR"),
        ("49.99", "NGN", "NGN50.00 or more"),
        ("1.99", "USD", "$2.00 or more"),
        ("100.001", "NGN", "decimal places"),
        ("1500.50", "XOF", "decimal places"),
    ],
)
def test_what_paystack_can_not_take_is_not_on_offer(
    gateway: PaystackGateway, amount: str, currency: str, reason: str
) -> None:
    """With the reason, before anybody is asked."""
    assert reason in gateway.unavailable(Price(Decimal(amount), currency))


@pytest.mark.parametrize(("amount", "currency"), [("50.00", "NGN"), ("2.00", "USD"), ("0.10", "GHS"), ("1", "XOF")])
def test_the_least_amounts_are_on_offer(gateway: PaystackGateway, amount: str, currency: str) -> None:
    """A control of the test above."""
    assert gateway.unavailable(Price(Decimal(amount), currency)) == ""


# --- the customer's way -----------------------------------------------------------------------------------------------


def test_a_start_sends_the_customer_to_paystacks_page(paystack: PaystackServer) -> None:
    """With our reference, the e-mail address, the channels of the setting, and the way back."""
    request = asked(metadata={"order": "1001"})

    result = make(paystack, channels=["card", "ussd"]).start(request)

    assert (result.status, result.provider_ref, result.entries) == (
        Status.REQUIRES_ACTION,
        request.reference,
        (),
    )
    assert result.next_action is not None
    assert (result.next_action.kind, result.next_action.url) == ("redirect", "https://checkout.paystack.com/access1")
    assert paystack.called(INITIALIZE) == [
        {
            "amount": 10000,
            "currency": "NGN",
            "reference": request.reference,
            "email": "ada@shop.example",
            "callback_url": "https://shop.example/return/",
            "metadata": {"order": "1001", "cancel_action": "https://shop.example/return/"},
            "channels": ["card", "ussd"],
        }
    ]


def test_a_customer_without_an_email_address_is_refused(paystack: PaystackServer, gateway: PaystackGateway) -> None:
    """Paystack wants one from guests, too; it isn't asked."""
    with pytest.raises(Rejected) as refused:
        gateway.start(asked(email=""))

    assert refused.value.code == "email_missing"
    assert paystack.requests == []


def test_who_comes_back_without_having_paid_finds_the_page_again(gateway: PaystackGateway) -> None:
    """The browser's word isn't believed; the page's address is the one that was given first."""
    request = asked()
    started = gateway.start(request)

    result = gateway.complete(ref(request, started), {"reference": request.reference, "status": "success"})

    assert (result.status, result.entries) == (Status.REQUIRES_ACTION, ())
    assert result.next_action == started.next_action


@pytest.mark.parametrize(("why", "code"), [("Declined", "declined"), ("Insufficient Funds", "insufficient_funds")])
def test_a_decline_is_a_result(paystack: PaystackServer, gateway: PaystackGateway, why: str, code: str) -> None:
    """The customer may still pay on the same page; then it is captured."""
    request = asked()
    payment = ref(request, gateway.start(request))
    paystack.books.decline(request.reference, why)

    failed = gateway.fetch(payment)
    paystack.books.pay(request.reference)

    assert (failed.status, failed.error_code, failed.error_message) == (Status.FAILED, code, why)
    assert gateway.fetch(payment).status is Status.CAPTURED


def test_a_payment_at_the_bank_is_pending(paystack: PaystackServer, gateway: PaystackGateway) -> None:
    """Neither paid nor to be done again."""
    request = asked()
    payment = ref(request, gateway.start(request))
    paystack.books.wait(request.reference)

    assert gateway.fetch(payment).status is Status.PENDING


def test_another_amount_or_currency_is_told_as_it_is(paystack: PaystackServer, gateway: PaystackGateway) -> None:
    """The library compares it with what was asked for."""
    first, second = asked(), asked()
    payments = [ref(request, gateway.start(request)) for request in (first, second)]
    paystack.books.pay(first.reference, amount=100)
    paystack.books.pay(second.reference, currency="KES")

    less, other = (gateway.fetch(payment) for payment in payments)

    assert (less.amount, entries(less)) == (Decimal("1.00"), [("capture", Decimal("1.00"), "succeeded")])
    assert (other.amount, other.currency, other.entries[0].currency) == (Decimal("100.00"), "KES", "KES")


# --- refunds ----------------------------------------------------------------------------------------------------------


def test_parts_are_refunded_up_to_the_whole(
    paystack: PaystackServer, gateway: PaystackGateway, paid: PaymentRef
) -> None:
    """60 and 40 of 100, pending at first; 1 more is rejected, and nothing more is given."""
    first = gateway.refund(paid, naira("60.00"), "refund-1", reason="It was broken.")
    second = gateway.refund(paid, naira("40.00"), "refund-2")
    with pytest.raises(Rejected):
        gateway.refund(paid, naira("1.00"), "refund-3")
    paystack.books.process(first.provider_ref)
    paystack.books.process(second.provider_ref)

    assert (first.state, first.price) == (EntryState.PENDING, naira("60.00"))
    assert paystack.books.refunds[0]["merchant_note"] == "tradepost:refund-1 It was broken."
    assert gateway.fetch_refund(paid, first.provider_ref).state is EntryState.SUCCEEDED
    assert entries(gateway.fetch(paid)) == [
        ("capture", Decimal("100.00"), "succeeded"),
        ("refund", Decimal("40.00"), "succeeded"),
        ("refund", Decimal("60.00"), "succeeded"),
    ]
    assert paystack.books.sums() == {paid.reference: Sums(payments=1, captured=10000, refunded=10000)}


def test_a_refund_that_comes_back_has_failed(
    paystack: PaystackServer, gateway: PaystackGateway, paid: PaymentRef
) -> None:
    """Its amount may be refunded again."""
    first = gateway.refund(paid, naira("100.00"), "refund-1")
    paystack.books.process(first.provider_ref, good=False)

    assert gateway.fetch_refund(paid, first.provider_ref).state is EntryState.FAILED
    assert gateway.refund(paid, naira("100.00"), "refund-2").provider_ref != first.provider_ref


def test_a_lost_answer_to_a_refund_is_found_by_its_key(
    paystack: PaystackServer, gateway: PaystackGateway, paid: PaymentRef
) -> None:
    """Paystack has no key for refunds: the list is searched before another is asked for."""
    paystack.fault("drop_after", path="/refund", method="POST")
    with pytest.raises(OutcomeUnknown):
        gateway.refund(paid, naira("60.00"), "refund-1")

    again = gateway.refund(paid, naira("60.00"), "refund-1")

    result = gateway.find_refund(paid, "refund-1", naira("60.00"))
    assert result == again
    assert gateway.find_refund(paid, "refund-2", naira("60.00")) is None
    assert len(paystack.books.refunds) == 1


def test_the_refunds_of_all_pages_are_read(
    paystack: PaystackServer, gateway: PaystackGateway, paid: PaymentRef
) -> None:
    """101 of them, the oldest ours."""
    result = gateway.refund(paid, naira("1.00"), "refund-1")
    for _ in range(100):
        paystack.books.refund(paid.reference, 1)

    assert len(gateway.fetch(paid).entries) == 102
    assert gateway.find_refund(paid, "refund-1", naira("1.00")) == result


def test_a_note_of_staff_is_no_key(paystack: PaystackServer, gateway: PaystackGateway, paid: PaymentRef) -> None:
    """A refund in the dashboard is booked without one."""
    paystack.books.refund(paid.reference, 2500)

    [_capture, refund] = gateway.fetch(paid).entries
    assert (refund.amount, refund.key, refund.state) == (Decimal("25.00"), "", EntryState.PENDING)


def test_what_a_dispute_took_is_a_chargeback(
    paystack: PaystackServer, gateway: PaystackGateway, paid: PaymentRef
) -> None:
    """Paystack lists it as a refund, which it isn't; a reversal without any is one, too, under the same id."""
    paystack.books.dispute(paid.reference, 4000)
    disputed = gateway.fetch(paid)
    paystack.books.charge_back(paid.reference)
    reversed_ = gateway.fetch(paid)

    assert entries(disputed)[1:] == [("chargeback", Decimal("40.00"), "succeeded")]
    assert entries(reversed_)[1:] == [("chargeback", Decimal("100.00"), "succeeded")]
    assert disputed.entries[1].provider_ref == reversed_.entries[1].provider_ref


# --- deliveries -------------------------------------------------------------------------------------------------------


def delivery(server: PaystackServer, event: Any, **signing: Any) -> WebhookRequest:
    body, headers = server.signed(event, **signing)
    return WebhookRequest(body=body, headers=headers)


CHARGE = {"event": "charge.success", "data": {"id": 302961, "reference": "ref-1", "amount": 10000}}
REFUND = {"event": "refund.processed", "data": {"transaction_reference": "ref-1", "amount": "10000"}}
DISPUTE = {"event": "charge.dispute.create", "data": {"id": 7, "transaction": {"reference": "ref-1"}}}


@pytest.mark.parametrize(
    ("event", "kind"), [(CHARGE, EventKind.PAYMENT), (REFUND, EventKind.REFUND), (DISPUTE, EventKind.DISPUTE)]
)
def test_a_signed_delivery_is_a_reason_to_ask(
    paystack: PaystackServer, gateway: PaystackGateway, event: Any, kind: EventKind
) -> None:
    """It has no time in it, so it may be an old one."""
    [read] = gateway.parse_webhook(delivery(paystack, event))

    assert (read.kind, read.reference, read.trusted, read.result) == (kind, "ref-1", False, None)


def test_each_event_has_an_id_of_its_own(paystack: PaystackServer, gateway: PaystackGateway) -> None:
    """Paystack gives none: kind and object make it, for refunds the whole body; the same comes out each time."""
    events = [CHARGE, DISPUTE, REFUND, {**REFUND, "event": "refund.failed"}]

    ids = [gateway.parse_webhook(delivery(paystack, event))[0].id for event in [*events, *events]]

    assert ids[0] == "charge.success:302961"
    assert len(set(ids)) == 4
    assert ids[:4] == ids[4:]


@pytest.mark.parametrize(
    "event",
    [{"event": "transfer.success", "data": {"reference": "T1"}}, {"event": "charge.success", "data": {"id": 1}}],
)
def test_other_events_are_ignored(paystack: PaystackServer, gateway: PaystackGateway, event: Any) -> None:
    """They are answered like any."""
    assert gateway.parse_webhook(delivery(paystack, event))[0].kind is EventKind.IGNORED


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"", b"[]", b"null", b'{"event": "charge.success"}', b'{"event": 1, "data": []}']
)
def test_a_body_that_can_not_be_read_is_refused(
    paystack: PaystackServer, gateway: PaystackGateway, body: bytes
) -> None:
    """Even with a good signature."""
    with pytest.raises(InvalidWebhook):
        gateway.parse_webhook(delivery(paystack, body))


def test_only_the_secret_keys_sign(paystack: PaystackServer) -> None:
    """The one before, as long as the setting names it; an empty one never."""
    rotating = make(paystack, secret_key="sk_test_new", earlier_keys=["sk_test_old", ""])

    for key in ("sk_test_new", "sk_test_old"):
        assert rotating.parse_webhook(delivery(paystack, CHARGE, secret=key))
    for other in (delivery(paystack, CHARGE, secret="sk_other"), replace(delivery(paystack, CHARGE), headers={})):
        with pytest.raises(InvalidWebhook):
            rotating.parse_webhook(other)


def test_one_earlier_key_may_stand_without_a_list(paystack: PaystackServer) -> None:
    """Its letters are no keys."""
    rotating = make(paystack, earlier_keys="sk_test_old")

    assert rotating.parse_webhook(delivery(paystack, CHARGE, secret="sk_test_old"))
    with pytest.raises(InvalidWebhook):
        rotating.parse_webhook(delivery(paystack, CHARGE, secret="s"))


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_before", "error_500", "error_429", "html"])
def test_no_answer_that_can_be_read_is_unknown(paystack: PaystackServer, gateway: PaystackGateway, fault: str) -> None:
    """The same start again makes the one payment."""
    request = asked()
    paystack.fault(fault, path=INITIALIZE)

    with pytest.raises(OutcomeUnknown):
        gateway.start(request)
    again = gateway.start(request)

    assert (again.status, len(paystack.books.transactions)) == (Status.REQUIRES_ACTION, 1)


@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
def test_a_page_whose_address_was_lost_is_given_up(
    paystack: PaystackServer, gateway: PaystackGateway, fault: str
) -> None:
    """Nobody has the address, so nobody can pay there; the customer may try again under another reference."""
    request = asked()
    paystack.fault(fault, path=INITIALIZE)

    with pytest.raises(OutcomeUnknown):
        gateway.start(request)
    again = gateway.start(request)

    assert (again.status, again.error_code, again.reference) == (Status.FAILED, "expired", request.reference)
    assert len(paystack.books.transactions) == 1


def test_a_payment_under_our_reference_is_found_by_a_start(paystack: PaystackServer, gateway: PaystackGateway) -> None:
    """The first answer came late, and the customer has paid."""
    request = asked()
    gateway.start(request)
    paystack.books.pay(request.reference)

    again = gateway.start(request)

    assert (again.status, entries(again)) == (Status.CAPTURED, [("capture", Decimal("100.00"), "succeeded")])
    assert len(paystack.books.transactions) == 1


def test_a_refused_start_has_no_payment(paystack: PaystackServer, gateway: PaystackGateway) -> None:
    """Paystack's own reason is told, not that nothing was found."""
    with pytest.raises(Rejected) as refused:
        gateway.start(asked(email="nobody"))

    assert refused.value.code == "missing_params"
    assert paystack.books.sums() == {}


def test_a_wrong_key_is_told_to_staff(paystack: PaystackServer) -> None:
    """401; the key, which Paystack's answer repeats, isn't shown."""
    gateway = make(paystack, secret_key="sk_test_that_is_wrong")

    with pytest.raises(Misconfigured) as refused:
        gateway.start(asked())

    assert "Invalid key" in str(refused.value)
    assert "that_is_wrong" not in str(refused.value) + repr(gateway)


def test_a_payment_that_paystack_does_not_have_is_told_to_staff(
    paystack: PaystackServer, gateway: PaystackGateway
) -> None:
    """Paystack forgets none, so the keys are another account's; one that was never started is rejected."""
    with pytest.raises(Misconfigured):
        gateway.fetch(PaymentRef(reference="ref-x", provider_ref="ref-x", price=naira("1.00")))
    with pytest.raises(Misconfigured):
        gateway.find_refund(
            PaymentRef(reference="ref-x", provider_ref="ref-x", price=naira("1.00")), "k", naira("1.00")
        )
    with pytest.raises(Rejected):
        gateway.fetch(PaymentRef(reference="ref-x", provider_ref="", price=naira("1.00")))


@pytest.mark.parametrize("key", ["", "pk_test_fake"])
def test_a_missing_key_is_told_by_the_system_check(paystack: PaystackServer, key: str) -> None:
    """And the publishable one, which isn't it."""
    assert "secret_key" in make(paystack, secret_key=key).problem()
    assert make(paystack).problem() == ""
