"""Money that moved past the provider: booked by staff once, with its reference and reason; nobody is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.payments.conftest import opened, started
from tradepost.core.actors import Actor, By
from tradepost.core.errors import Invalid
from tradepost.orders.models import Credit, Order
from tradepost.payments import ledger, services
from tradepost.payments.errors import AlreadyBooked, AmountError
from tradepost.payments.interface import EntryKind, OutcomeUnknown
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.payments.reconciliation import by_hand, discrepancies
from tradepost.testing.gateways import ScriptedGateway, captured, waiting

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


def rows() -> list[tuple[str, str, Decimal, str | None]]:
    return list(Transaction.objects.order_by("pk").values_list("kind", "state", "amount", "provider_ref"))


def test_a_refund_is_booked_and_nobody_is_asked(gateway: ScriptedGateway) -> None:
    """With its reference, its reason and who says so; what is due follows."""
    payment = started(gateway, captured)
    row = by_hand.book_refund(payment, Decimal("4.00"), reference=" SEPA 77 ", reason="card expired", by=STAFF)

    assert (row.kind, row.state, row.amount, row.provider_ref) == ("refund", "succeeded", Decimal(4), "hand:SEPA 77")
    assert (row.reason, row.actor_label, row.gateway, row.is_by_hand) == ("card expired", "anna", "card", True)
    assert Payment.objects.get().status == "partly_refunded"
    assert [(credit.reason, credit.total) for credit in Credit.objects.all()] == [("goodwill", Decimal(4))]
    assert Order.objects.get().payment_status == "partly_refunded"
    assert [call.name for call in gateway.calls] == ["start"]
    [note] = Order.objects.get().events.filter(kind="refund_by_hand")
    assert (note.actor_label, note.reason, note.facts["reference"]) == ("anna", "card expired", "SEPA 77")


def test_the_same_reference_is_the_same_money(gateway: ScriptedGateway) -> None:
    """A button that is pressed twice books once; with another amount, or for another payment, it is refused."""
    payment, other = started(gateway, captured), started(gateway, captured)
    for _ in range(2):
        by_hand.book_refund(payment, Decimal("4.00"), reference="77", reason="x", by=STAFF)
    before = rows()

    for of, amount in ((payment, "3.00"), (other, "4.00")):
        with pytest.raises(AlreadyBooked):
            by_hand.book_refund(of, Decimal(amount), reference="77", reason="x", by=STAFF)
    with pytest.raises(AlreadyBooked):  # the provider's own id of money that it has told of
        by_hand.book_capture(other, Decimal("3.00"), reference=f"capture-{other.reference}", reason="x", by=STAFF)
    assert rows() == before
    assert len(before) == 3


def test_a_reference_that_was_struck_out_is_not_booked_again(gateway: ScriptedGateway) -> None:
    """It would seem to be booked, and nothing would be; a discrepancy stays open. Under another one it is."""
    payment = started(gateway, waiting)
    hand = by_hand.book_capture(payment, Decimal("10.00"), reference="R1", reason="transfer", by=STAFF)
    by_hand.strike(hand, reason="a slip", by=STAFF)
    odd = Discrepancy.objects.create(payment=payment, kind="stuck", key="x")

    with pytest.raises(AlreadyBooked):
        by_hand.book_capture(payment, Decimal("10.00"), reference="R1", reason="transfer", by=STAFF)
    with pytest.raises(AlreadyBooked):
        discrepancies.book(odd, Decimal("10.00"), reference="R1", note="transfer", by=STAFF)
    assert rows() == [("capture", "failed", Decimal(10), "hand:R1")]
    assert Discrepancy.objects.get().resolved_at is None

    discrepancies.book(odd, Decimal("10.00"), reference="R2", note="transfer", by=STAFF)
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal(10)
    assert Discrepancy.objects.get().resolution == "booked"


def test_more_than_the_sums_of_an_order_can_say_is_refused(gateway: ScriptedGateway, settings: Any) -> None:
    """A slip of the keyboard; what was booked before stays readable."""
    payment = started(gateway, waiting)
    most = Decimal("999999999999999.00")
    by_hand.book_capture(payment, Decimal("10.00"), reference="R1", reason="transfer", by=STAFF)

    with pytest.raises(AmountError):
        by_hand.book_capture(payment, most, reference="R2", reason="transfer", by=STAFF)
    assert rows() == [("capture", "succeeded", Decimal(10), "hand:R1")]
    assert Order.objects.get().amount_captured == Decimal(10)

    offline = {"BACKEND": "tradepost.gateways.manual.CashOnDelivery"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**settings.TRADEPOST_PAYMENTS["GATEWAYS"], "cod": offline}}
    cash = services.start(opened(method="cod"))
    services.capture(cash, Decimal("10.00"), by=STAFF)
    with pytest.raises(AmountError):
        services.capture(cash, most, by=STAFF)
    assert [row.amount for row in cash.transactions.all()] == [Decimal(10)]


@pytest.mark.parametrize("amount", ["10.01", "0", "-1", "1.005"])
def test_a_refund_that_cant_be_is_refused(gateway: ScriptedGateway, amount: str) -> None:
    """More than is refundable, nothing, or a part of a cent."""
    payment = started(gateway, captured)
    before = rows()

    with pytest.raises(AmountError):
        by_hand.book_refund(payment, Decimal(amount), reference="77", reason="x", by=STAFF)
    assert rows() == before


@pytest.mark.parametrize(
    ("reference", "reason"), [("", "x"), ("  ", "x"), ("77", " "), ("7" * 151, "x"), ("\x00", "x")]
)
def test_it_needs_a_reference_and_a_reason(gateway: ScriptedGateway, reference: str, reason: str) -> None:
    """Nothing is booked without."""
    payment = started(gateway, captured)

    with pytest.raises(Invalid):
        by_hand.book_refund(payment, Decimal("1.00"), reference=reference, reason=reason, by=STAFF)
    assert len(rows()) == 1


def test_a_capture_confirms_the_order(gateway: ScriptedGateway) -> None:
    """The phone's receipt is shown, whatever became of the answer."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    by_hand.book_capture(payment, Decimal("10.00"), reference="QKX1", reason="receipt seen", by=STAFF)

    payment.refresh_from_db()
    assert (payment.status, payment.outcome_unknown, payment.ask_at) == ("captured", False, None)
    assert (Order.objects.get().status, Order.objects.get().payment_status) == ("confirmed", "paid")


def test_more_than_was_asked_for_is_booked_and_listed(gateway: ScriptedGateway) -> None:
    """It has happened, so it stands; the surplus is a matter for staff."""
    payment = opened()
    by_hand.book_capture(payment, Decimal("12.00"), reference="T1", reason="transfer", by=STAFF)

    assert ledger.balance_of(payment).captured == Decimal(12)
    assert [row.kind for row in Discrepancy.objects.all()] == ["amount"]


def test_what_the_provider_tells_of_after_all_is_asked_about(gateway: ScriptedGateway) -> None:
    """Both stand in the ledger, and staff say whether they are one; striking takes back what was booked by hand."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    hand = by_hand.book_capture(payment, Decimal("10.00"), reference="QKX1", reason="receipt", by=STAFF)
    Payment.objects.update(outcome_unknown=True)
    gateway.play(captured)
    services.ask(payment)

    discrepancies = {row.kind: row.facts for row in Discrepancy.objects.all()}
    assert discrepancies["booked_twice"] == {
        "entry": "capture",
        "amount": "10.00",
        "told": f"capture-{payment.reference}",
    }
    assert ledger.balance_of(payment).captured == Decimal(20)

    struck = by_hand.strike(hand, reason="the same money", by=STAFF)
    by_hand.strike(hand, reason="again", by=STAFF)
    assert (struck.state, Transaction.objects.get(pk=hand.pk).error) == ("failed", "the same money")
    assert (ledger.balance_of(payment).captured, Order.objects.get().payment_status) == (Decimal(10), "paid")


def test_only_what_was_booked_by_hand_is_struck(gateway: ScriptedGateway) -> None:
    """An entry of the provider's stays."""
    payment = started(gateway, captured)

    with pytest.raises(Invalid):
        by_hand.strike(payment.transactions.get(kind=EntryKind.CAPTURE.value), reason="x", by=STAFF)
    assert rows()[0][1] == "succeeded"
