"""Actions of staff on money that doesn't fit: each once, by whom and why, and the order follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from tests.payments.conftest import opened, started
from tradepost.core.actors import SYSTEM, By
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict, Invalid
from tradepost.core.events import subscribe, unsubscribe
from tradepost.orders import services as orders
from tradepost.orders.events import OrderReinstated
from tradepost.orders.models import Credit, Order
from tradepost.payments import (
    jobs,
    ledger,
    services,
)
from tradepost.payments.base import AbstractDiscrepancy
from tradepost.payments.errors import AlreadyResolved, AmountError, NotRefundable
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    OutcomeUnknown,
    Price,
    Rejected,
    Result,
    Status,
)
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.payments.reconciliation import by_hand, discrepancies
from tradepost.testing import placed
from tradepost.testing.gateways import ScriptedGateway, captured, refunded, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> By:
    return By.user(get_user_model().objects.create_user("anna", is_staff=True))


def paid(gateway: ScriptedGateway, amount: str, *, of: str = "10.00") -> AbstractDiscrepancy:
    """A payment for which the provider says that another amount came."""
    payment = started(gateway, waiting, of)
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal(amount), currency="EUR")
    gateway.play(Result(status=Status.CAPTURED, amount=Decimal(amount), currency="EUR", entries=[entry]))
    services.ask(payment)
    return Discrepancy.objects.first() or pytest.fail("nothing was listed")


def refuse(event: OrderReinstated) -> None:
    """As stock does that is gone."""
    raise Conflict("Its goods are gone.")


def order() -> Order:
    return Order.objects.get()


def resolved(row: AbstractDiscrepancy) -> tuple[str, str, str]:
    discrepancy = Discrepancy.objects.get(pk=row.pk)
    assert discrepancy.resolved_at is not None
    return discrepancy.resolution, str(discrepancy.resolved_by), discrepancy.note


def test_a_surplus_is_refunded(gateway: ScriptedGateway, anna: By) -> None:
    """12.00 came for 10.00: 2.00 goes back, no credit is made, and the order is confirmed."""
    row = paid(gateway, "12.00")
    assert (discrepancies.surplus(row), discrepancies.remedies(row)) == (Decimal(2), ["refund", "dismiss"])
    gateway.play(refunded(Price(Decimal("2.00"), "EUR"), "r"))

    asked = discrepancies.refund_surplus(row, by=anna, note="typo")

    assert (asked.state, asked.amount, asked.reason, asked.actor_label) == ("succeeded", Decimal(2), "typo", "anna")
    assert resolved(row) == ("refunded", "anna", "typo")
    assert (order().status, order().payment_status, order().net_paid) == ("confirmed", "paid", Decimal(10))
    assert not Credit.objects.exists()
    assert order().events.get(kind="discrepancy_resolved").facts["how"] == "refunded"


def test_no_more_than_the_surplus_is_refunded_here(gateway: ScriptedGateway, anna: By) -> None:
    """The provider isn't asked, and it stays open."""
    row = paid(gateway, "12.00")

    with pytest.raises(AmountError):
        discrepancies.refund_surplus(row, Decimal("2.01"), by=anna)
    assert (Discrepancy.objects.get().resolved_at, gateway.called("refund")) == (None, [])


def test_pressed_twice_it_is_refunded_once(gateway: ScriptedGateway, anna: By) -> None:
    """Whoever comes second is told."""
    row = paid(gateway, "12.00")
    gateway.play(OutcomeUnknown("no answer"))
    assert discrepancies.refund_surplus(row, by=anna).state == "requested"

    with pytest.raises(AlreadyResolved):
        discrepancies.refund_surplus(row, by=anna)
    assert len(gateway.called("refund")) == 1


def test_a_refund_that_is_refused_opens_it_again(gateway: ScriptedGateway, anna: By) -> None:
    """Nothing was given back, so somebody still has to do something."""
    row = paid(gateway, "12.00")
    gateway.play(Rejected("too_old"))

    with pytest.raises(NotRefundable):
        discrepancies.refund_surplus(row, by=anna, note="typo")
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.resolved_at, discrepancy.resolved_by, discrepancy.resolution, discrepancy.note) == (
        None,
        None,
        "",
        "",
    )
    assert ledger.balance_of(Payment.objects.get()).refundable == Decimal(12)


def test_a_refund_that_is_refused_later_is_listed(gateway: ScriptedGateway, anna: By) -> None:
    """The job that finishes it puts it on the list."""
    row = paid(gateway, "12.00")
    gateway.play(OutcomeUnknown("no answer"))
    discrepancies.refund_surplus(row, by=anna)
    gateway.play(None, Rejected("too_old"))
    with clock.at(clock.now() + timedelta(minutes=5)):
        jobs.finish_refunds()

    [discrepancy] = Discrepancy.objects.filter(resolved_at=None)
    assert (discrepancy.kind, discrepancy.facts) == ("stuck", {"why": "The provider refused the refund."})


def test_less_is_accepted(gateway: ScriptedGateway, anna: By) -> None:
    """9.00 came for 10.00: the rest is credited, and the order is confirmed."""
    row = paid(gateway, "9.00")
    assert discrepancies.remedies(row) == ["accept", "dismiss"]

    discrepancies.accept(row, by=anna, note="bank fee")

    assert resolved(row) == ("accepted", "anna", "bank fee")
    assert [(credit.total, credit.note) for credit in Credit.objects.all()] == [(Decimal(1), "bank fee")]
    assert (order().status, order().payment_status, order().due) == ("confirmed", "paid", Decimal(9))


def test_less_that_is_dismissed_leaves_the_rest_to_be_paid(gateway: ScriptedGateway, anna: By) -> None:
    """The order waits, and the customer may pay what is missing."""
    row = paid(gateway, "9.00")
    discrepancies.dismiss(row, by=anna, note="customer pays the rest")

    assert resolved(row) == ("dismissed", "anna", "customer pays the rest")
    assert (order().status, order().payment_status) == ("pending", "partly_paid")
    assert opened(method="card", order=order()).amount == Decimal("1.00")


def test_dismissing_needs_a_reason(gateway: ScriptedGateway, anna: By) -> None:
    """And it stays open without one."""
    row = paid(gateway, "12.00")

    with pytest.raises(Invalid):
        discrepancies.dismiss(row, by=anna, note="  ")
    assert Discrepancy.objects.get().resolved_at is None


def test_money_that_came_late_goes_back(gateway: ScriptedGateway, anna: By) -> None:
    """The order was cancelled: all of it is a surplus."""
    payment = started(gateway, waiting)
    Payment.objects.update(told_status="failed", status="failed")
    orders.apply(order(), "cancel", by=anna)
    gateway.play(captured)
    services.ask(payment)
    [row] = Discrepancy.objects.all()
    assert (row.kind, discrepancies.remedies(row)) == ("paid_late", ["refund", "dismiss"])
    gateway.play(refunded(Price(Decimal("10.00"), "EUR"), "r"))

    discrepancies.refund_surplus(row, by=anna)

    assert (order().status, order().payment_status, order().net_paid) == ("cancelled", "refunded", Decimal(0))


def test_an_order_that_was_paid_late_is_reinstated(gateway: ScriptedGateway, anna: By) -> None:
    """Its goods were gone when the money came; they are there again, and staff bring it back."""
    with clock.at(clock.now() - timedelta(days=2)):
        item = placed.order(placed.line_row("10.00"), expires_at=clock.now() + timedelta(hours=1), reserve=False)
        gateway.play(waiting)
        payment = services.start(opened(order=item))
    Payment.objects.update(told_status="failed", status="failed", ask_at=None)
    Order.objects.update(payments_open=0)
    orders.apply(order(), "expire", by=SYSTEM)
    subscribe(OrderReinstated, refuse, when="within", name="refuse")
    try:
        gateway.play(captured)
        services.ask(payment)
        [row] = Discrepancy.objects.all()
        assert (row.kind, order().status, discrepancies.remedies(row)) == (
            "paid_late",
            "expired",
            ["refund", "reinstate", "dismiss"],
        )
        with pytest.raises(Conflict):
            discrepancies.reinstate(row, by=anna)
        assert (order().status, Discrepancy.objects.get().resolved_at) == ("expired", None)
    finally:
        unsubscribe(OrderReinstated, "refuse")

    discrepancies.reinstate(row, by=anna, note="goods are there")

    assert (order().status, order().payment_status, resolved(row)[0]) == ("confirmed", "paid", "reinstated")


def test_paid_twice_gives_the_second_back(gateway: ScriptedGateway, anna: By) -> None:
    """The later payment's money is the surplus."""
    first = started(gateway, waiting)
    Payment.objects.update(told_status="failed", status="failed")
    second = services.open_payment(order(), method="card")
    gateway.play(captured)
    services.start(second)
    gateway.play(captured)
    services.ask(first)
    [row] = Discrepancy.objects.all()
    assert (row.kind, row.payment_id, discrepancies.surplus(row)) == ("paid_twice", first.pk, Decimal(10))
    gateway.play(refunded(Price(Decimal("10.00"), "EUR"), "r"))
    discrepancies.refund_surplus(row, by=anna)

    assert (order().payment_status, order().net_paid) == ("paid", Decimal(10))


def test_what_another_currency_brought_is_booked_by_hand(gateway: ScriptedGateway, anna: By) -> None:
    """Nothing was booked by itself; staff say what it is worth, and the order is confirmed."""
    payment = started(gateway, waiting)
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal("11.00"), currency="USD")
    gateway.play(Result(status=Status.CAPTURED, currency="USD", entries=[entry]))
    services.ask(payment)
    [row] = Discrepancy.objects.all()
    assert (row.kind, discrepancies.remedies(row), Transaction.objects.count()) == ("currency", ["book", "dismiss"], 0)

    discrepancies.book(row, Decimal("10.00"), reference="c1", by=anna, note="11 USD at the day's rate")

    assert resolved(row) == ("booked", "anna", "11 USD at the day's rate")
    assert (order().status, order().payment_status) == ("confirmed", "paid")


def test_what_was_booked_twice_is_struck(gateway: ScriptedGateway, anna: By) -> None:
    """The provider's row stays."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    by_hand.book_capture(payment, Decimal("10.00"), reference="QKX1", reason="receipt", by=anna)
    Payment.objects.update(outcome_unknown=True)
    gateway.play(captured)
    services.ask(payment)
    row = Discrepancy.objects.get(kind="booked_twice")
    assert "strike" in discrepancies.remedies(row)

    discrepancies.strike(row, by=anna)

    assert resolved(row)[0] == "struck"
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal(10)


def test_a_resolved_one_has_no_remedies(gateway: ScriptedGateway, anna: By) -> None:
    """None of the acts does anything any more."""
    row = paid(gateway, "12.00")
    discrepancies.dismiss(row, by=anna, note="keep")
    before = resolved(row)

    assert discrepancies.remedies(Discrepancy.objects.get()) == []
    for act in (discrepancies.accept, discrepancies.reinstate, discrepancies.strike, discrepancies.refund_surplus):
        with pytest.raises(Conflict):
            act(row, by=anna)
    with pytest.raises(AlreadyResolved):
        discrepancies.dismiss(row, by=anna, note="again")
    assert (resolved(row), gateway.called("refund")) == (before, [])


def test_one_without_an_order_is_dismissed(anna: By) -> None:
    """An unknown payment's, perhaps; once."""
    row = Discrepancy.objects.create(kind="reference", key="alone")
    assert discrepancies.remedies(row) == ["dismiss"]

    discrepancies.dismiss(row, by=anna, note="not ours")
    with pytest.raises(AlreadyResolved):
        discrepancies.dismiss(row, by=anna, note="not ours")
    assert resolved(row) == ("dismissed", "anna", "not ours")


@pytest.mark.parametrize("kind", AbstractDiscrepancy.Kind.values)
def test_each_kind_says_what_to_do(kind: str) -> None:
    """In a sentence or more."""
    assert len(discrepancies.advice(Discrepancy(kind=kind))) > 30


def test_a_refund_that_staff_ask_for_elsewhere_leaves_less(gateway: ScriptedGateway, anna: By) -> None:
    """The surplus follows the ledger."""
    row = paid(gateway, "12.00")
    gateway.play(refunded(Price(Decimal("1.50"), "EUR"), "r"))
    services.refund(Payment.objects.get(), Decimal("1.50"), by=anna)

    assert discrepancies.surplus(Discrepancy.objects.get(pk=row.pk)) == Decimal("0.50")


def test_a_payment_that_wasnt_made_is_given_up(gateway: ScriptedGateway, anna: By) -> None:
    """Its start was never answered; staff looked there, and the customer pays anew. Not without saying how it is known."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    gateway.play(OutcomeUnknown("no answer"))
    with clock.at(clock.now() + timedelta(days=2)):
        services.ask(payment)
    [row] = Discrepancy.objects.all()
    assert (row.kind, discrepancies.remedies(row)) == ("stuck", ["give_up", "book", "dismiss"])
    with pytest.raises(Invalid):
        discrepancies.give_up(row, by=anna, note=" ")

    discrepancies.give_up(row, by=anna, note="not in the dashboard")

    payment.refresh_from_db()
    assert (payment.status, payment.outcome_unknown, payment.error_code) == ("failed", False, "given_up")
    assert resolved(row) == ("given_up", "anna", "not in the dashboard")
    assert opened(order=order()).amount == Decimal("10.00")
    gateway.play(captured)
    services.ask(payment)
    assert (order().status, order().net_paid) == ("confirmed", Decimal(10))


@pytest.mark.parametrize(
    ("age", "wait", "asks"), [(0, 3, 1), (0, 1, 0), (120, 59, 0), (120, 61, 1), (3000, 1430, 0), (3000, 1450, 1)]
)
def test_a_refund_that_is_pending_is_asked_for_less_and_less_often(
    gateway: ScriptedGateway, age: int, wait: int, asks: int
) -> None:
    """Minutes since it was made, and since it was asked for: at first each time, then hourly, then daily."""
    payment = started(gateway, captured)
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r", EntryState.PENDING))
    services.refund(payment, Decimal("4.00"), by=SYSTEM)
    now = clock.now() + timedelta(days=30)
    Transaction.objects.filter(kind="refund").update(
        created_at=now - timedelta(minutes=age + wait), updated_at=now - timedelta(minutes=wait)
    )
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r", EntryState.PENDING))
    with clock.at(now):
        assert jobs.finish_refunds() == asks
        assert jobs.finish_refunds() == 0
    assert len(gateway.called("fetch_refund")) == asks
