"""Events of pricing."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["RatesLoaded", "RatesNotLoaded"]


@dataclass(frozen=True)
class RatesLoaded(Event):
    """Exchange rates were stored.

    Attributes:
        base: The shop's own currency.
        currencies: Of which there is a new rate.
    """

    base: str
    currencies: list[str]


@dataclass(frozen=True)
class RatesNotLoaded(Event):
    """Exchange rates weren't stored, and those on file stay: somebody should look.

    Attributes:
        base: The shop's own currency.
        currencies: Whose rates jumped further than ``RATE_JUMP``; all that were wanted where the source gave no answer.
        reason: Code of what is wrong: ``rates_unavailable``, or ``rate_jump``.
    """

    base: str
    currencies: list[str]
    reason: str
