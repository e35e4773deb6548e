"""Reports for staff: sales and stock, as JSON or as CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import needs
from tradepost.core.inputs.csv_cells import TableWriter
from tradepost.inventory.selectors import stock_values
from tradepost.orders.reports import BREAKDOWNS, sales_breakdown, tax_totals
from tradepost.pricing.conf import settings as pricing

from .base import StaffViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["CsvRenderer", "ReportViewSet"]


_PERIOD = [
    OpenApiParameter("since", date, description="The first day, by the shop's time zone; 30 days by default."),
    OpenApiParameter("until", date, description="The last day, included; today by default."),
    OpenApiParameter("currency", str, description="Of this one only."),
    OpenApiParameter("country", str, description="Taxed there only."),
]
_ASKED = [
    OpenApiParameter("by", str, enum=BREAKDOWNS, description="The breakdown; `day` by default."),
    *_PERIOD,
    OpenApiParameter("channel", str, description="Of this shop front only."),
    OpenApiParameter("sort", str, enum=["total", "units"], description="`units` for best sellers."),
    OpenApiParameter("limit", int, description="Rows at most; 1000 by default."),
]


class CsvRenderer(BaseRenderer):
    """Rows of a report as CSV: amounts alone, their currency in a column of its own. A refusal stays JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        """The file's bytes."""
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code >= 400:
            response["Content-Type"] = "application/json"
            return bytes(JSONRenderer().render(data))
        out = io.StringIO()
        rows = [_flat(row) for row in data]
        columns = list(dict.fromkeys(name for row in rows for name in row)) or ["key"]
        table = TableWriter(out, columns)
        for row in rows:
            table.write(row)
        return out.getvalue().encode()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Money as its amount; the currency of all of it stands once."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
            flat["currency"], flat[name] = value["currency"], value["amount"]
        else:
            flat[name] = "" if value is None else value
    return flat


class ReportViewSet(StaffViewSet):
    """Figures that the database sums up, each by a constant number of queries."""

    renderer_classes = [JSONRenderer, CsvRenderer]
    pagination_class = None
    filter_backends = []
    access = {
        "sales": needs("tradepost_orders.view_order"),
        "taxes": needs("tradepost_orders.view_order"),
        "stock": needs("tradepost_inventory.view_stocklevel"),
    }
    serializer_keys = {"": "staff.SalesRow", "stock": "staff.StockValue", "taxes": "staff.TaxTotal"}
    parameters = frozenset({"by", "since", "until", "currency", "channel", "country", "sort", "limit"})

    @extend_schema(
        summary="Sales by day, month, country, channel, customer group, product, SKU or category",
        parameters=_ASKED,
        responses=["staff.SalesRow"],
    )
    @action(detail=False, methods=["get"])
    def sales(self, request: Request) -> Response:
        """An order counts on the day on which it was placed, once it is confirmed, and not when it is cancelled. Credits are
        taken off, whenever they were given. Currencies are never added up. `?format=csv` or `Accept: text/csv` for a file.
        """
        asked = self.read_query("staff.SalesQuery")
        only = {name: asked.get(name, "") for name in ("currency", "channel", "country")}
        rows = sales_breakdown(asked["since"], asked["until"], asked["by"], **only)
        if asked["sort"] == "units":
            rows.sort(key=lambda row: -(row.units or 0))
        return Response(self.get_serializer(rows[: asked["limit"]], many=True).data)

    @extend_schema(summary="Taxes by country and rate", parameters=_PERIOD, responses=["staff.TaxTotal"])
    @action(detail=False, methods=["get"])
    def taxes(self, request: Request) -> Response:
        """A sale counts on the day on which it was placed, a credit on that on which it was given, also of what was cancelled:
        a period that is over doesn't change. `?format=csv` or `Accept: text/csv` for a file.
        """
        asked = self.read_query("staff.TaxQuery")
        only = {name: asked.get(name, "") for name in ("currency", "country")}
        return Response(self.get_serializer(tax_totals(asked["since"], asked["until"], **only), many=True).data)

    @extend_schema(summary="The stock's value by location", responses=["staff.StockValue"])
    @action(detail=False, methods=["get"])
    def stock(self, request: Request) -> Response:
        """All that is on hand, at the unit cost of its variants in the shop's own currency."""
        return Response(self.get_serializer(stock_values(pricing().CURRENCY), many=True).data)
