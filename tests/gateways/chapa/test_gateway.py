"""Chapa: amounts, the customer's way, refunds, deliveries, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.chapa_server import ChapaServer
from tests.fakes.loopback import Sums
from tradepost.gateways.chapa import ChapaGateway
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    EventKind,
    InvalidWebhook,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Status,
    WebhookRequest,
)
from tradepost.testing.contracts import GatewayContract

from ..conftest import entries, ref, request_for

INITIALIZE = "/transaction/initialize"


@pytest.fixture
def chapa() -> Iterator[ChapaServer]:
    """Chapa's API with empty books."""
    with ChapaServer() as server:
        yield server  # type: ignore[misc]


def make(server: ChapaServer, **options: Any) -> ChapaGateway:
    """A gateway that talks to the fake."""
    defaults = {"secret_key": server.books.secret_key, "webhook_secrets": [server.webhook_secret]}
    return ChapaGateway(**{**defaults, "base_url": server.url, "timeout": (1, 2), **options})


@pytest.fixture
def gateway(chapa: ChapaServer) -> ChapaGateway:
    """The gateway as a shop would set it up."""
    return make(chapa)


def birr(amount: str) -> Price:
    return Price(Decimal(amount), "ETB")


def refund_entry(refund: RefundResult, key: str) -> Entry:
    """As the ledger keeps a refund."""
    assert refund.price is not None
    price, ref = refund.price, refund.provider_ref
    return Entry(
        kind=EntryKind.REFUND,
        provider_ref=ref,
        amount=price.amount,
        currency=price.currency,
        state=refund.state,
        key=key,
    )


@pytest.fixture
def paid(chapa: ChapaServer, gateway: ChapaGateway) -> PaymentRef:
    """100.05 birr, paid."""
    request = request_for("100.05", "ETB")
    payment = ref(request, gateway.start(request))
    chapa.books.pay(request.reference)
    return payment


class TestContract(GatewayContract):
    price = birr("120.50")
    too_fine = birr("120.505")
    secrets = ("CHASECK_TEST-fake", "secret-hash")

    @pytest.fixture(autouse=True)
    def _server(self, chapa: ChapaServer) -> None:
        self.server = chapa

    def make_gateway(self) -> ChapaGateway:
        return make(self.server)

    def pay(self, payment: PaymentRef) -> None:
        self.server.books.pay(payment.reference)

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        body, headers = self.server.signed(self.server.books.events[-1])
        return WebhookRequest(body=body, headers=headers)


# --- the customer's way -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone", "sent"),
    [
        ("+251 911 234 567", "0911234567"),
        ("0711-234567", "0711234567"),
        ("251911234567", "0911234567"),
        ("+49 170 1234567", None),
        ("09١١٢٣٤٥٦٧", None),
        ("", None),
    ],
)
def test_a_start_sends_the_customer_to_chapas_page(
    chapa: ChapaServer, gateway: ChapaGateway, phone: str, sent: str | None
) -> None:
    """With the amount as a text, our reference, and a telephone number where Chapa would take it."""
    request = request_for("99.9", "ETB", email="abebe@shop.example", name="Abebe Bikila Demissie", phone=phone)

    result = gateway.start(request)

    assert (result.status, result.provider_ref, result.entries) == (Status.REQUIRES_ACTION, request.reference, ())
    assert result.next_action is not None
    assert result.next_action.url == "https://checkout.chapa.co/checkout/payment/1"
    assert chapa.called(INITIALIZE) == [
        {
            "amount": "99.90",
            "currency": "ETB",
            "tx_ref": request.reference,
            "return_url": "https://shop.example/return/",
            "email": "abebe@shop.example",
            "first_name": "Abebe",
            "last_name": "Bikila Demissie",
            **({"phone_number": sent} if sent else {}),
        }
    ]


@pytest.mark.parametrize(("amount", "currency", "reason"), [("5", "EUR", "EUR"), ("1.005", "ETB", "decimal places")])
def test_what_chapa_can_not_take_is_not_on_offer(
    gateway: ChapaGateway, amount: str, currency: str, reason: str
) -> None:
    """With the reason, before anybody is asked."""
    assert reason in gateway.unavailable(Price(Decimal(amount), currency))
    assert gateway.unavailable(Price(Decimal("1.00"), "USD")) == ""


@pytest.mark.parametrize("amount", ["100.05", "100.00"])
def test_an_amount_is_read_as_text_and_as_number(chapa: ChapaServer, gateway: ChapaGateway, amount: str) -> None:
    """Chapa has both; neither loses a cent."""
    request = request_for(amount, "ETB")
    payment = ref(request, gateway.start(request))
    chapa.books.pay(request.reference)

    result = gateway.fetch(payment)

    assert (result.amount, result.currency, entries(result)) == (
        Decimal(amount),
        "ETB",
        [("capture", Decimal(amount), "succeeded")],
    )


@pytest.mark.parametrize(("old_shape", "status"), [(False, Status.REQUIRES_ACTION), (True, Status.PENDING)])
def test_who_comes_back_without_having_paid_finds_the_page_again(
    chapa: ChapaServer, gateway: ChapaGateway, old_shape: bool, status: Status
) -> None:
    """The browser's word isn't believed; in the older shape of the answer there is no data at all."""
    chapa.books.old_shape = old_shape
    request = request_for("100.00", "ETB")
    started = gateway.start(request)

    result = gateway.complete(ref(request, started), {"status": "success", "tx_ref": request.reference})

    assert (result.status, result.entries, result.next_action) == (status, (), started.next_action)


def test_a_decline_is_a_result(chapa: ChapaServer, gateway: ChapaGateway) -> None:
    """Nothing was taken."""
    request = request_for("100.00", "ETB")
    payment = ref(request, gateway.start(request))
    chapa.books.decline(request.reference)

    result = gateway.fetch(payment)

    assert (result.status, result.error_code, result.entries) == (Status.FAILED, "declined", ())


def test_an_unpaid_payment_is_shut(chapa: ChapaServer, gateway: ChapaGateway) -> None:
    """Nobody can pay it any more; a paid one is left as it is."""
    request, second = request_for("100.00", "ETB"), request_for("100.00", "ETB")
    payment, other = ref(request, gateway.start(request)), ref(second, gateway.start(second))
    chapa.books.pay(second.reference)

    assert gateway.cancel(payment, "cancel-1").status is Status.CANCELLED
    with pytest.raises(Rejected):
        gateway.cancel(other, "cancel-2")

    assert gateway.fetch(payment).status is Status.CANCELLED
    assert gateway.fetch(other).status is Status.CAPTURED


# --- refunds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", ["reference", "tx_ref"])
def test_all_is_refunded_in_days(chapa: ChapaServer, gateway: ChapaGateway, paid: PaymentRef, reading: str) -> None:
    """Whichever reference Chapa takes; pending until Chapa says so, and then one entry under one reference."""
    chapa.books.slow_refunds, chapa.books.refunds_by = True, reading
    result = gateway.refund(paid, birr("100.05"), "refund-1", reason="It was broken.")
    existing = replace(paid, refunds=[refund_entry(result, "refund-1")])
    before = gateway.fetch_refund(existing, result.provider_ref)
    assert entries(gateway.fetch(existing))[1:] == [("refund", Decimal("100.05"), "pending")]

    chapa.books.give_back(paid.reference)

    after = gateway.fetch_refund(existing, result.provider_ref)
    assert (result.state, before.state, after.state) == (EntryState.PENDING, EntryState.PENDING, EntryState.SUCCEEDED)
    [_capture, refund] = gateway.fetch(existing).entries
    assert (refund.provider_ref, refund.amount) == (result.provider_ref, Decimal("100.05"))
    form = {"amount": "100.05", "reference": "refund-1", "reason": "It was broken."}
    assert chapa.called("/refund/[^/]+") == [form] * (1 if reading == "reference" else 2)


def test_a_refund_of_before_is_followed_by_the_payment(
    chapa: ChapaServer, gateway: ChapaGateway, paid: PaymentRef
) -> None:
    """Earlier versions kept our reference of the payment as that of its refund."""
    chapa.books.slow_refunds, chapa.books.verifies_by = True, ()
    gateway.refund(paid, birr("100.05"), "refund-1")
    assert gateway.fetch_refund(paid, paid.reference).state is EntryState.PENDING

    chapa.books.give_back(paid.reference)

    result = gateway.fetch_refund(paid, paid.reference)
    assert (result.state, result.price) == (EntryState.SUCCEEDED, birr("100.05"))


def test_a_part_is_refunded(chapa: ChapaServer, gateway: ChapaGateway, paid: PaymentRef) -> None:
    """Twice; more than is left is refused, and nothing is made."""
    for number, amount in enumerate(("50.00", "50.05")):
        gateway.refund(paid, birr(amount), f"refund-{number}")

    with pytest.raises(Rejected):
        gateway.refund(paid, birr("0.01"), "refund-3")
    assert chapa.books.sums() == {paid.reference: Sums(payments=1, captured=10005, refunded=10005)}


def test_a_lost_answer_to_a_refund_is_told_again_by_its_key(
    chapa: ChapaServer, gateway: ChapaGateway, paid: PaymentRef
) -> None:
    """The refund's reference is our key, and Chapa takes it once; another key is refused."""
    chapa.books.slow_refunds = True
    chapa.fault("drop_after", path="/refund/.*")
    with pytest.raises(OutcomeUnknown):
        gateway.refund(paid, birr("100.05"), "refund-1")

    again = gateway.refund(paid, birr("100.05"), "refund-1")

    assert (again.state, again.price, len(chapa.books.refunds)) == (EntryState.PENDING, birr("100.05"), 1)
    with pytest.raises(Rejected):
        gateway.refund(paid, birr("100.05"), "refund-2")
    assert chapa.books.sums() == {paid.reference: Sums(payments=1, captured=10005, refunded=10005)}


# --- deliveries -------------------------------------------------------------------------------------------------------

PAID = {"event": "charge.success", "amount": "100.00", "reference": "AP1", "tx_ref": "ref-1", "status": "success"}


def delivery(server: ChapaServer, event: Any = PAID, **signing: Any) -> WebhookRequest:
    body, headers = server.signed(event, **signing)
    return WebhookRequest(body=body, headers=headers)


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("charge.success", EventKind.PAYMENT),
        ("charge.failed/cancelled", EventKind.PAYMENT),
        ("charge.refunded", EventKind.REFUND),
        ("payout.success", EventKind.IGNORED),
    ],
)
def test_a_signed_delivery_is_a_reason_to_ask(
    chapa: ChapaServer, gateway: ChapaGateway, what: str, kind: EventKind
) -> None:
    """It has no time in it, so it may be an old one; its id is made of what and which."""
    [read] = gateway.parse_webhook(delivery(chapa, {**PAID, "event": what}))

    assert (read.id, read.kind, read.reference) == (f"{what}:AP1", kind, "ref-1")
    assert (read.trusted, read.result) == (False, None)


@pytest.mark.parametrize("name", ["x-chapa-signature", "chapa-signature"])
def test_either_header_may_hold_the_signature(chapa: ChapaServer, gateway: ChapaGateway, name: str) -> None:
    """Chapa's documents name both."""
    sent = delivery(chapa)

    assert gateway.parse_webhook(replace(sent, headers={name: sent.headers["x-chapa-signature"]}))


def test_the_constant_that_every_delivery_carries_proves_nothing(chapa: ChapaServer, gateway: ChapaGateway) -> None:
    """It is the secret signed by itself: who saw one delivery could send any."""
    sent = delivery(chapa)
    constant = sent.headers["chapa-signature"]

    for name in ("x-chapa-signature", "chapa-signature"):
        with pytest.raises(InvalidWebhook):
            gateway.parse_webhook(replace(sent, headers={name: constant}))


def test_only_our_secrets_sign(chapa: ChapaServer) -> None:
    """The one before, as long as the setting names it; an empty one never."""
    rotating = make(chapa, webhook_secrets=["new", "old", ""])

    for secret in ("new", "old"):
        assert rotating.parse_webhook(delivery(chapa, secret=secret))
    for gateway, sent in (
        (rotating, delivery(chapa, secret="other")),
        (make(chapa, webhook_secrets="new"), delivery(chapa, secret="old")),
        (make(chapa, webhook_secrets=[]), delivery(chapa)),
    ):
        with pytest.raises(InvalidWebhook):
            gateway.parse_webhook(sent)


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"", b"[]", b"null", b"{}", b'{"amount": NaN, "event": "charge.success"}']
)
def test_a_body_that_can_not_be_read_is_refused(chapa: ChapaServer, gateway: ChapaGateway, body: bytes) -> None:
    """Even with a good signature."""
    with pytest.raises(InvalidWebhook):
        gateway.parse_webhook(delivery(chapa, body))


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_before", "error_500", "error_429", "html"])
def test_no_answer_that_can_be_read_is_unknown(chapa: ChapaServer, gateway: ChapaGateway, fault: str) -> None:
    """The same start again makes the one payment."""
    request = request_for("100.00", "ETB")
    chapa.fault(fault, path=INITIALIZE)

    with pytest.raises(OutcomeUnknown):
        gateway.start(request)
    again = gateway.start(request)

    assert (again.status, len(chapa.books.transactions)) == (Status.REQUIRES_ACTION, 1)


@pytest.mark.parametrize("old_shape", [False, True])
@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
def test_a_page_whose_address_was_lost_is_shut(
    chapa: ChapaServer, gateway: ChapaGateway, fault: str, old_shape: bool
) -> None:
    """The customer may try again under another reference."""
    chapa.books.old_shape = old_shape
    request = request_for("100.00", "ETB")
    chapa.fault(fault, path=INITIALIZE)

    with pytest.raises(OutcomeUnknown):
        gateway.start(request)
    again = gateway.start(request)

    assert (again.status, again.reference) == (Status.CANCELLED, request.reference)
    assert chapa.books.transactions[request.reference]["status"] == "cancelled"


def test_a_lost_page_that_can_not_be_shut_is_given_up(
    chapa: ChapaServer, gateway: ChapaGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has its address, so nobody can pay there."""
    request = request_for("100.00", "ETB")
    gateway.start(request)

    def refuse(reference: str, params: Any) -> Any:
        raise chapa.books.refuse(400, "Only active transactions can be cancelled")

    monkeypatch.setattr(chapa.books, "cancel", refuse)

    again = gateway.start(request)

    assert (again.status, again.error_code) == (Status.FAILED, "expired")


def test_a_payment_under_our_reference_is_found_by_a_start(chapa: ChapaServer, gateway: ChapaGateway) -> None:
    """The first answer came late, and the customer has paid."""
    request = request_for("100.00", "ETB")
    gateway.start(request)
    chapa.books.pay(request.reference)

    again = gateway.start(request)

    assert (again.status, entries(again)) == (Status.CAPTURED, [("capture", Decimal("100.00"), "succeeded")])


def test_a_refused_start_tells_the_field(chapa: ChapaServer, gateway: ChapaGateway) -> None:
    """Chapa's message may be an object; nothing was made."""
    with pytest.raises(Rejected) as refused:
        gateway.start(request_for("100.00", "ETB", email="nobody"))

    assert (refused.value.code, "validation.email" in str(refused.value)) == ("email", True)
    assert chapa.books.sums() == {}


def test_a_refusal_under_200_is_one(chapa: ChapaServer, gateway: ChapaGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chapa says it in the body alone at times."""
    event = {"message": "No", "status": "failed", "data": None}
    monkeypatch.setattr(chapa.books, "initialize", lambda params: event)

    with pytest.raises(Rejected):
        gateway.start(request_for("100.00", "ETB"))


def test_a_wrong_key_is_told_to_staff(chapa: ChapaServer) -> None:
    """401; the key, which the answer repeats, isn't shown."""
    gateway = make(chapa, secret_key="CHASECK_TEST-that-is-wrong")

    with pytest.raises(Misconfigured) as refused:
        gateway.start(request_for("100.00", "ETB"))

    assert "Invalid API Key" in str(refused.value)
    assert "that-is-wrong" not in str(refused.value) + repr(gateway)


def test_a_payment_that_chapa_does_not_have_is_told_to_staff(gateway: ChapaGateway) -> None:
    """It was started, so the keys are another account's; one that never was is rejected."""
    with pytest.raises(Misconfigured):
        gateway.fetch(PaymentRef(reference="ref-x", provider_ref="ref-x", price=birr("1.00")))
    with pytest.raises(Rejected):
        gateway.fetch(PaymentRef(reference="ref-x", provider_ref="", price=birr("1.00")))


def test_missing_keys_are_told_by_the_system_check(chapa: ChapaServer) -> None:
    """The key, and the secret of the webhook."""
    assert "secret_key" in make(chapa, secret_key="").problem()
    assert "webhook_secrets" in make(chapa, webhook_secrets=[""]).problem()
    assert make(chapa).problem() == ""
