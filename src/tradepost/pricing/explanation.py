"""Why a basket or an order costs what it costs, as a tree that people can read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .document import ChargeRow, LineRow, Row, Totals, TrailEntry

__all__ = ["Exchange", "Explanation", "RowExplanation", "explanation", "for_customers"]

_OF_PROMOTIONS = "promotions"  # the end of the names of their stages


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
class Exchange:
    """An order's total in the shop's own currency; ``rate`` is so many of its units for one of the order's."""

    currency: str
    rate: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """Totals, and how they came about.

    Attributes:
        refused: Promotions, coupons and deliveries that did not apply, each with the reason.
        credits: What was taken off an order after it was placed; from its total to what is left.
        exchange: Of an order in another currency than the shop's own.
    """

    totals: Totals
    lines: tuple[RowExplanation, ...]
    charges: tuple[RowExplanation, ...]
    refused: tuple[TrailEntry, ...]
    credits: tuple[TrailEntry, ...] = ()
    exchange: Exchange | None = None

    @property
    def rows(self) -> Sequence[RowExplanation]:
        """Lines, then charges."""
        return [*self.lines, *self.charges]


def explanation(
    totals: Totals, *, credited: Sequence[TrailEntry] = (), exchange: Exchange | None = None
) -> Explanation:
    """The trail of totals, sorted by what it is about."""
    return Explanation(
        totals=totals,
        lines=tuple(_row(totals, line, _line_name(line), line.item.sku) for line in totals.lines),
        charges=tuple(_row(totals, charge, charge.name, charge.code) for charge in totals.charges),
        refused=tuple(entry for entry in totals.trail if not entry.applied and not entry.row),
        credits=tuple(credited),
        exchange=exchange,
    )


def for_customers(full: Explanation) -> Explanation:
    """Without the promotions that are none of the buyer's business: who didn't enter their code isn't told of them.

    What stays of those that did not apply: codes that were entered, promotions that a hint tells of already, and whatever is
    no promotion.
    """
    hinted = {hint.promotion for hint in full.totals.hints}
    trail = tuple(entry for entry in full.totals.trail if _is_theirs(entry, hinted))
    return explanation(replace(full.totals, trail=trail), credited=full.credits, exchange=full.exchange)


def _is_theirs(entry: TrailEntry, hinted: set[str]) -> bool:
    if entry.applied or entry.coupon or not entry.stage.endswith(_OF_PROMOTIONS):
        return True
    return entry.rule in hinted


def _row(totals: Totals, row: LineRow | ChargeRow, name: str, code: str) -> RowExplanation:
    mine = [entry for entry in totals.trail if entry.row == row.key]
    steps = tuple(entry for entry in mine if entry.applied)
    return RowExplanation(row, name, code, steps, tuple(entry for entry in mine if not entry.applied))


def _line_name(line: LineRow) -> str:
    return line.item.name or line.item.sku
