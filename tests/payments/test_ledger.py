"""The ledger: the same rows from every order of arrival."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payments.conftest import opened
from tradepost.core import db
from tradepost.payments import ledger
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
)
from tradepost.payments.ledger import Balance, balance
from tradepost.payments.models import Payment, Transaction
from tradepost.testing.gateways import ScriptedGateway


def _entry(kind: EntryKind, ref: str, amount: str, state: EntryState = EntryState.SUCCEEDED) -> Entry:
    return Entry(kind=kind, provider_ref=ref, amount=Decimal(amount), currency="EUR", state=state)


CASE_33 = [
    _entry(EntryKind.AUTHORISE, "a", "250"),
    _entry(EntryKind.CAPTURE, "c1", "200"),
    _entry(EntryKind.CAPTURE, "c2", "50", EntryState.PENDING),
    _entry(EntryKind.REFUND, "r1", "30"),
    _entry(EntryKind.REFUND, "r2", "15", EntryState.PENDING),
]


@db.atomic
def _book(payment: Payment, *entries: Entry) -> Balance:
    ledger.book(payment, entries)
    return ledger.balance_of(payment)


@pytest.mark.django_db
def test_sums_of_a_payment_in_every_order_of_arrival(gateway: ScriptedGateway) -> None:
    """For all 120 orders, told once more at the end of each."""
    payment = opened("250.00", method="hold")
    for entries in permutations(CASE_33):
        Transaction.objects.all().delete()
        for entry in (*entries, entries[0]):
            sums = _book(payment, entry)
        assert sums == Balance(
            authorised=Decimal(0),
            captured=Decimal(200),
            capture_pending=Decimal(50),
            refunded=Decimal(30),
            refund_pending=Decimal(15),
        )
        assert sums.refundable == Decimal(155)
        assert Transaction.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("states", "kept"),
    [
        (["pending", "succeeded"], "succeeded"),
        (["succeeded", "pending"], "succeeded"),
        (["failed", "succeeded"], "failed"),
        (["requested", "pending", "failed"], "failed"),
        (["succeeded", "failed"], "succeeded"),
    ],
)
def test_a_state_only_moves_forward(gateway: ScriptedGateway, states: list[str], kept: str) -> None:
    """Late older news is ignored."""
    payment = opened()
    for state in states:
        _book(payment, _entry(EntryKind.CAPTURE, "c", "10", EntryState(state)))
    assert Transaction.objects.get().state == kept


@pytest.mark.django_db
def test_a_refund_that_failed_at_the_bank_is_refundable_again(gateway: ScriptedGateway) -> None:
    """The one state that goes from succeeded to failed."""
    payment = opened()
    sums = _book(payment, _entry(EntryKind.CAPTURE, "c", "10"), _entry(EntryKind.REFUND, "r", "4"))
    assert sums.refundable == Decimal(6)

    assert _book(payment, _entry(EntryKind.REFUND, "r", "4", EntryState.FAILED)).refundable == Decimal(10)


@pytest.mark.django_db
def test_a_cumulative_amount_replaces_a_smaller_one(gateway: ScriptedGateway) -> None:
    """And never a greater one."""
    payment = opened()
    for amount, kept in (("4", "4"), ("10", "10"), ("4", "10")):
        _book(payment, _entry(EntryKind.CAPTURE, "c", amount))
        assert Transaction.objects.get().amount == Decimal(kept)


@pytest.mark.django_db
def test_a_won_dispute_brings_the_money_back(gateway: ScriptedGateway) -> None:
    """A reversal is a row of its own."""
    payment = opened()
    sums = _book(payment, _entry(EntryKind.CAPTURE, "c", "10"), _entry(EntryKind.CHARGEBACK, "d", "10"))
    assert (sums.charged_back, sums.net, sums.refundable) == (Decimal(10), Decimal(0), Decimal(0))

    sums = _book(payment, _entry(EntryKind.CHARGEBACK_REVERSAL, "d", "10"))
    assert (sums.charged_back, sums.net) == (Decimal(0), Decimal(10))


class _Row:
    def __init__(self, kind: str, state: str, amount: Decimal) -> None:
        self.kind, self.state, self.amount = kind, state, amount


_rows = st.lists(
    st.builds(
        _Row,
        st.sampled_from([kind.value for kind in EntryKind]),
        st.sampled_from([state.value for state in EntryState]),
        st.decimals(0, 1000, places=2),
    )
)


@given(_rows, st.randoms())
def test_the_order_of_rows_never_matters(rows: list[_Row], random: object) -> None:
    """Sums are a function of the set of rows."""
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert balance(rows) == balance(shuffled)
    assert balance(rows).refundable >= 0
    assert balance(rows).authorised >= 0
