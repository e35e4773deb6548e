"""The work list under races, on PostgreSQL: what two members of staff do at once is done once."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.payments.conftest import started
from tests.payments.test_disputes import INFO
from tradepost.core.actors import Actor, By
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    Price,
    Result,
    Status,
)
from tradepost.payments.models import Discrepancy, Dispute, Payment, Transaction
from tradepost.payments.reconciliation import by_hand, discrepancies
from tradepost.testing.gateways import ScriptedGateway, captured, refunded, waiting
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STAFF = By(Actor.STAFF, label="anna")


def overpaid(gateway: ScriptedGateway) -> Discrepancy:
    """14.00 came for 10.00: twice 4.00 could be refunded, but only once is it too much."""
    payment = started(gateway, waiting)
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal("14.00"), currency="EUR")
    gateway.play(Result(status=Status.CAPTURED, entries=[entry]))
    services.ask(payment)
    price = Price(Decimal("4.00"), "EUR")
    gateway.play(refunded(price, "r1"), refunded(price, "r2"))
    return Discrepancy.objects.get()


def test_a_surplus_is_refunded_once(gateway: ScriptedGateway) -> None:
    """Two pages with the same button."""
    row = overpaid(gateway)
    results = together([lambda: discrepancies.refund_surplus(row, by=STAFF)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["AlreadyResolved", "Transaction"]
    assert len(gateway.called("refund")) == 1
    assert ledger.balance_of(Payment.objects.get()).refunded == Decimal("4.00")


def test_without_the_claim_it_would_be_refunded_twice(gateway: ScriptedGateway) -> None:
    """The control: who looks at the surplus first and refunds then gives what is due back as well."""
    row = overpaid(gateway)
    both_have_looked = threading.Barrier(2)

    def refund_without_a_claim() -> object:
        most = discrepancies.surplus(Discrepancy.objects.get(pk=row.pk))
        both_have_looked.wait(timeout=10)
        return services.refund(Payment.objects.get(), most, by=STAFF)

    results = together([refund_without_a_claim] * 2)

    assert [type(result).__name__ for result in results] == ["Transaction"] * 2
    assert ledger.balance_of(Payment.objects.get()).refunded == Decimal("8.00")


def test_a_reference_is_booked_once(gateway: ScriptedGateway) -> None:
    """A double click, by two processes."""
    payment = started(gateway, captured)

    def book() -> object:
        return by_hand.book_refund(payment, Decimal("4.00"), reference="77", reason="x", by=STAFF)

    results = together([book] * 4)

    assert len({getattr(result, "pk", result) for result in results}) == 1
    assert Transaction.objects.filter(kind="refund").count() == 1


def test_a_dispute_that_is_told_by_many_is_recorded_once(gateway: ScriptedGateway) -> None:
    """Webhook, job and page at the same moment; it is told once, too."""
    payment = started(gateway, captured)
    result = replace(captured(payment.ref), disputes=[INFO])

    results = together([lambda: services.settle(payment, result)] * 4)

    assert not [entry for entry in results if isinstance(entry, Exception)]
    assert Dispute.objects.count() == 1
    assert payment.order.events.filter(kind="dispute_opened").count() == 1
