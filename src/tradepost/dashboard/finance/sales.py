"""Sales by day, product, customer group and more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.access import needs
from tradepost.core.dates.days import starts_between
from tradepost.core.money.format import money_text
from tradepost.core.pages.charts import bars
from tradepost.orders.reports import BreakdownRow, sales_breakdown

from ..registry import Column
from .report_page import ReportForm, ReportPage, Sums, money_column, summed

__all__ = ["SalesPage", "sales_columns"]

_AMOUNTS = ("gross", "credited", "total", "net", "tax")
_TIMES = ("day", "month")
_WIDTH, _HEIGHT = 900, 200
_MOST = 10
_BY = [
    ("day", gettext_lazy("Day")),
    ("month", gettext_lazy("Month")),
    ("product", gettext_lazy("Product")),
    ("sku", gettext_lazy("SKU")),
    ("category", gettext_lazy("Category")),
    ("group", gettext_lazy("Customer group")),
    ("country", gettext_lazy("Country")),
    ("channel", gettext_lazy("Channel")),
]


class SalesForm(ReportForm):
    """With what it is broken down by."""

    by = forms.ChoiceField(label=gettext_lazy("By"), choices=_BY, initial="day")
    channel = forms.CharField(label=gettext_lazy("Channel"), required=False, max_length=50)
    field_order = ("by", "since", "until", "country", "currency", "channel")


class SalesPage(ReportPage):
    """Sales, less what was credited since."""

    key = "sales"
    title = gettext_lazy("Sales")
    pattern = "finance/sales/"
    access = needs("tradepost_orders.view_order")
    form_class: ClassVar[type[ReportForm]] = SalesForm
    explanation = gettext_lazy(
        "An order counts on the day on which it was placed, once it is confirmed and unless it was cancelled. Credits are taken "
        "off, whenever they were given. What is in several categories or groups counts in each."
    )

    def get_rows(self, asked: Mapping[str, Any]) -> Sequence[BreakdownRow]:
        """By time, else the greatest first; two queries."""
        only = {name: asked.get(name, "") for name in ("currency", "channel", "country")}
        rows = sales_breakdown(asked["since"], asked["until"], asked["by"], **only)
        return [replace(row, label=_time(row.key, "month")) for row in rows] if asked["by"] == "month" else rows

    def get_sums(self, rows: Sequence[Any]) -> Sequence[Sums]:
        """Only where each order counts once."""
        by = self.request.GET.get("by", "day")
        return [*summed(rows, _AMOUNTS)] if by in (*_TIMES, "country", "channel") else []

    def get_chart(self, rows: Sequence[Any], asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """Of the currency with most orders: bars of all days or months, those without a sale too; else the greatest as shares."""
        currency = max(rows, key=lambda row: row.orders).currency
        ours = [row for row in rows if row.currency == currency]
        if asked["by"] not in _TIMES:
            most = max(*(row.total for row in ours), Decimal(1))
            shown = [(_label(row), _money(row), int(max(row.total, Decimal(0)) * 100 / most)) for row in ours[:_MOST]]
            return {"shares": shown}
        totals = {row.key: row.total for row in ours}
        days = [str(day) for day in starts_between(asked["since"], asked["until"], asked["by"])]
        values = [totals.get(day, Decimal(0)) for day in days]
        names = [_time(day, asked["by"]) for day in days]
        texts = [f"{name}: {money_text(value, currency)}" for name, value in zip(names, values, strict=True)]
        return {
            "size": (_WIDTH, _HEIGHT),
            "bars": [*zip(bars(values, width=_WIDTH, height=_HEIGHT, gap=3), texts, strict=True)],
            "most": money_text(max(values), currency),
            "first": names[0],
            "last": names[-1],
        }


def sales_columns() -> Iterator[Column]:
    """All of them, in order."""
    yield Column(key="key", title=gettext_lazy("By"), value=_cell, text=lambda row: row.key)
    yield Column(key="label", title=gettext_lazy("Name"), value=lambda row: row.label, is_default=False)
    yield Column(key="currency", title=gettext_lazy("Currency"), value=lambda row: row.currency, is_default=False)
    yield Column(key="orders", title=gettext_lazy("Orders"), value=lambda row: row.orders, is_number=True)
    yield Column(key="units", title=gettext_lazy("Units"), value=_units, is_number=True)
    yield money_column("gross", gettext_lazy("Sold"))
    yield money_column("credited", gettext_lazy("Credited"))
    yield money_column("total", gettext_lazy("Total"))
    yield money_column("net", gettext_lazy("Without tax"))
    yield money_column("tax", gettext_lazy("Tax"))


def _units(row: Any) -> Any:
    return "" if row.units is None else row.units


def _money(row: Any) -> str:
    return money_text(row.total, row.currency)


def _label(row: Any) -> str:
    """In words; what has none any more, or never had one, is said so."""
    return str(row.label) if row.label else _time(row.key) or _("None")


def _time(key: str, by: str = "day") -> str:
    """The day or month of a key; another key as it is."""
    try:
        return date_format(date.fromisoformat(key), "YEAR_MONTH_FORMAT" if by == "month" else "SHORT_DATE_FORMAT")
    except ValueError:
        return key


def _cell(row: Any) -> str:
    if row.label and _time(row.key) == row.key != row.label:
        return format_html('{} <small class="muted">{}</small>', row.label, row.key)
    return _label(row)
