"""Totals as the rows that people read, of a basket and of an order alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO
from tradepost.orders.base import AbstractOrder
from tradepost.pricing.document import Totals

__all__ = ["Sum", "of_order", "of_totals"]


@dataclass(frozen=True, slots=True)
class Sum:
    """One row; ``kind`` is ``goods``, ``discount``, ``charge``, ``tax`` or ``total``."""

    kind: str
    label: str
    amount: Decimal


def of_totals(totals: Totals) -> list[Sum]:
    """Goods, each discount, each charge, the total, and the tax in it (or, on net prices, before it)."""
    discounts = [(a.label, a.amount) for row in (*totals.lines, *totals.charges) for a in row.adjustments]
    charges = [(charge.name, charge.gross) for charge in totals.charges]
    return _rows(totals.goods, discounts, charges, totals.tax, totals.total, includes_tax=totals.prices_include_tax)


def of_order(order: AbstractOrder) -> list[Sum]:
    """The same of a placed order, from its own rows."""
    charges = list(order.charges.all())
    discounts: list[tuple[str, Decimal]] = []
    goods = ZERO
    for line in order.lines.all():
        goods += line.subtotal
        discounts += [(a.label, a.amount) for a in line.adjustments.all()]
    for charge in charges:
        discounts += [(a.label, a.amount) for a in charge.adjustments.all()]
    amounts = [(charge.name, charge.amount) for charge in charges]
    return _rows(goods, discounts, amounts, order.tax, order.total, includes_tax=order.prices_include_tax)


def _rows(
    goods: Decimal,
    discounts: Iterable[tuple[Any, Decimal]],
    charges: Iterable[tuple[Any, Decimal]],
    tax: Decimal,
    total: Decimal,
    *,
    includes_tax: bool,
) -> list[Sum]:
    by_label: dict[str, Decimal] = {}
    for label, amount in discounts:
        by_label[str(label)] = by_label.get(str(label), ZERO) + amount
    rows = [Sum("goods", _("Goods"), goods)]
    rows += [Sum("charge", str(name), amount) for name, amount in charges]
    rows += [Sum("discount", label, amount) for label, amount in by_label.items() if amount]
    if not includes_tax:
        return [*rows, Sum("tax", _("Tax"), tax), Sum("total", _("Total"), total)]
    rows.append(Sum("total", _("Total"), total))
    return [*rows, Sum("tax", _("Tax included"), tax)] if tax else rows
