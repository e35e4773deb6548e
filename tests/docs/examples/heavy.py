"""A condition and a benefit of one's own, as pure values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradepost.core.money import ZERO, quantise
from tradepost.pricing.document import Document, LineRow
from tradepost.promotions.rules import (
    Application,
    Benefit,
    Condition,
    Goods,
    Reason,
    give,
)


@dataclass(frozen=True, slots=True)
class MinimumWeight(Condition):
    """The goods weigh at least so many grams."""

    grams: int

    def unmet(self, document: Document) -> Reason | None:
        missing = self.grams - sum(
            line.item.weight * line.item.quantity for line in document.lines
        )
        return (
            Reason("too_light", f"{missing} g more is needed.") if missing > 0 else None
        )


@dataclass(frozen=True, slots=True)
class OffByWeight(Benefit):
    """So much off each kilogram."""

    target: str
    goods: Goods
    amount: Decimal
    currency: str

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency:
            return False
        rows = self.rows(document)
        return give(
            rows,
            [self._share(row) if isinstance(row, LineRow) else ZERO for row in rows],
            application,
        )

    def _share(self, row: LineRow) -> Decimal:
        return quantise(
            self.amount * row.item.weight * row.item.quantity / 1000, self.currency
        )
