"""Capture, refund, void: guarded before the provider is called, and never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.payments.conftest import opened, started
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.orders import services as orders
from tradepost.orders.models import Credit, Order
from tradepost.payments import (
    conf,
    jobs,
    ledger,
    services,
)
from tradepost.payments.errors import AmountError, NotCapturable, NotRefundable, PaymentInProgress
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    NotSupported,
    OutcomeUnknown,
    Price,
    RefundResult,
    Rejected,
    Result,
    Status,
)
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.testing.deliver import deliver_events
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, declined, refunded, waiting

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


@pytest.fixture
def held(gateway: ScriptedGateway) -> ScriptedGateway:
    """The method that authorises first."""
    provider = conf.gateway("hold")
    assert isinstance(provider, ScriptedGateway)
    return provider


def _took(amount: str, ref: str) -> Result:
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref=ref, amount=Decimal(amount), currency="EUR")
    return Result(status=Status.CAPTURED, entries=[entry])


def _order() -> Order:
    return Order.objects.get()


def test_captures_in_parts_and_not_a_cent_more(held: ScriptedGateway) -> None:
    """0.60, then 0.40 of 1.00; 0.01 more is refused before the gateway is called."""
    payment = started(held, authorised, "1.00", method="hold")
    for amount, ref in (("0.60", "c1"), ("0.40", "c2")):
        held.play(_took(amount, ref))
        services.capture(payment, Decimal(amount), by=STAFF, final=False)
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal("1.00")

    with pytest.raises(AmountError) as refusal:
        services.capture(payment, Decimal("0.01"), by=STAFF)
    assert refusal.value.context["most"] == "0.00"
    assert len(held.called("capture")) == 2
    assert _order().payment_status == "paid"
    assert list(_order().events.filter(kind="capture_requested").values_list("actor_label", flat=True)) == ["anna"] * 2


def test_an_order_on_hold_isnt_captured(held: ScriptedGateway) -> None:
    """A hold blocks the money, too."""
    payment = started(held, authorised, method="hold")
    orders.hold(_order(), "fraud", by=STAFF)
    with pytest.raises(NotCapturable):
        services.capture(payment, by=STAFF)
    assert not held.called("capture")


def test_a_capture_that_was_refused_frees_its_amount(held: ScriptedGateway) -> None:
    """Nothing happened, and the row says why."""
    payment = started(held, authorised, method="hold")
    held.play(Rejected("authorisation_lapsed", "too late"))
    with pytest.raises(NotCapturable):
        services.capture(payment, by=STAFF)
    row = Transaction.objects.get(kind="capture")
    assert (row.state, row.error) == ("failed", "too late")
    assert ledger.balance_of(Payment.objects.get()).authorised == Decimal("10.00")


def test_refunds_all_that_is_left_and_not_more(gateway: ScriptedGateway) -> None:
    """Captured 200; 100 back, the rest is 100, then nothing."""
    payment = started(gateway, captured, "200.00")
    gateway.play(refunded(Price(Decimal("100.00"), "EUR"), "r1"))
    services.refund(payment, Decimal("100.00"), by=STAFF, reason="scratched")
    assert Payment.objects.get().status == "partly_refunded"
    assert _order().payment_status == "partly_refunded"

    gateway.play(refunded(Price(Decimal("100.00"), "EUR"), "r2"))
    services.refund(payment, by=STAFF)
    assert [call.values["price"].amount for call in gateway.called("refund")] == [Decimal(100), Decimal(100)]
    with pytest.raises(AmountError):
        services.refund(payment, Decimal("1.00"), by=STAFF)
    assert Payment.objects.get().status == "refunded"
    assert len(gateway.called("refund")) == 2


def test_a_refund_without_a_credit_makes_one(gateway: ScriptedGateway) -> None:
    """So that what is due follows what was given back."""
    payment = started(gateway, captured, "20.00")
    gateway.play(refunded(Price(Decimal("5.00"), "EUR"), "r"))
    services.refund(payment, Decimal("5.00"), by=STAFF)

    [credit] = Credit.objects.all()
    assert (credit.reason, credit.total) == ("goodwill", Decimal("5.00"))
    assert (_order().due, _order().payment_status) == (Decimal("15.00"), "partly_refunded")


def test_giving_an_overpayment_back_makes_no_credit(gateway: ScriptedGateway) -> None:
    """It was never ours."""
    payment = started(gateway, waiting, "10.00")
    gateway.play(_took("12.00", "c"))
    services.ask(payment)
    gateway.play(refunded(Price(Decimal("2.00"), "EUR"), "r"))
    services.refund(payment, Decimal("2.00"), by=STAFF)

    assert not Credit.objects.exists()
    assert (_order().due, _order().net_paid, _order().payment_status) == (Decimal(10), Decimal(10), "paid")


def test_a_refund_whose_answer_was_lost_is_looked_for_not_repeated(gateway: ScriptedGateway) -> None:
    """The job asks the provider by our key first."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("read timed out"))
    asked = services.refund(payment, by=STAFF)
    assert (asked.state, ledger.balance_of(Payment.objects.get()).refundable) == ("requested", Decimal(0))

    gateway.play(refunded(Price(Decimal("10.00"), "EUR"), "r"))
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert jobs.finish_refunds() == 1
    assert len(gateway.called("refund")) == 1
    [lookup] = gateway.called("find_refund")
    assert lookup.values["key"] == asked.key
    assert Payment.objects.get().status == "refunded"


def test_a_pending_refund_ends_one_way_or_the_other(gateway: ScriptedGateway) -> None:
    """Pending amounts can't be refunded again; failed ones can."""
    payment = started(gateway, captured)
    price = Price(Decimal("10.00"), "EUR")
    gateway.play(refunded(price, "r", EntryState.PENDING))
    asked = services.refund(payment, by=STAFF)
    with pytest.raises(AmountError):
        services.refund(payment, by=STAFF)

    gateway.play(RefundResult(state=EntryState.FAILED, provider_ref="refund-r", price=price))
    services.finish_refund(asked)
    assert ledger.balance_of(Payment.objects.get()).refundable == Decimal("10.00")
    assert _order().payment_status == "paid"


def test_a_refused_refund_frees_its_amount(gateway: ScriptedGateway) -> None:
    """Nothing was given back."""
    payment = started(gateway, captured)
    gateway.play(Rejected("charge_disputed"))
    with pytest.raises(NotRefundable):
        services.refund(payment, by=STAFF)
    assert ledger.balance_of(Payment.objects.get()).refundable == Decimal("10.00")


def test_an_open_dispute_blocks_refunds(gateway: ScriptedGateway) -> None:
    """The bank has the money already."""
    payment = started(gateway, captured)
    entry = Entry(kind=EntryKind.CHARGEBACK, provider_ref="d", amount=Decimal("10.00"), currency="EUR")
    gateway.play(Result(status=Status.CAPTURED, entries=[entry]))
    services.settle(payment, Result(status=Status.CAPTURED, entries=[entry]))
    with pytest.raises(NotRefundable):
        services.refund(payment, by=STAFF)
    assert (Payment.objects.get().status, _order().payment_status) == ("charged_back", "charged_back")
    assert not gateway.called("refund")


def test_cancel_voids_an_authorisation(held: ScriptedGateway) -> None:
    """And its rest is booked as a void."""
    payment = started(held, authorised, method="hold")
    entry = Entry(kind=EntryKind.VOID, provider_ref="v", amount=Decimal("10.00"), currency="EUR")
    held.play(Result(status=Status.CANCELLED, entries=[entry]))
    services.cancel(payment, by=STAFF)
    assert (Payment.objects.get().status, _order().amount_authorised) == ("cancelled", Decimal(0))


def test_cancel_without_an_answer_leaves_it_as_it_is(gateway: ScriptedGateway) -> None:
    """Uncertainty is reported, and nothing is lost."""
    payment = started(gateway, waiting)
    gateway.play(OutcomeUnknown("reset"))
    with pytest.raises(PaymentInProgress):
        services.cancel(payment, by=STAFF)
    assert Payment.objects.get().status == "pending"


def test_cancel_of_a_payment_that_was_never_started_asks_nobody(gateway: ScriptedGateway) -> None:
    """The provider has never heard of it."""
    payment = services.cancel(opened(), by=STAFF)
    assert payment.status == "cancelled"
    assert not gateway.calls


def test_a_cancelled_order_is_refunded_by_a_durable_handler(gateway: ScriptedGateway) -> None:
    """And its status ends where it should."""
    started(gateway, captured)
    orders.apply(_order(), "cancel", by=SYSTEM)
    assert (_order().payment_status, _order().stage) == ("overpaid", "refund_due")

    gateway.play(lambda ref: refunded(ref.price, "r"))
    deliver_events()
    assert (Payment.objects.get().status, _order().payment_status, _order().stage) == (
        "refunded",
        "refunded",
        "refunded",
    )
    assert [c.reason for c in Credit.objects.all()] == ["cancelled"]


@pytest.fixture
def transfer(settings: Any) -> None:
    """Bank transfer, beside nothing else."""
    options = {"account_holder": "Shop Ltd", "iban": "DE00 0000"}
    backend = "tradepost.gateways.manual.BankTransfer"
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"transfer": {"BACKEND": backend, "OPTIONS": options}}}


def test_staff_book_a_transfer_that_came_in_parts(transfer: None) -> None:
    """The order is confirmed once it is covered."""
    payment = services.start(opened("10.00", method="transfer"))
    assert (payment.status, payment.next_action["kind"]) == ("requires_action", "instructions")
    services.capture(payment, Decimal("4.00"), by=STAFF)
    assert (_order().status, _order().payment_status) == ("pending", "partly_paid")
    services.capture(payment, by=STAFF)
    assert (_order().status, _order().payment_status) == ("confirmed", "paid")


def test_a_transfer_of_too_much_is_booked_and_listed(transfer: None) -> None:
    """A constraint guards what we decide, never what happened."""
    payment = services.start(opened("10.00", method="transfer"))
    services.capture(payment, Decimal("12.00"), by=STAFF)
    assert (_order().status, _order().amount_captured) == ("pending", Decimal("12.00"))
    assert [d.kind for d in Discrepancy.objects.all()] == ["amount"]


def test_nobody_is_asked_about_a_transfer(transfer: None) -> None:
    """Staff will say."""
    services.start(opened("10.00", method="transfer"))
    with clock.at(clock.now() + timedelta(hours=1)):
        assert jobs.ask_pending() == 0
    assert Payment.objects.get().ask_at is None


def test_a_declined_payment_that_could_still_be_paid_is_shut(gateway: ScriptedGateway) -> None:
    """Else the customer might pay twice."""
    gateway.capabilities = replace(gateway.capabilities, retryable=True)  # type: ignore[misc]
    payment = started(gateway, declined)
    gateway.play(Result(status=Status.CANCELLED))
    services.cancel(payment, by=STAFF)
    assert Payment.objects.get().status == "cancelled"


def test_an_unpaid_page_that_cant_be_shut_is_given_up(gateway: ScriptedGateway) -> None:
    """So that the order may expire, or be paid another way; a late payment is booked all the same."""
    payment = started(gateway, lambda request: Result(status=Status.REQUIRES_ACTION, provider_ref="p"))
    gateway.play(NotSupported("cancel"), Result(status=Status.REQUIRES_ACTION))
    assert services.cancel(payment, by=STAFF).status == "cancelled"

    gateway.play(captured)
    services.settle(payment, captured(payment.ref))
    assert (Payment.objects.get().status, _order().status) == ("captured", "confirmed")


def test_a_payment_under_way_that_cant_be_cancelled_is_waited_for(gateway: ScriptedGateway) -> None:
    """The provider has it."""
    payment = started(gateway, waiting)
    gateway.play(NotSupported("cancel"), waiting)
    with pytest.raises(PaymentInProgress):
        services.cancel(payment, by=STAFF)
    assert Payment.objects.get().status == "pending"
