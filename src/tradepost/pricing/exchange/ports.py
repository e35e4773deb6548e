"""The port of exchange rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Protocol, runtime_checkable

__all__ = ["RateSource"]


@runtime_checkable
class RateSource(Protocol):
    """Where exchange rates come from.

    Called some times a day by a job and by ``manage.py tradepost_rates``, outside any transaction, never while a customer waits:
    what is on file counts until there is something newer. Bound its time and what it reads.
    """

    def rates(self, base: str, currencies: Collection[str]) -> Mapping[str, Decimal]:
        """Units of ``base`` for one unit of each currency, as far as the source knows them.

        Args:
            base: The shop's own currency, ISO 4217.
            currencies: Which are wanted; ``base`` isn't among them.

        Raises:
            RatesUnavailable: No answer, or none that can be right; nothing is stored.
        """
