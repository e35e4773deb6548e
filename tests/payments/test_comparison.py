"""The ledger beside the provider's books: what is safe is mended, the rest is listed for staff once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from tests.payments.conftest import opened, started
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.orders.models import Order
from tradepost.payments import (
    jobs,
    ledger,
    services,
)
from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
    EntryState,
    NotSupported,
    OutcomeUnknown,
    Price,
    Rejected,
    Result,
    Status,
)
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.payments.reconciliation import (
    by_hand,
    comparison,
    discrepancies,
)
from tradepost.payments.reconciliation.comparison import Comparison, Verdict
from tradepost.testing.gateways import Asked, ScriptedGateway, authorised, captured, declined, refunded, waiting

pytestmark = pytest.mark.django_db


def books(payment: Payment, *more: tuple[EntryKind, str, str]) -> Result:
    """The provider's answer: captured in full, and whatever else."""
    result = captured(payment.ref)
    entries: Sequence[Entry] = [
        Entry(kind=kind, provider_ref=ref, amount=Decimal(amount), currency="EUR") for kind, ref, amount in more
    ]
    return Result(
        status=result.status,
        provider_ref=result.provider_ref,
        reference=result.reference,
        entries=[*result.entries, *entries],
    )


def compared(payment: Payment, *, mend: bool = True) -> Comparison:
    return comparison.compare(payment, mend=mend)


def test_books_that_agree_change_nothing(gateway: ScriptedGateway) -> None:
    """Both sums are told."""
    payment = started(gateway, captured)
    gateway.play(captured)

    findings = compared(payment)

    assert (findings.verdict, findings.ours, findings.theirs) == (Verdict.AGREES, "captured 10.00", "captured 10.00")
    assert (findings.reference, findings.order, findings.gateway) == (payment.reference, payment.order.number, "card")
    assert (Transaction.objects.count(), Discrepancy.objects.count()) == (1, 0)


def test_what_the_provider_knows_more_is_booked(gateway: ScriptedGateway) -> None:
    """Its webhook was lost: paid after all, and a part refunded in its dashboard."""
    payment = started(gateway, waiting)
    gateway.play(books(payment, (EntryKind.REFUND, "re_1", "4.00")))

    findings = compared(payment)

    assert (findings.verdict, findings.ours) == (Verdict.MENDED, "captured 10.00, refunded 4.00")
    assert findings.ours == findings.theirs
    assert Payment.objects.get().status == "partly_refunded"


def test_a_dry_run_writes_nothing(gateway: ScriptedGateway) -> None:
    """It says what would be booked."""
    payment = started(gateway, waiting)
    gateway.play(captured)

    findings = compared(payment, mend=False)

    assert (findings.verdict, findings.detail) == (Verdict.BEHIND, "captured: 0.00 here, 10.00 there")
    assert (Transaction.objects.count(), Payment.objects.get().status) == (0, "pending")


def test_a_status_without_money_is_brought_up_to_date(gateway: ScriptedGateway) -> None:
    """Declined, while the ledger still waited."""
    payment = started(gateway, waiting)
    gateway.play(declined, declined)

    assert compared(payment, mend=False).detail == "status: pending here, failed there"
    assert (compared(payment).verdict, Payment.objects.get().status) == (Verdict.MENDED, "failed")


def test_what_only_the_ledger_holds_is_listed_once(gateway: ScriptedGateway) -> None:
    """It is never taken out of the ledger; once staff have resolved it, it counts no more."""
    payment = started(gateway, captured)
    Transaction.objects.create(
        payment=payment,
        gateway="card",
        kind="refund",
        state="succeeded",
        provider_ref="re_9",
        amount=Decimal("3.00"),
        currency="EUR",
    )
    gateway.play(captured, refunded(Price(Decimal("1.00"), "EUR"), "re_9"))
    assert compared(payment, mend=False).verdict is Verdict.DIFFERS
    for verdict in (Verdict.DIFFERS, Verdict.DIFFERS):
        gateway.play(books(payment, (EntryKind.REFUND, "re_1", "1.00")))
        assert compared(payment).verdict is verdict
    assert Discrepancy.objects.get(kind="refund_unasked").facts["refund"] == "re_1"
    [row] = Discrepancy.objects.exclude(kind="refund_unasked")
    assert (row.kind, row.facts["differs"]) == ("differs", "refunded: 4.00 here, 1.00 there")
    assert ledger.balance_of(payment).refunded == Decimal(4)

    discrepancies.dismiss(row, by=SYSTEM, note="a test refund of theirs")
    gateway.play(books(payment, (EntryKind.REFUND, "re_1", "1.00")))
    assert compared(payment).verdict is Verdict.KNOWN
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.filter(resolved_at=None)] == ["refund_unasked"]


def test_another_amount_is_listed_as_such(gateway: ScriptedGateway) -> None:
    """By the same finding as a webhook's, and not a second time."""
    payment = started(gateway, waiting)
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c", amount=Decimal("11.00"), currency="USD")
    gateway.play(Result(status=Status.CAPTURED, currency="USD", entries=[entry]))

    findings = compared(payment)

    assert (findings.verdict, findings.detail) == (Verdict.DIFFERS, "entries in USD")
    assert [row.kind for row in Discrepancy.objects.all()] == ["currency"]


def test_silence_is_no_difference(gateway: ScriptedGateway) -> None:
    """Nothing is concluded from it."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("read timed out"), Rejected("odd"))

    for data in ("OutcomeUnknown: read timed out", "Rejected: odd"):
        findings = compared(payment)
        assert (findings.verdict, findings.theirs) == (Verdict.NO_ANSWER, data)
    assert (Payment.objects.get().status, Discrepancy.objects.count()) == ("captured", 0)


def test_a_start_that_was_never_answered_is_asked_about(gateway: ScriptedGateway) -> None:
    """With the same key, as the job does."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    gateway.play(OutcomeUnknown("no answer"), captured)

    assert compared(payment).verdict is Verdict.NO_ANSWER
    assert compared(payment).verdict is Verdict.MENDED
    assert Order.objects.get().status == "confirmed"
    assert len({call.values["asked"].key for call in gateway.called("start")}) == 1


def test_open_refunds_are_finished_first(gateway: ScriptedGateway) -> None:
    """One that was asked for and not answered."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("no answer"))
    services.refund(payment, Decimal("4.00"), by=SYSTEM)
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r"), books(payment, (EntryKind.REFUND, "refund-r", "4.00")))

    findings = compared(payment)

    assert (findings.verdict, findings.ours) == (Verdict.MENDED, "captured 10.00, refunded 4.00")


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (refunded(Price(Decimal("4.00"), "EUR"), "r"), Verdict.AGREES),
        (NotSupported("fetch_refund"), Verdict.AGREES),
        (refunded(Price(Decimal("4.00"), "EUR"), "r", EntryState.FAILED), Verdict.DIFFERS),
    ],
)
def test_refunds_that_the_payment_doesnt_tell_are_asked_for(
    gateway: ScriptedGateway, state: object, verdict: Verdict
) -> None:
    """One by one, where the provider can say."""
    payment = started(gateway, captured)
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r"))
    services.refund(payment, Decimal("4.00"), by=SYSTEM)
    gateway.play(captured, state)  # type: ignore[arg-type]

    assert compared(payment).verdict is verdict


def test_what_was_booked_by_hand_is_no_difference(gateway: ScriptedGateway) -> None:
    """No provider knows of it."""
    payment = started(gateway, captured)
    by_hand.book_refund(payment, Decimal("4.00"), reference="77", reason="x", by=SYSTEM)
    gateway.play(captured)

    assert compared(payment).verdict is Verdict.AGREES


def test_only_what_was_begun_at_a_provider_is_selected(gateway: ScriptedGateway) -> None:
    """By its time and method."""
    with clock.at(clock.now() - timedelta(days=10)):
        old = started(gateway, captured)
    Payment.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=10))
    opened()
    new = started(gateway, captured)

    assert list(comparison.select()) == [old, new]
    assert list(comparison.select(since=clock.now() - timedelta(days=1))) == [new]
    assert list(comparison.select(gateway="hold")) == []


def aged(payment: Payment, days: int, status: str = "captured") -> None:
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - timedelta(days=days), status=status)


@pytest.mark.parametrize(
    ("status", "days", "is_due"),
    [
        ("captured", 0, False),
        ("captured", 2, True),
        ("captured", 181, False),
        ("authorised", 39, True),
        ("authorised", 41, False),
        ("failed", 6, True),
        ("cancelled", 8, False),
        ("pending", 2, False),
    ],
)
def test_the_job_looks_as_long_as_something_may_come(
    gateway: ScriptedGateway, status: str, days: int, is_due: bool
) -> None:
    """By state; what waits is asked for by another job."""
    aged(started(gateway, captured), days, status)

    assert comparison.due(clock.now()).exists() is is_due


def test_the_job_compares_less_and_less_often(gateway: ScriptedGateway) -> None:
    """When it is twice as old; held money daily."""
    payment = started(gateway, captured)
    aged(payment, 8)
    gateway.play(captured)
    assert jobs.compare_settled() == 1
    assert jobs.compare_settled() == 0
    with clock.at(clock.now() + timedelta(days=7)):
        assert not comparison.due(clock.now()).exists()
    with clock.at(clock.now() + timedelta(days=8, minutes=1)):
        assert comparison.due(clock.now()).exists()

    Payment.objects.update(status="authorised")
    comparison.postpone(Payment.objects.get())
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert comparison.due(clock.now()).exists()


def test_the_job_finds_an_authorisation_that_lapsed(gateway: ScriptedGateway) -> None:
    """Its webhook was lost."""

    def lapsed(asked: Asked) -> Result:
        held = authorised(asked).entries[0]
        void = Entry(kind=EntryKind.VOID, provider_ref=held.provider_ref, amount=held.amount, currency=held.currency)
        return Result(status=Status.CANCELLED, provider_ref="p", entries=[held, void])

    gateway.play(authorised)
    payment = services.start(opened())
    aged(payment, 8, "authorised")
    gateway.play(lapsed)

    assert jobs.compare_settled() == 1
    assert Payment.objects.get().status == "cancelled"


def test_a_disputed_payment_is_compared_daily(gateway: ScriptedGateway) -> None:
    """Although nothing was taken yet: how it ends may have been missed."""
    payment = started(gateway, captured)
    info = DisputeInfo(
        provider_ref="dp", amount=Decimal("10.00"), currency="EUR", status=DisputeStatus.UNDER_REVIEW, reason="fraud"
    )
    services.settle(payment, Result(status=Status.CAPTURED, disputes=[info]))
    aged(payment, 30)
    comparison.postpone(Payment.objects.get())
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert comparison.due(clock.now()).exists()

    services.settle(payment, Result(status=Status.CAPTURED, disputes=[replace(info, status=DisputeStatus.WON)]))
    comparison.postpone(Payment.objects.get())
    with clock.at(clock.now() + timedelta(days=29)):
        assert not comparison.due(clock.now()).exists()


def test_one_odd_payment_doesnt_end_the_command(gateway: ScriptedGateway, capsys: pytest.CaptureFixture[str]) -> None:
    """It is reported as failed, the others are compared, and the exit code tells."""
    odd, good = started(gateway, captured), started(gateway, waiting)
    gateway.play(ZeroDivisionError("ours"), captured)

    with pytest.raises(CommandError, match=r"2 payments: 1 failed, 1 mended\.") as end:
        call_command("tradepost_reconcile")

    assert end.value.returncode == 3
    assert Payment.objects.get(pk=good.pk).status == "captured"
    out = capsys.readouterr().out
    assert f"{odd.reference}" in out
    assert "ZeroDivisionError: see the log" in out
