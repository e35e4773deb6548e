"""An explanation as the rows that people read, of a basket and of an order alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from tradepost.core.templatetags.tradepost import money, unit_money
from tradepost.pricing.document import LineRow, TrailEntry
from tradepost.pricing.explanation import (
    Explanation,
    RowExplanation,
    for_customers,
)

from .totals_table import why_other

__all__ = ["Panel", "PanelRow", "Step", "panel"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``kind`` is ``first``, ``less``, ``more`` or ``part``, whose amount is a part of what stands above it."""

    kind: str
    text: str
    amount: str


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A line or a charge, from nothing to its total."""

    name: str
    total: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """The explanation of a total.

    Attributes:
        refused: Not applied and why.
        after: What was taken off an order once it was placed.
        exchange: The total in the shop's own currency, as a sentence; empty where it is the same.
    """

    rows: tuple[PanelRow, ...]
    refused: tuple[tuple[str, str], ...]
    after: tuple[Step, ...]
    exchange: str


def panel(explanation: Explanation) -> Panel:
    """Build the explanation for customers."""
    theirs, currency = for_customers(explanation), explanation.totals.currency
    return Panel(
        rows=tuple(
            PanelRow(row.name, money(row.row.total, currency), tuple(_steps(row, explanation))) for row in theirs.rows
        ),
        refused=tuple((entry.coupon, str(entry.why)) for entry in theirs.refused if _is_told(entry)),
        after=tuple(_change(entry, currency) for entry in theirs.credits),
        exchange=_exchange(explanation),
    )


def _is_told(entry: TrailEntry) -> bool:
    """Codes, and what is no promotion: of other promotions the hints tell."""
    return bool(entry.coupon) or not entry.stage.endswith("promotions")


def _steps(row: RowExplanation, explanation: Explanation) -> Iterator[Step]:
    currency = explanation.totals.currency
    changes = [entry for entry in row.steps if entry.stage != "taxes"]
    for entry in row.steps:
        if entry.stage == "taxes":
            yield from _taxes(row, entry, currency)
        elif isinstance(row.row, LineRow) and entry.stage == "prices":
            yield Step("first", _times(row.row, currency), money(entry.after, currency))
        elif entry is changes[0]:  # a charge: its name and what it comes to stand above, where nothing changes it
            if len(changes) > 1:
                yield Step("first", _("Price"), money(entry.after, currency))
        else:
            yield _change(entry, currency)
    for entry in row.refused:
        yield Step("part", str(entry.why), "")


def _times(row: LineRow, currency: str) -> str:
    each = {"count": row.item.quantity, "price": unit_money(row.unit_price, currency)}
    if row.list_price is None or row.list_price <= row.unit_price:
        return _("%(count)s × %(price)s") % each
    return _("%(count)s × %(price)s instead of %(was)s") % {**each, "was": unit_money(row.list_price, currency)}


def _change(entry: TrailEntry, currency: str) -> Step:
    change = (entry.after or Decimal(0)) - (entry.before or Decimal(0))
    text = f"{entry.why} ({entry.coupon})" if entry.coupon else str(entry.why)
    return Step("less" if change < 0 else "more", text, money(change, currency))


def _taxes(row: RowExplanation, entry: TrailEntry, currency: str) -> Iterator[Step]:
    """Each tax of the row: added, or a part of what stands there; the difference, where one is taken out."""
    included = entry.before == entry.after
    added = sum((tax.amount for tax in row.row.taxes), Decimal(0))
    out = (entry.after or Decimal(0)) - (entry.before or Decimal(0)) - added
    if not included and out:
        text = why_other(tax.reason for tax in row.row.taxes)
        yield Step("less" if out < 0 else "more", text, money(out, currency))
    for tax in filter(attrgetter("amount"), row.row.taxes):
        facts = {"name": tax.name, "base": money(tax.base, currency)}
        text = _("%(name)s on %(base)s, included") if included else _("%(name)s on %(base)s")
        yield Step("part" if included else "more", text % facts, money(tax.amount, currency))


def _exchange(explanation: Explanation) -> str:
    if (exchange := explanation.exchange) is None:
        return ""
    facts = {
        "total": money(exchange.total, exchange.currency),
        "rate": f"{exchange.rate.normalize():f}",
        "of": explanation.totals.currency,
        "currency": exchange.currency,
    }
    return _("That is %(total)s at the rate of the day: 1 %(of)s = %(rate)s %(currency)s.") % facts
