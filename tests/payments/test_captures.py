"""Captures in parts, the last one, and those that were never answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.payments.conftest import started
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.payments import (
    conf,
    jobs,
    ledger,
    services,
)
from tradepost.payments.errors import AmountError, NotCapturable
from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    OutcomeUnknown,
    Rejected,
    Result,
    Status,
)
from tradepost.payments.models import Payment, Transaction
from tradepost.testing.gateways import ScriptedGateway, authorised

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


@pytest.fixture
def held(gateway: ScriptedGateway) -> Iterator[ScriptedGateway]:
    """The method that authorises first."""
    provider = conf.gateway("hold")
    assert isinstance(provider, ScriptedGateway)
    yield provider
    provider.__dict__.pop("capabilities", None)


def took(amount: str, ref: str, *, key: str = "", voided: str = "") -> Result:
    """An answer to a capture."""
    entries = [Entry(kind=EntryKind.CAPTURE, provider_ref=ref, amount=Decimal(amount), currency="EUR", key=key)]
    if voided:
        entries.append(Entry(kind=EntryKind.VOID, provider_ref=f"{ref}-rest", amount=Decimal(voided), currency="EUR"))
    return Result(status=Status.CAPTURED, entries=entries)


def able(gateway: ScriptedGateway, **abilities: bool) -> Capabilities:
    """Let the provider be able to do something else than it is."""
    gateway.capabilities = replace(type(gateway).capabilities, **abilities)  # type: ignore[misc]
    return gateway.capabilities


def sums() -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Authorised, awaited, captured, voided."""
    rows = ledger.balance_of(Payment.objects.get())
    return rows.authorised, rows.capture_pending, rows.captured, rows.voided


def test_a_part_leaves_the_rest_authorised(held: ScriptedGateway) -> None:
    """30.00 of 100.00, then 70.00: the formula of the balance at each step."""
    payment = started(held, authorised, "100.00", method="hold")
    held.play(took("30.00", "c1"))
    services.capture(payment, Decimal("30.00"), by=STAFF, final=False)
    assert sums() == (70, 0, 30, 0)
    assert Order.objects.get().payment_status == "authorised"

    held.play(took("70.00", "c2"))
    services.capture(payment, by=STAFF, final=False)

    assert sums() == (0, 0, 100, 0)
    assert Order.objects.get().payment_status == "paid"
    assert [call.values["final"] for call in held.called("capture")] == [False, True]


def test_the_last_part_lets_the_rest_go(held: ScriptedGateway) -> None:
    """100.00 held, 30.00 and 50.00 taken, 20.00 voided; nothing more is taken."""
    payment = started(held, authorised, "100.00", method="hold")
    held.play(took("30.00", "c1"), took("50.00", "c2", voided="20.00"))
    services.capture(payment, Decimal("30.00"), by=STAFF, final=False)
    services.capture(payment, Decimal("50.00"), by=STAFF)

    assert sums() == (0, 0, 80, 20)
    with pytest.raises(AmountError):
        services.capture(payment, Decimal("0.01"), by=STAFF)


def test_while_the_last_part_is_under_way_none_is_begun(held: ScriptedGateway) -> None:
    """Its rest is about to be let go: to take of it would fail at the provider, or be too much."""
    payment = started(held, authorised, "100.00", method="hold")
    held.play(OutcomeUnknown("no answer"))
    services.capture(payment, Decimal("30.00"), by=STAFF)
    assert sums() == (70, 30, 0, 0)

    with pytest.raises(NotCapturable):
        services.capture(payment, Decimal("10.00"), by=STAFF)

    assert len(held.called("capture")) == 1


@pytest.mark.parametrize(
    ("abilities", "amount", "final"),
    [
        ({"multi_capture": False}, "30.00", False),
        ({"multi_capture": False, "partial_capture": False}, "30.00", True),
    ],
)
def test_what_the_method_cannot_is_refused_before_it_is_asked(
    held: ScriptedGateway, abilities: dict[str, bool], amount: str, final: bool
) -> None:
    """Neither the rest kept where there is one capture, nor a part where all must be taken."""
    payment = started(held, authorised, "100.00", method="hold")
    able(held, **abilities)
    with pytest.raises(NotCapturable):
        services.capture(payment, Decimal(amount), by=STAFF, final=final)

    assert not held.called("capture")
    assert not Transaction.objects.filter(kind="capture").exists()


def test_a_method_that_captures_once_takes_no_second_part(held: ScriptedGateway) -> None:
    """Even if its provider forgot to say that the rest is let go."""
    payment = started(held, authorised, "100.00", method="hold")
    able(held, multi_capture=False)
    held.play(took("30.00", "c1"))
    services.capture(payment, Decimal("30.00"), by=STAFF)

    with pytest.raises(NotCapturable):
        services.capture(payment, Decimal("10.00"), by=STAFF)


def test_the_rest_is_let_go_after_a_part(held: ScriptedGateway) -> None:
    """The payment stays captured."""
    payment = started(held, authorised, "100.00", method="hold")
    held.play(took("30.00", "c1"), took("30.00", "c1", voided="70.00"))
    payment = services.capture(payment, Decimal("30.00"), by=STAFF, final=False)

    payment = services.cancel(payment, by=STAFF)

    assert payment.status == "captured"
    assert sums() == (0, 0, 30, 70)
    assert services.cancel(payment, by=STAFF).status == "captured"  # nothing is left: nobody is asked
    assert len(held.called("cancel")) == 1


def lost(held: ScriptedGateway, *, final: bool = True) -> Transaction:
    """A capture of 30.00 that was never answered."""
    payment = started(held, authorised, "100.00", method="hold")
    held.play(OutcomeUnknown("no answer"))
    services.capture(payment, Decimal("30.00"), by=STAFF, final=final)
    return Transaction.objects.get(kind="capture")


def held_still(payment: Any) -> Result:
    """The provider has taken nothing."""
    return authorised(payment)


@pytest.mark.parametrize("final", [True, False])
def test_a_capture_that_never_arrived_is_asked_for_again(held: ScriptedGateway, final: bool) -> None:
    """With the same key, and the same word about the rest."""
    asked = lost(held, final=final)
    held.play(held_still, took("30.00", "c1", key=str(asked.key)))
    assert jobs.finish_captures() == 0
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert jobs.finish_captures() == 1

    asked.refresh_from_db()
    assert (asked.state, asked.provider_ref) == ("succeeded", "c1")
    assert [(c.values["key"], c.values["final"]) for c in held.called("capture")] == [(asked.key, final)] * 2


def test_a_capture_without_keys_is_not_asked_for_again_while_it_may_be_running(held: ScriptedGateway) -> None:
    """30.00 that were taken after our time was out would be 60.00; after the lease the provider is asked what it has."""
    able(held, keyed_captures=False, multi_capture=True)
    asked = lost(held, final=False)

    services.finish_capture(asked)
    with clock.at(clock.now() + timedelta(minutes=2, seconds=30)):
        assert jobs.finish_captures() == 0
    assert [call.name for call in held.calls if call.name in ("capture", "fetch")] == ["capture"]

    held.play(held_still, OutcomeUnknown("no answer"))
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert jobs.finish_captures() == 1
        services.finish_capture(Transaction.objects.get(pk=asked.pk))
    held.play(took("30.00", "c1"))
    with clock.at(clock.now() + timedelta(minutes=8)):
        services.finish_capture(Transaction.objects.get(pk=asked.pk))
    assert (len(held.called("capture")), ledger.balance_of(Payment.objects.get()).captured) == (2, Decimal("30.00"))


def test_a_capture_that_arrived_is_not_asked_for_again(held: ScriptedGateway) -> None:
    """The provider has it under our key."""
    asked = lost(held)
    held.play(lambda _payment: took("30.00", "c1", key=str(asked.key)))

    services.finish_capture(asked)

    asked.refresh_from_db()
    assert (asked.state, len(held.called("capture"))) == ("succeeded", 1)


def test_a_capture_that_is_told_without_our_key_is_counted_once(held: ScriptedGateway) -> None:
    """A provider that doesn't echo keys: the row that it told stands, and our request is ended."""
    asked = lost(held)
    held.play(took("30.00", "c1"))

    services.finish_capture(asked)

    asked.refresh_from_db()
    assert (asked.state, sums()) == ("failed", (70, 0, 30, 0))
    assert len(held.called("capture")) == 1


def test_a_provider_that_still_gives_no_answer_is_left_in_peace(held: ScriptedGateway) -> None:
    """Nothing is asked for before it is known what it has."""
    asked = lost(held)
    held.play(OutcomeUnknown("down"))

    services.finish_capture(asked)

    asked.refresh_from_db()
    assert (asked.state, sums()) == ("requested", (70, 30, 0, 0))
    assert len(held.called("capture")) == 1


def test_a_refused_capture_frees_its_amount(held: ScriptedGateway) -> None:
    """The job goes on; staff may capture again."""
    asked = lost(held)
    held.play(held_still, Rejected("expired", "too late"))
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert jobs.finish_captures() == 1

    asked.refresh_from_db()
    assert (asked.state, asked.error, sums()) == ("failed", "too late", (100, 0, 0, 0))


def test_after_a_day_it_is_given_up(held: ScriptedGateway) -> None:
    """The provider has forgotten the key: another call with it would be another capture."""
    asked = lost(held)
    held.play(held_still)
    with clock.at(clock.now() + timedelta(hours=21)):
        services.finish_capture(asked)

    asked.refresh_from_db()
    assert (asked.state, sums()) == ("failed", (100, 0, 0, 0))
    assert len(held.called("capture")) == 1


def test_a_cancelled_order_lets_the_rest_go_and_refunds_what_was_taken(held: ScriptedGateway) -> None:
    """Neither money nor a hold is left behind."""
    from tradepost.orders import services as orders
    from tradepost.payments.interface import Price
    from tradepost.testing.deliver import deliver_events
    from tradepost.testing.gateways import refunded

    payment = started(held, authorised, "100.00", method="hold")
    held.play(took("30.00", "c1"))
    services.capture(payment, Decimal("30.00"), by=STAFF, final=False)
    held.play(took("30.00", "c1", voided="70.00"), refunded(Price(Decimal("30.00"), "EUR"), "r1"))

    orders.apply(Order.objects.get(), "cancel", by=SYSTEM)
    deliver_events()

    assert sums() == (0, 0, 30, 70)
    assert services.find(payment.uuid).status == "refunded"


def test_a_capture_takes_what_is_due_at_most(gateway: ScriptedGateway) -> None:
    """Authorised 30.00, goodwill 25.00: without an amount 5.00; with one, more is refused before anybody is asked."""
    held = conf.gateway("hold")
    assert isinstance(held, ScriptedGateway)
    payment = started(held, authorised, "30.00", method="hold")
    orders.credit_goodwill(Order.objects.get(), Decimal("25.00"), by=STAFF)
    with pytest.raises(AmountError) as refusal:
        services.capture(payment, Decimal("5.01"), by=STAFF)
    assert (refusal.value.context["most"], held.called("capture")) == ("5.00", [])

    held.play(took("5.00", "c1"))
    services.capture(payment, by=STAFF, final=False)
    assert held.called("capture")[0].values["price"].amount == Decimal("5.00")
    with pytest.raises(NotCapturable, match="Nothing is due"):
        services.capture(payment, by=STAFF)
    assert services.capture_up_to(payment, Decimal("1.00"), by=STAFF).pk == payment.pk
    assert (len(held.called("capture")), ledger.balance_of(payment).captured) == (1, Decimal("5.00"))
