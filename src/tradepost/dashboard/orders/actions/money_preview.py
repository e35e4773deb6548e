"""An order's money before and after, as a form shows it."""

from __future__ import annotations

from tradepost.core.money.format import money_text
from tradepost.orders.services import MoneyPreview, OrderMoney

from ...forms import Sum

__all__ = ["sums_between", "sums_of"]

from django.utils.translation import gettext_lazy as _

_SUMS = (
    ("due", _("To be paid in all")),
    ("paid", _("Paid")),
    ("missing", _("Still to be paid")),
    ("surplus", _("Paid too much")),
)


def sums_of(preview: MoneyPreview) -> tuple[Sum, ...]:
    """Sums of an action on one order."""
    return sums_between(preview.before, preview.after)


def sums_between(before: OrderMoney, after: OrderMoney) -> tuple[Sum, ...]:
    """Sums that are due and paid, and those that are missing or too much where any are; both in one currency."""
    currency = before.currency
    rows = []
    for name, label in _SUMS:
        earlier, later = getattr(before, name), getattr(after, name)
        if name in ("due", "paid") or earlier or later:
            rows.append(Sum(label, money_text(earlier, currency), money_text(later, currency)))
    return tuple(rows)
