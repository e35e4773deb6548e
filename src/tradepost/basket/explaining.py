"""Why a basket costs what it costs, as a tree that people can read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tradepost.pricing.document import ChargeRow, LineRow, Row, Totals, TrailEntry

__all__ = ["Explanation", "RowExplanation", "explanation"]


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """A line or a charge, with the steps from nothing to its total.

    Attributes:
        row: With all its amounts.
        name: Of the product or the charge.
        code: The SKU, or the charge's code.
        steps: Those that changed its amount, in order; each begins where the one before ended.
        refused: Those that would have changed this row alone and did not, with the reason.
    """

    row: Row
    name: str
    code: str
    steps: tuple[TrailEntry, ...]
    refused: tuple[TrailEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Totals, and how they came about.

    Attributes:
        refused: Promotions, coupons and deliveries that did not apply, each with the reason.
    """

    totals: Totals
    lines: tuple[RowExplanation, ...]
    charges: tuple[RowExplanation, ...]
    refused: tuple[TrailEntry, ...]

    @property
    def rows(self) -> Sequence[RowExplanation]:
        """Lines, then charges."""
        return [*self.lines, *self.charges]


def explanation(totals: Totals) -> Explanation:
    """The trail of totals, sorted by what it is about."""
    return Explanation(
        totals=totals,
        lines=tuple(_row(totals, line, _line_name(line), line.item.sku) for line in totals.lines),
        charges=tuple(_row(totals, charge, charge.name, charge.code) for charge in totals.charges),
        refused=tuple(entry for entry in totals.trail if not entry.applied and not entry.row),
    )


def _row(totals: Totals, row: LineRow | ChargeRow, name: str, code: str) -> RowExplanation:
    mine = [entry for entry in totals.trail if entry.row == row.key]
    steps = tuple(entry for entry in mine if entry.applied)
    return RowExplanation(row, name, code, steps, tuple(entry for entry in mine if not entry.applied))


def _line_name(line: LineRow) -> str:
    return line.item.name or line.item.sku
