"""Sales between two days, broken down by day, month, country, channel, customer group, product, SKU or category.

An order counts on the day on which it was placed, by the shop's time zone, once it is sold: confirmed and not cancelled. What was
credited of it since is taken off, whenever that was. Currencies are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Max, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.days import period_number, start_of_day, starts_between
from tradepost.core.errors import Invalid
from tradepost.core.fsm import states_that
from tradepost.core.money import ZERO, quantise

from ..models import Credit, CreditLine, Order, OrderLine

__all__ = ["BREAKDOWNS", "MOST_PERIODS", "BreakdownRow", "sales_breakdown"]

_TIMES = ("day", "month")
_OF_ORDERS = {"country": "tax_country", "channel": "channel", "group": "customer__groups__code"}
_GROUP_NAME = "customer__groups__name"
_OF_GOODS = {
    "product": ("variant__product__slug", "variant__product__name"),
    "sku": ("sku", "name"),
    "category": ("variant__product__categories__slug", "variant__product__categories__name"),
}
BREAKDOWNS = (*_TIMES, *_OF_ORDERS, *_OF_GOODS)
MOST_PERIODS = 120
YEARS = range(1900, 9999)  # others have days that a time zone pushes off the calendar
_AMOUNT: Any = DecimalField(max_digits=38, decimal_places=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownRow:
    """Sales of one key in one currency.

    Attributes:
        key: A day (of a month its first), a country, a channel, a group's code, a slug or an SKU; empty where there is none
            (any more).
        label: For people: the name of a product, category or group, as it is now.
        orders: How many have it.
        units: Sold, less those that were credited; ``None`` where whole orders are counted, their charges included.
        gross: As it was sold, tax included.
        credited: Taken off since, tax included.
        total: Gross less credited.
        net: Of the total.
        tax: Of the total.
    """

    key: str
    label: str
    currency: str
    orders: int
    units: int | None
    gross: Decimal
    credited: Decimal
    total: Decimal
    net: Decimal
    tax: Decimal


def sales_breakdown(
    first: date, last: date, by: str, *, currency: str = "", channel: str = "", country: str = ""
) -> list[BreakdownRow]:
    """Break sales down. Two queries, whatever was sold.

    Args:
        first: By the shop's time zone.
        last: Included.
        by: One of :data:`BREAKDOWNS`. What is in several categories or groups counts in each of them; customers are in the
            groups that they are in now.
        currency: Of this one only.
        channel: Of this shop front only.
        country: Taxed there only.

    Returns:
        By time, else the greatest total first; then by currency and key.

    Raises:
        Invalid: There is no such breakdown, the last day is before the first, or there are too many days or months.
    """
    if by not in BREAKDOWNS:
        raise Invalid(_("There is no such breakdown."), attr="by", choices=list(BREAKDOWNS))
    if last < first:
        raise Invalid(_("It ends before it starts."), attr="until")
    if first.year not in YEARS or last.year not in YEARS:
        raise Invalid(_("Choose days of this time."), attr="since" if first.year not in YEARS else "until")
    chosen = _Chosen(first, last, by, {"currency": currency, "channel": channel, "tax_country": country})
    sold, credited = chosen.sold(), chosen.credited()
    rows = [_row(key, row, credited.get(key, {}), by) for key, row in sold.items()]
    if by in _TIMES:
        return sorted(rows, key=lambda row: (row.key, row.currency))
    return sorted(rows, key=lambda row: (-row.total, row.currency, row.key))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The question, and its queries."""

    first: date
    last: date
    by: str
    only: Mapping[str, str]

    def sold(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Sums of what was sold, by key and currency."""
        if self.by in _OF_GOODS:
            key, label = _OF_GOODS[self.by]
            lines = OrderLine.objects.filter(self.orders("order__"))
            sums = {
                "orders": Count("order", distinct=True),
                "units": Sum("quantity"),
                "label": Max(Coalesce(F(label), Value(""))),
                **_sums(),
            }
            return _keyed(lines, "order__currency", F(key), sums)
        orders = Order.objects.filter(self.orders(""))
        columns = {"net": F("goods_net") + F("charges_net"), "tax": F("goods_tax") + F("charges_tax")}
        sums = {"orders": Count("pk"), **_sums(total=F("total"), **columns)}
        if self.by == "group":
            sums["label"] = Max(Coalesce(F(_GROUP_NAME), Value("")))
        return self.dated(_keyed(orders, "currency", self.key(""), sums))

    def credited(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Sums of what was credited of it since."""
        if self.by in _OF_GOODS:
            key = _OF_GOODS[self.by][0]
            shares = CreditLine.objects.filter(self.orders("credit__order__"), line__isnull=False)
            sums = {"units": Sum("quantity"), **_sums()}
            return _keyed(shares, "credit__order__currency", F(f"line__{key}"), sums)
        rows = Credit.objects.filter(self.orders("order__"))
        return self.dated(_keyed(rows, "order__currency", self.key("order__"), _sums()))

    def orders(self, path: str) -> Q:
        """Orders that count, seen from a row."""
        since, until = start_of_day(self.first), start_of_day(self.last + timedelta(days=1))
        q = Q(**{f"{path}placed_at__gte": since, f"{path}placed_at__lt": until})
        q &= Q(**{f"{path}status__in": states_that(Order, "is_sold")})
        return q & Q(**{f"{path}{name}": value for name, value in self.only.items() if value})

    def key(self, path: str) -> Any:
        """The key of an order, seen from a row."""
        if self.by in _TIMES:
            return period_number(f"{path}placed_at", self.starts(), self.by)
        return F(f"{path}{_OF_ORDERS[self.by]}")

    def starts(self) -> Sequence[date]:
        """First days of the periods."""
        starts = starts_between(self.first, self.last, self.by)
        if len(starts) > MOST_PERIODS:
            raise Invalid(_("There are too many days or months."), attr="since", most=MOST_PERIODS)
        return starts

    def dated(self, rows: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
        """The same, with days in place of their numbers."""
        if self.by not in _TIMES:
            return rows
        starts = self.starts()
        return {(str(starts[int(key)]), currency): row for (key, currency), row in rows.items()}


def _sums(**columns: Any) -> dict[str, Any]:
    chosen = {name: columns.get(name, F(name)) for name in ("net", "tax", "total")}
    return {f"{name}_sum": Sum(column, output_field=_AMOUNT) for name, column in chosen.items()}


def _keyed(rows: Any, currency: str, key: Any, sums: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    grouped: Iterable[dict[str, Any]] = (
        rows.order_by().annotate(group_key=key).values("group_key", currency).annotate(**sums)
    )
    keyed: dict[tuple[str, str], dict[str, Any]] = {}
    for row in grouped:
        keyed["" if row["group_key"] is None else str(row["group_key"]), row[currency]] = row
    return keyed


def _row(key: tuple[str, str], sold: Mapping[str, Any], credited: Mapping[str, Any], by: str) -> BreakdownRow:
    name, currency = key

    def money(column: str, rows: Mapping[str, Any]) -> Decimal:
        return quantise(rows.get(column) or ZERO, currency)

    def rest(column: str) -> Decimal:
        return money(column, sold) - money(column, credited)

    return BreakdownRow(
        key=name,
        label=sold.get("label") or "",
        currency=currency,
        orders=sold["orders"],
        units=sold["units"] - (credited.get("units") or 0) if by in _OF_GOODS else None,
        gross=money("total_sum", sold),
        credited=money("total_sum", credited),
        total=rest("total_sum"),
        net=rest("net_sum"),
        tax=rest("tax_sum"),
    )
