"""Totals: a pure function of a basket and the rules of a moment."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tradepost.core.money import ZERO
from tradepost.pricing.document import Document, Hint, Totals

from .stages import STOCK
from .totals.completeness import close
from .totals.hints import hints_of
from .totals.snapshots import BasketSnapshot, Rules

__all__ = ["calculate"]


def calculate(snapshot: BasketSnapshot, rules: Rules) -> Totals:
    """Run the stages, and close the document: what they didn't calculate to its end has no total.

    No database, no clock: the same input gives the same totals, in whatever order the items come.
    """
    document = Document(
        currency=snapshot.currency, prices_include_tax=snapshot.prices_include_tax, occasion=snapshot.occasion
    )
    for stage in rules.stages or STOCK:
        stage(document, snapshot, rules)
    is_closed = close(document, snapshot, rules)  # first: what can't be ordered gives no hints
    return _totals(document, hints_of(document, snapshot, rules), is_closed=is_closed)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _totals(document: Document, hints: Iterable[Hint], *, is_closed: bool) -> Totals:
    lines, charges, rows = document.lines, document.charges, document.rows
    return Totals(
        currency=document.currency,
        prices_include_tax=document.prices_include_tax,
        tax_rounding=document.tax_rounding,
        lines=tuple(lines),
        charges=tuple(charges),
        trail=tuple(document.trail),
        errors=tuple(document.errors),
        goods=_sum(row.gross for row in lines),
        goods_net=_sum(row.net for row in lines),
        goods_tax=_sum(row.tax for row in lines),
        goods_total=_sum(row.total for row in lines),
        charges_net=_sum(row.net for row in charges),
        charges_tax=_sum(row.tax for row in charges),
        charges_total=_sum(row.total for row in charges),
        discount=_sum(row.discount for row in rows),
        tax=_sum(row.tax for row in rows),
        total=_sum(row.total for row in rows) if is_closed else None,
        coupons=frozenset(a.coupon for row in rows for a in row.adjustments if a.coupon),
        hints=tuple(hints),
    )
