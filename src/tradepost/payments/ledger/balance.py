"""Balance of a payment's ledger. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tradepost.core.money import ZERO

from ..interface import EntryKind, EntryState

__all__ = ["Balance", "LedgerRow", "balance"]


class LedgerRow(Protocol):
    """A transaction, as far as sums need it."""

    kind: str
    state: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Sums of one payment, in its currency.

    Attributes:
        authorised: Held and not captured, nor about to be.
        capture_pending: Captures asked for whose outcome is awaited.
        refund_pending: Refunds asked for or pending.
        charged_back: Less what was won back.
    """

    authorised: Decimal = ZERO
    captured: Decimal = ZERO
    capture_pending: Decimal = ZERO
    refunded: Decimal = ZERO
    refund_pending: Decimal = ZERO
    charged_back: Decimal = ZERO
    voided: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """The amount received, less refunds and chargebacks."""
        return self.captured - self.refunded - self.charged_back

    @property
    def refundable(self) -> Decimal:
        """The amount that can still be given back."""
        return max(ZERO, self.captured - self.refunded - self.refund_pending - self.charged_back)


def balance(rows: Iterable[LedgerRow]) -> Balance:
    """Add up ledger rows, in any order."""
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (str(row.kind), str(row.state))
        sums[key] = sums.get(key, ZERO) + row.amount

    def of(kind: EntryKind, *states: EntryState) -> Decimal:
        return sum((sums.get((kind.value, state.value), ZERO) for state in states), ZERO)

    done, awaited = EntryState.SUCCEEDED, (EntryState.REQUESTED, EntryState.PENDING)
    captured, capturing = of(EntryKind.CAPTURE, done), of(EntryKind.CAPTURE, *awaited)
    voided = of(EntryKind.VOID, done)
    return Balance(
        authorised=max(ZERO, of(EntryKind.AUTHORISE, done) - captured - capturing - voided),
        captured=captured,
        capture_pending=capturing,
        refunded=of(EntryKind.REFUND, done),
        refund_pending=of(EntryKind.REFUND, *awaited),
        charged_back=max(ZERO, of(EntryKind.CHARGEBACK, done) - of(EntryKind.CHARGEBACK_REVERSAL, done)),
        voided=voided,
    )
