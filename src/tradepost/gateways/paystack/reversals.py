"""Amounts that a customer's bank reversed at Paystack. Nothing here calls Paystack.

A transaction is ``reversed`` when it was refunded, and also when its bank took the money; and the list of refunds may lag behind
it. So what no refund accounts for is waited for, before it is called a chargeback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tradepost.core.dates import clock
from tradepost.core.money import ZERO
from tradepost.gateways.responses import Json
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    PaymentRef,
    Price,
    Result,
)

from .parse import entry, read_refund

__all__ = ["with_reversal"]

LISTED_WITHIN = timedelta(days=1)
"""How long the refund of a reversed transaction may be missing in Paystack's list."""


def with_reversal(result: Result, paid: Json, refunds: Sequence[Json], payment: PaymentRef) -> Result:
    """A result with what was taken back, as far as it is known for certain.

    Args:
        result: The transaction with its refunds.
        paid: As it was verified.
        refunds: All that Paystack lists.
        payment: With the refunds of the ledger, and in its state what was seen before: since when something is
            ``unexplained``, and what was ``taken`` by the bank.
    """
    assert result.amount is not None
    disputed, given = _listed(refunds)
    rest = ZERO
    if paid["status"] == "reversed":
        rest = max(ZERO, result.amount - disputed - given - _not_listed_yet(payment, result.entries))
    since, now = payment.state.get("unexplained") or "", clock.now()
    has_waited = bool(since) and now - datetime.fromisoformat(since) >= LISTED_WITHIN
    is_certain = disputed > ZERO or has_waited  # whose bank has taken a part has taken the rest
    before = Decimal(payment.state.get("taken") or 0)
    taken = disputed + (rest if is_certain else ZERO)
    most = max(taken, before)
    state = {"unexplained": (since or now.isoformat()) if rest else "", "taken": str(most) if most else ""}
    return replace(
        result,
        entries=[*result.entries, *_entries(str(paid["id"]), Price(most, result.currency), most - taken)],
        missing=["refunds"] if rest and not is_certain else [],
        state={name: text for name, text in state.items() if text or payment.state.get(name)},
    )


def _listed(refunds: Sequence[Json]) -> tuple[Decimal, Decimal]:
    """Sum the refunds: those for disputes, and others."""
    disputed = given = ZERO
    for refund in refunds:
        read = read_refund(refund)
        assert read.price is not None
        if read.state is EntryState.FAILED:
            continue
        if refund.get("dispute"):
            disputed += read.price.amount
        else:
            given += read.price.amount
    return disputed, given


def _not_listed_yet(payment: PaymentRef, listed: Sequence[Entry]) -> Decimal:
    """Refunds that the ledger has, and the list hasn't."""
    refs, keys = {refund.provider_ref for refund in listed}, {refund.key for refund in listed if refund.key}
    missing = [
        entry
        for entry in payment.refunds
        if entry.state is not EntryState.FAILED and entry.provider_ref not in refs and entry.key not in keys
    ]
    return sum((entry.amount for entry in missing), ZERO)


def _entries(ref: str, taken: Price, back: Decimal) -> list[Entry]:
    """The ledger entries of a reversal: the bank's part, and of it what turned out to be a refund or was given back."""
    entries = [entry(EntryKind.CHARGEBACK, ref, taken)] if taken.amount else []
    if back:
        entries.append(entry(EntryKind.CHARGEBACK_REVERSAL, ref, Price(back, taken.currency)))
    return entries
