"""Taxes of a period, by country and rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.access import needs
from tradepost.orders.reports import TaxTotal, tax_totals

from ..registry import Column
from .report_page import ReportPage, Sums, money_column, summed

__all__ = ["TaxesPage", "tax_columns"]

_AMOUNTS = ("sold", "sold_tax", "credited", "credited_tax", "net", "tax")


class TaxesPage(ReportPage):
    """The figures of a tax return."""

    key = "taxes"
    title = gettext_lazy("Taxes")
    pattern = "finance/taxes/"
    access = needs("tradepost_orders.view_order")
    explanation = gettext_lazy(
        "A sale counts on the day on which it was placed, a credit on the day on which it was given, also for orders that were "
        "cancelled since: a period that is over doesn’t change."
    )

    def get_rows(self, asked: Mapping[str, Any]) -> Sequence[TaxTotal]:
        """By country and rate."""
        return tax_totals(asked["since"], asked["until"], country=asked["country"], currency=asked["currency"])

    def get_sums(self, rows: Sequence[Any]) -> Sequence[Sums]:
        """Of tax alone: a net amount with two taxes stands in both."""
        return [*summed(rows, ("sold_tax", "credited_tax", "tax"))]


def tax_columns() -> Iterator[Column]:
    """All of them, in order."""
    yield Column(key="country", title=gettext_lazy("Country"), value=lambda row: row.country or _("None"))
    yield Column(key="jurisdiction", title=gettext_lazy("Region"), value=lambda row: row.jurisdiction)
    yield Column(key="name", title=gettext_lazy("Name"), value=_name)
    yield Column(
        key="rate", title=gettext_lazy("Rate"), value=_percent, text=lambda row: f"{row.rate:f}", is_number=True
    )
    yield Column(key="currency", title=gettext_lazy("Currency"), value=lambda row: row.currency)
    yield money_column("sold", gettext_lazy("Sold, net"))
    yield money_column("sold_tax", gettext_lazy("Tax on it"))
    yield money_column("credited", gettext_lazy("Credited, net"))
    yield money_column("credited_tax", gettext_lazy("Tax on that"))
    yield money_column("net", gettext_lazy("Net"))
    yield money_column("tax", gettext_lazy("Tax owed"))


def _name(row: Any) -> str:
    words = {"reverse_charge": _("Reverse charge"), "exempt": _("Exempt"), "zero": _("No tax")}
    reason = words.get(row.reason, row.reason.replace("_", " "))
    return f"{row.name} ({reason})" if reason and reason != row.name else str(row.name)


def _percent(row: Any) -> str:
    return f"{localize((row.rate * 100).normalize() + 0)} %"
