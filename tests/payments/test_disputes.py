"""Disputes: recorded once, told when they open and end, and in the way of refunds while the bank decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.payments.conftest import opened, started
from tradepost.core import db
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.events import subscribe, unsubscribe
from tradepost.orders import services as orders
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.errors import NotRefundable
from tradepost.payments.events import DisputeClosed, DisputeOpened
from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
    Price,
    Result,
)
from tradepost.payments.models import Discrepancy, Dispute, Payment
from tradepost.payments.services import disputes, settle
from tradepost.payments.services.settlement import lock_payments
from tradepost.testing.deliver import deliver_events
from tradepost.testing.gateways import Asked, ScriptedGateway, captured, refunded

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 12, 1, 12, tzinfo=UTC)
INFO = DisputeInfo(
    provider_ref="dp_1",
    amount=Decimal("10.00"),
    currency="EUR",
    status=DisputeStatus.NEEDS_RESPONSE,
    reason="fraudulent",
    evidence_due=DUE,
)


HEARD: list[Any] = []


def hear(event: DisputeOpened | DisputeClosed) -> None:
    """Remember it."""
    HEARD.append(event)


@pytest.fixture
def published() -> Any:
    """The events of disputes, as they were told."""
    HEARD.clear()
    for event in (DisputeOpened, DisputeClosed):
        subscribe(event, hear, when="within", name="hear")
    yield HEARD
    for event in (DisputeOpened, DisputeClosed):
        unsubscribe(event, "hear")


def answer(*infos: DisputeInfo, taken: str = "", back: str = "") -> Any:
    """Captured in full, with disputes, and what they took and gave back."""

    def made(asked: Asked) -> Result:
        result = captured(asked)
        kinds = ((EntryKind.CHARGEBACK, taken), (EntryKind.CHARGEBACK_REVERSAL, back))
        extra = [
            Entry(kind=kind, provider_ref="dp_1", amount=Decimal(amount), currency="EUR")
            for kind, amount in kinds
            if amount
        ]
        return replace(result, disputes=infos, entries=[*result.entries, *extra])

    return made


def disputed(gateway: ScriptedGateway, *infos: DisputeInfo, taken: str = "") -> Payment:
    payment = started(gateway, captured)
    gateway.play(answer(*infos, taken=taken))
    services.ask(payment)
    return Payment.objects.get(pk=payment.pk)


def test_a_dispute_is_recorded_once(gateway: ScriptedGateway, published: list[Any]) -> None:
    """However often it is told: with its amount, its reason and until when it may be answered."""
    payment = disputed(gateway, INFO, taken="10.00")
    gateway.play(answer(INFO, taken="10.00"))
    services.ask(payment)

    row = Dispute.objects.get()
    assert (row.payment_id, row.gateway, row.provider_ref, row.status) == (payment.pk, "card", "dp_1", "needs_response")
    assert (row.amount, row.currency, row.reason, row.evidence_due) == (Decimal(10), "EUR", "fraudulent", DUE)
    assert (row.is_open, row.closed_at) == (True, None)
    assert published == [DisputeOpened(dispute_id=row.pk, payment_id=payment.pk, order_id=payment.order_id)]
    [entry] = payment.order.events.filter(kind="dispute_opened")
    assert entry.facts["amount"] == "10.00 EUR"
    assert Payment.objects.get().status == "charged_back"


def test_it_ends_as_the_bank_decides(gateway: ScriptedGateway, published: list[Any]) -> None:
    """Under review, then won: told once, and the money is back."""
    payment = disputed(gateway, INFO, taken="10.00")
    for status, back in ((DisputeStatus.UNDER_REVIEW, ""), (DisputeStatus.WON, "10.00"), (DisputeStatus.WON, "10.00")):
        gateway.play(answer(replace(INFO, status=status), taken="10.00", back=back))
        services.ask(payment)

    row = Dispute.objects.get()
    assert (row.status, row.is_open, row.closed_at is not None) == ("won", False, True)
    assert [type(event).__name__ for event in published] == ["DisputeOpened", "DisputeClosed"]
    assert published[1].status == "won"
    assert Payment.objects.get().status == "captured"


def test_one_that_is_heard_of_when_it_is_over_is_told_as_both(gateway: ScriptedGateway, published: list[Any]) -> None:
    """Nobody who listens for the end misses it."""
    disputed(gateway, replace(INFO, status=DisputeStatus.LOST), taken="10.00")

    assert [type(event).__name__ for event in published] == ["DisputeOpened", "DisputeClosed"]
    assert Dispute.objects.get().closed_at is not None


def test_older_news_opens_nothing_again(gateway: ScriptedGateway, published: list[Any]) -> None:
    """The state in an event may be old; the provider's answer isn't."""
    payment = disputed(gateway, replace(INFO, status=DisputeStatus.LOST))
    late = Result(status=captured(payment.ref).status, disputes=[INFO])

    settle(payment, late, fresh=False)
    assert Dispute.objects.get().status == "lost"
    settle(payment, late, fresh=True)
    assert (Dispute.objects.get().status, Dispute.objects.get().closed_at) == ("needs_response", None)
    assert [type(event).__name__ for event in published] == ["DisputeOpened", "DisputeClosed", "DisputeOpened"]


@pytest.mark.parametrize("status", [DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW])
def test_an_open_dispute_blocks_refunds(gateway: ScriptedGateway, status: DisputeStatus) -> None:
    """Where the provider has taken nothing yet, too: the customer would have it twice."""
    payment = disputed(gateway, replace(INFO, amount=Decimal("4.00"), status=status))

    with pytest.raises(NotRefundable):
        services.refund(payment, Decimal("1.00"), by=SYSTEM)
    assert (gateway.called("refund"), ledger.balance_of(payment).refundable) == ([], Decimal(10))


@pytest.mark.parametrize(
    ("info", "taken", "amount"),
    [
        (replace(INFO, inquiry=True), "", "10.00"),
        (replace(INFO, status=DisputeStatus.CLOSED), "", "10.00"),
        (replace(INFO, amount=Decimal("4.00"), status=DisputeStatus.LOST), "4.00", "6.00"),
    ],
)
def test_what_is_left_can_be_refunded(gateway: ScriptedGateway, info: DisputeInfo, taken: str, amount: str) -> None:
    """While the bank only asks, and once it has decided; not what it took."""
    payment = disputed(gateway, info, taken=taken)
    gateway.play(refunded(Price(Decimal(amount), "EUR"), "r"))

    assert services.refund(payment, by=SYSTEM).amount == Decimal(amount)


def test_a_chargeback_without_a_record_blocks_refunds(gateway: ScriptedGateway) -> None:
    """A provider may tell of the money only."""
    payment = disputed(gateway, taken="4.00")

    with pytest.raises(NotRefundable):
        services.refund(payment, Decimal("1.00"), by=SYSTEM)
    assert gateway.called("refund") == []


def test_a_cancelled_order_with_a_dispute_is_left_to_staff(gateway: ScriptedGateway) -> None:
    """A refund that isn't possible now is on their list; nothing is tried again and again."""
    payment = disputed(gateway, INFO)
    gateway.play(answer(INFO))
    orders.apply(payment.order, "cancel", by=By(Actor.STAFF, label="anna"))
    deliver_events()

    [row] = Discrepancy.objects.all()
    assert (row.kind, row.facts) == ("stuck", {"why": "A dispute is open for this payment."})
    assert gateway.called("refund") == []


def test_a_dispute_of_another_payment_is_left_alone(gateway: ScriptedGateway) -> None:
    """The id is the provider's for one payment; the same one told for another changes nothing."""
    disputed(gateway, INFO)
    other = opened()

    @db.atomic
    def book() -> None:
        _order, payments = lock_payments(other.order_id)
        disputes.book(payments[other.pk], [replace(INFO, status=DisputeStatus.LOST)])

    book()
    assert Dispute.objects.get().status == "needs_response"


def test_the_time_of_the_end_stays(gateway: ScriptedGateway) -> None:
    """A detail that is told later doesn't move it."""
    with clock.at(clock.now() - timedelta(days=3)):
        payment = disputed(gateway, replace(INFO, status=DisputeStatus.LOST))
    before = Dispute.objects.get().closed_at
    gateway.play(answer(replace(INFO, status=DisputeStatus.LOST, reason="duplicate")))
    services.ask(payment)

    assert (Dispute.objects.get().closed_at, Dispute.objects.get().reason) == (before, "duplicate")
