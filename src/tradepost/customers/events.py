"""Events of customers."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["ConsentChanged", "SpendingChanged", "TierChanged"]


@dataclass(frozen=True)
class ConsentChanged(Event):
    """A customer agreed to something, to a new text about it, or withdrew it. What is sent by it begins or ends.

    Attributes:
        purpose: Key in ``TRADEPOST_CUSTOMERS["CONSENTS"]``.
    """

    customer_id: int
    purpose: str
    is_granted: bool


@dataclass(frozen=True)
class SpendingChanged(Event):
    """A customer has spent more or less, and may have earned another tier. Published only in a shop that has a tier to earn."""

    customer_id: int


@dataclass(frozen=True)
class TierChanged(Event):
    """A customer has come into another tier, or out of one; their group has changed with it.

    Attributes:
        before: Code of the tier; empty for none.
        after: Likewise.
        by_hand: Somebody has put them there, and no rule.
    """

    customer_id: int
    before: str
    after: str
    by_hand: bool
