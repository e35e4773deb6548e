"""Totals as the rows that people read, of a basket and of an order alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO
from tradepost.orders.base import AbstractOrder
from tradepost.pricing.document import Totals
from tradepost.pricing.services import tax_is_known

__all__ = ["Sum", "of_order", "of_totals", "why_other"]


@dataclass(frozen=True, slots=True)
class Sum:
    """One row; ``kind`` is ``goods``, ``discount``, ``charge``, ``untaxed``, ``tax`` or ``total``."""

    kind: str
    label: str
    amount: Decimal


def of_totals(totals: Totals) -> list[Sum]:
    """Goods, each discount, each charge, the total, and the tax in it (or, on net prices, before it).

    Where prices have a tax in them that isn't due here, or another is, there is a row for the difference.
    """
    discounts = [(a.label, a.amount) for row in (*totals.lines, *totals.charges) for a in row.adjustments]
    charges = [(charge.name, charge.gross) for charge in totals.charges]
    reasons = [tax.reason for row in (*totals.lines, *totals.charges) for tax in row.taxes]
    amounts = _Amounts(
        totals.goods,
        totals.tax if tax_is_known(totals) else None,
        totals.total,
        includes_tax=totals.prices_include_tax,
        reasons=reasons,
    )
    return _rows(amounts, discounts, charges)


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
    reasons = [tax.reason for tax in order.taxes.all()]
    amounts = _Amounts(goods, order.tax, order.total, includes_tax=order.prices_include_tax, reasons=reasons)
    return _rows(amounts, discounts, [(charge.name, charge.amount) for charge in charges])


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Of which ``tax`` is ``None`` while nobody knows it, and ``total`` where it couldn't be calculated."""

    goods: Decimal
    tax: Decimal | None
    total: Decimal | None
    includes_tax: bool
    reasons: Sequence[str]


def why_other(reasons: Iterable[str]) -> str:
    """Label the difference between prices and what they come to here, by the reasons of the taxes."""
    labels = {
        "export": _("Without tax: export"),
        "exempt": _("Without tax: you are exempt"),
        "reverse_charge": _("Without tax: reverse charge"),
    }
    texts = [labels[reason] for reason in reasons if reason in labels]
    return texts[0] if texts else _("Tax at the destination")


def _rows(
    amounts: _Amounts, discounts: Iterable[tuple[Any, Decimal]], charges: Sequence[tuple[Any, Decimal]]
) -> list[Sum]:
    tax, total = amounts.tax, amounts.total
    by_label: dict[str, Decimal] = {}
    for label, amount in discounts:
        by_label[str(label)] = by_label.get(str(label), ZERO) + amount
    rows = [Sum("goods", _("Goods"), amounts.goods)]
    rows += [Sum("charge", str(name), amount) for name, amount in charges]
    rows += [Sum("discount", label, amount) for label, amount in by_label.items() if amount]
    if total is None:
        return rows
    if tax is None:
        return [*rows, Sum("total", _("Total") if amounts.includes_tax else _("Total before tax"), total)]
    if not amounts.includes_tax:
        return [*rows, Sum("tax", _("Tax"), tax), Sum("total", _("Total"), total)]
    if other := total - sum((row.amount for row in rows), ZERO):
        rows.append(Sum("untaxed", why_other(amounts.reasons), other))
    rows.append(Sum("total", _("Total"), total))
    return [*rows, Sum("tax", _("Tax included"), tax)] if tax else rows
