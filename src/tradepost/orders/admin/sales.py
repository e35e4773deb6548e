"""The page of sales in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from tradepost.core.dates.days import today
from tradepost.core.pages.charts import bars

from ..reports.sales_report import SalesReport, sales

__all__ = ["SalesMixin"]

_PERIODS = (7, 30, 90, 365)  # days
_DEFAULT = 30
_WIDTH, _HEIGHT = 900, 200


class SalesMixin:
    """Adds a page of sales to the admin of orders."""

    change_list_template: Any = "tradepost/admin/orders.html"
    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """With the page."""
        page = self.admin_site.admin_view(self.sales)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("sales/", page, name="tradepost_orders_sales"), *urls]

    def sales(self, request: HttpRequest) -> HttpResponse:
        """The sales of the last days, in the shop's own currency: a chart, and a table with the same numbers."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = next((period for period in _PERIODS if str(period) == asked), _DEFAULT)
        if asked not in ("", str(days)):
            text = _("There is no such period. The last %(days)s days are shown.")
            messages.warning(request, text % {"days": days})
        last = today()
        report = sales(last - timedelta(days=days - 1), last)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Sales"),
            "opts": self.opts,
            "report": report,
            "bars": _bars(report),
            "size": (_WIDTH, _HEIGHT),
            "most": max(report.series, default=None),
            "periods": _PERIODS,
            "days": days,
        }
        return TemplateResponse(request, "tradepost/admin/sales.html", context)


def _bars(report: SalesReport) -> list[tuple[Any, Any, Any]]:
    """Day or month, its total, and its bar."""
    series = report.series
    return list(zip(report.starts, series, bars(series, width=_WIDTH, height=_HEIGHT), strict=True))
