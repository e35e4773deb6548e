"""Reports of sales, in the currencies that were paid and in the shop's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Sum

from tradepost.core.dates.days import (
    period_number,
    start_of_day,
    starts_between,
)
from tradepost.core.money import ZERO, quantise
from tradepost.pricing.conf import settings as pricing_settings

from ..models import Order

__all__ = ["Sales", "SalesReport", "sales"]

_BY_DAY = 92  # days; longer times are told by month


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """Sales of a day or month, in one currency, less what was credited since.

    Attributes:
        start: Its first day, by the shop's time zone.
        total: In ``currency``, tax included.
        base_total: In ``base_currency``, by the rate that each order kept.
    """

    start: date
    currency: str
    orders: int
    total: Decimal
    base_currency: str
    base_total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReport:
    """Sales of some days.

    Attributes:
        first: The first day.
        last: The last one, included.
        by_month: Whether rows are of months, since there are too many days.
        rows: By time, then by currency; none where nothing was sold.
        currency: The shop's own.
        total: Of all rows in it.
        orders: How many.
        elsewhere: Of rows that were sold while the shop's own currency was another.
    """

    first: date
    last: date
    by_month: bool
    rows: tuple[Sales, ...]
    currency: str
    total: Decimal
    orders: int
    elsewhere: tuple[Sales, ...] = ()

    @property
    def starts(self) -> list[date]:
        """Every day or month of the report, those without sales too."""
        return starts_between(self.first, self.last, "month" if self.by_month else "day")

    @property
    def series(self) -> list[Decimal]:
        """The total in the shop's own currency for each of :attr:`starts`."""
        sums = dict.fromkeys(self.starts, ZERO)
        for row in self.rows:
            sums[row.start] += row.base_total
        return list(sums.values())


def sales(first: date, last: date, *, channel: str = "") -> SalesReport:
    """Orders that were placed between two days and are sold: confirmed and not cancelled. One query.

    Args:
        first: By the shop's time zone.
        last: Included.
        channel: Of this shop front only.
    """
    own, by_month = pricing_settings().CURRENCY, (last - first).days >= _BY_DAY
    rows = _rows(first, last, channel, "month" if by_month else "day")
    ours = tuple(row for row in rows if row.base_currency == own)
    return SalesReport(
        first=first,
        last=last,
        by_month=by_month,
        rows=ours,
        currency=own,
        total=sum((row.base_total for row in ours), quantise(ZERO, own)),
        orders=sum(row.orders for row in ours),
        elsewhere=tuple(row for row in rows if row.base_currency != own),
    )


def _rows(first: date, last: date, channel: str, kind: str) -> Sequence[Sales]:
    starts = starts_between(first, last, kind)
    since, until = start_of_day(first), start_of_day(last + timedelta(days=1))
    orders = Order.objects.that("is_sold").filter(placed_at__gte=since, placed_at__lt=until)
    if channel:
        orders = orders.filter(channel=channel)
    net_of_credits = F("total") - F("credited")
    amount: Any = DecimalField(max_digits=38, decimal_places=14)
    grouped = (
        orders.order_by()
        .annotate(period=period_number("placed_at", starts, kind))
        .values("period", "currency", "base_currency")
        .annotate(
            orders=Count("pk"),
            sold=Sum(net_of_credits, output_field=amount),
            base_sold=Sum(ExpressionWrapper(net_of_credits * F("exchange_rate"), output_field=amount)),
        )
        .order_by("period", "currency", "base_currency")
    )
    return [
        Sales(
            start=starts[row["period"]],
            currency=row["currency"],
            orders=row["orders"],
            total=quantise(row["sold"], row["currency"]),
            base_currency=row["base_currency"],
            base_total=quantise(row["base_sold"], row["base_currency"]),
        )
        for row in grouped
    ]
