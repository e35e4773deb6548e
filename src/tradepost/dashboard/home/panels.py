"""Panels of the first page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tradepost.basket.services import conversion
from tradepost.core.access import needs
from tradepost.core.dates.days import today
from tradepost.core.money import ZERO
from tradepost.core.money.format import money_text
from tradepost.core.pages.charts import Bar, bars, round_top
from tradepost.orders.reports import sales
from tradepost.orders.reports.sales_breakdown import sales_breakdown
from tradepost.pricing.conf import settings as pricing_settings

from ..pages.base import Page
from ..registry import Panel, dashboard

__all__ = ["home_panels"]

_DAYS = 30
_BEST = 5
_WIDTH, _HEIGHT = 600, 160
_MOST = 99


def home_panels() -> Iterator[Panel]:
    """In order."""
    yield FirstStepsPanel()
    yield WaitingPanel()
    yield SalesPanel()
    yield ConversionPanel()
    yield BestSellersPanel()


class FirstStepsPanel(Panel):
    """First steps of a new shop; gone once all of them are done."""

    key = "first-steps"
    title = _("First steps")
    template_name = "tradepost/dashboard/home/_first_steps.html"

    def get_context(self, page: Page) -> dict[str, Any] | None:
        """Each with whether it is done."""
        steps = [entry for entry in dashboard.first_steps if entry.access.allows(page.request.user)]
        shown = [(entry, entry.is_done(), entry.url()) for entry in steps]
        if all(is_done for _entry, is_done, _url in shown):
            return None
        return {"steps": shown, "done": sum(is_done for _entry, is_done, _url in shown)}


@dataclass(frozen=True, slots=True)
class _Shown:
    title: Any
    number: str
    url: str
    detail: str
    is_pressing: bool


class WaitingPanel(Panel):
    """Work that waits for somebody."""

    key = "waiting"
    title = _("Waiting for you")
    template_name = "tradepost/dashboard/home/_waiting.html"

    def get_context(self, page: Page) -> dict[str, Any] | None:
        """The cards of which something waits."""
        cards = [entry for entry in dashboard.cards if entry.access.allows(page.request.user)]
        numbers = [(entry, entry.count()) for entry in cards]
        shown = [
            _Shown(entry.title, _capped(number), entry.url(), entry.detail(), entry.is_pressing)
            for entry, number in numbers
            if number
        ]
        return {"cards": shown, "idle": not shown} if cards else None


def _capped(number: int) -> str:
    return f"{_MOST}+" if number > _MOST else str(number)


class SalesPanel(Panel):
    """Today beside the same day last week, and the last thirty days."""

    key = "sales"
    title = _("Sales")
    template_name = "tradepost/dashboard/home/_sales.html"
    access = needs("tradepost_orders.view_order")

    def get_context(self, page: Page) -> dict[str, Any]:
        """In the shop's own currency and zone; one query."""
        last = today()
        report = sales(last - timedelta(days=_DAYS - 1), last)
        orders = dict.fromkeys(report.starts, 0)
        for row in report.rows:
            orders[row.start] += row.orders
        totals = dict(zip(report.starts, report.series, strict=True))
        before = last - timedelta(days=7)
        return {
            "today": (money_text(totals[last], report.currency), orders[last]),
            "before": (money_text(totals[before], report.currency), orders[before]),
            "before_day": date_format(before, "l"),
            "all": (money_text(report.total, report.currency), report.orders),
            "days": _DAYS,
            "size": (_WIDTH, _HEIGHT),
            "sales_chart": _chart(list(totals.values()), lambda value: money_text(value, report.currency)),
            "order_chart": _chart([Decimal(number) for number in orders.values()], _whole),
            "middle_day": report.first + (last - report.first) / 2,
            "table": [(day, money_text(totals[day], report.currency), orders[day]) for day in reversed(report.starts)],
            "first_day": report.first,
            "last_day": report.last,
        }


@dataclass(frozen=True, slots=True)
class _Chart:
    """Bars, and the numbers beside them: at the top, in the middle, and at the foot."""

    bars: Sequence[Bar]
    marks: tuple[str, ...]


def _chart(values: Sequence[Decimal], text: Callable[[Decimal], str]) -> _Chart:
    top = round_top(values)
    drawn = bars(values, width=_WIDTH, height=_HEIGHT, gap=4, top=top)
    return _Chart(drawn, (text(top), text(top / 2), text(ZERO)))


def _whole(value: Decimal) -> str:
    return str(int(value))


class BestSellersPanel(Panel):
    """Products that sold best in thirty days."""

    key = "best-sellers"
    title = _("Best sellers")
    template_name = "tradepost/dashboard/home/_best_sellers.html"
    access = needs("tradepost_orders.view_order")

    def get_context(self, page: Page) -> dict[str, Any] | None:
        """Five products by what came in, in the shop's own currency: others can't be compared with it; two queries."""
        last: date = today()
        sold = sales_breakdown(last - timedelta(days=_DAYS - 1), last, "product", currency=pricing_settings().CURRENCY)
        rows = [row for row in sold if row.key][:_BEST]
        if not rows:
            return None
        most = max((row.total for row in rows), default=ZERO)
        shown = [
            (row.label, row.units, money_text(row.total, row.currency), int(row.total * 100 / most) if most > 0 else 0)
            for row in rows
        ]
        return {"rows": shown, "days": _DAYS}


class ConversionPanel(Panel):
    """How many baskets became orders."""

    key = "conversion"
    title = _("Baskets")
    template_name = "tradepost/dashboard/home/_conversion.html"
    area = "side"
    access = needs("tradepost_orders.view_order", "tradepost_basket.view_basket")

    def get_context(self, page: Page) -> dict[str, Any] | None:
        """Of the last thirty days, beside the thirty before; two queries."""
        last: date = today()
        first = last - timedelta(days=_DAYS - 1)
        now, before = conversion(first, last), conversion(first - timedelta(days=_DAYS), first - timedelta(days=1))
        if not now.filled:
            return None
        return {"now": now, "before": before if before.filled else None, "days": _DAYS}
