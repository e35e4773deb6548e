"""An order's money before and after, as a form shows it."""

from __future__ import annotations

from tradepost.core.money.format import money_text
from tradepost.orders.services import MoneyPreview

from ...forms import Sum

__all__ = ["sums_of"]

from django.utils.translation import gettext_lazy as _

_SUMS = (
    ("due", _("To be paid in all")),
    ("paid", _("Paid")),
    ("missing", _("Still to be paid")),
    ("surplus", _("Paid too much")),
)


def sums_of(preview: MoneyPreview) -> tuple[Sum, ...]:
    """Sums that are due and paid, and those that are missing or too much where any are."""
    currency = preview.before.currency
    rows = []
    for name, label in _SUMS:
        before, after = getattr(preview.before, name), getattr(preview.after, name)
        if name in ("due", "paid") or before or after:
            rows.append(Sum(label, money_text(before, currency), money_text(after, currency)))
    return tuple(rows)
