"""The history of a product's prices and stock: a chart, and the table of the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue.models import Product
from tradepost.core.access import needs
from tradepost.core.dates import clock
from tradepost.core.money.format import money_text
from tradepost.core.pages.charts import steps
from tradepost.inventory.models import StockLevel, StockMovement
from tradepost.pricing.models import Price, PriceChange

from ..pages import RecordPage
from .product_list import product_url

__all__ = ["HistoryPage"]

_DAYS = 365
_MOST = 200  # rows of each table
_WIDTH, _HEIGHT = 720, 160
_PRICES = "tradepost_pricing.view_price"
_STOCK = "tradepost_inventory.view_stocklevel"


class HistoryPage(RecordPage):
    """A year of one variant: what it cost on each list, and what there was at each location."""

    key = "product-history"
    section = "products"
    title = gettext_lazy("History of prices and stock")
    pattern = "products/<uuid:uuid>/history/"
    access = needs("tradepost_catalogue.view_product", "tradepost_catalogue.view_variant")
    template_name = "tradepost/dashboard/products/history.html"

    def get_row(self) -> Any:
        """The product with its variants."""
        return Product.objects.prefetch_related("variants").filter(uuid=self.kwargs["uuid"]).first()

    def get_title(self) -> str:
        """Of which product."""
        return _("History of %(name)s") % {"name": self.row.name}

    @cached_property
    def variant(self) -> Any:
        """The one that the address names by its SKU, else the first that is sold."""
        variants = sorted(self.row.variants.all(), key=lambda row: row.archived_at is not None)
        named = [row for row in variants if row.sku == self.request.GET.get("sku")]
        return next(iter(named or variants), None)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the charts, as far as the reader may see what they show."""
        user, variant = self.request.user, self.variant
        since = clock.now() - timedelta(days=_DAYS)
        may_prices = variant is not None and user.has_perm(_PRICES)
        may_stock = variant is not None and user.has_perm(_STOCK)
        return super().get_context(
            variant=variant,
            variants=list(self.row.variants.all()),
            prices=_price_charts(variant, since) if may_prices else [],
            stock=_stock_charts(variant, since) if may_stock else [],
            may_prices=may_prices,
            may_stock=may_stock,
            size=(_WIDTH, _HEIGHT),
            first_day=since,
            last_day=clock.now(),
            back=product_url(self.row),
            **facts,
        )


def _price_charts(variant: Any, since: datetime) -> list[dict[str, Any]]:
    """For each list with a price for one unit: the line, and its changes, the latest first; two queries."""
    changes = PriceChange.objects.filter(variant=variant.pk, min_quantity=1).select_related("price_list")
    by_list: dict[int, list[Any]] = {}
    for row in changes.order_by("-at", "-pk")[: _MOST * 4]:
        by_list.setdefault(row.price_list_id, []).append(row)
    current = Price.objects.filter(variant=variant.pk, min_quantity=1).select_related("price_list")
    for price in current:
        by_list.setdefault(price.price_list_id, [])
    lists = {price.price_list_id: price.price_list for price in current}
    lists |= {rows[0].price_list_id: rows[0].price_list for rows in by_list.values() if rows}
    charts = []
    for key, rows in sorted(by_list.items()):
        points = [(row.at, row.amount) for row in reversed(rows)]
        texts = [
            (row.at, _("Taken away") if row.amount is None else money_text(row.amount, lists[key].currency))
            for row in rows[:_MOST]
        ]
        shown = _lines(points, since) if len(points) > 1 else []
        charts.append({"key": f"price-{key}", "title": lists[key].name, "lines": shown, "rows": texts})
    return charts


def _stock_charts(variant: Any, since: datetime) -> list[dict[str, Any]]:
    """For each location: units on hand, counted back from what is there now; two queries."""
    levels = (
        StockLevel.objects.filter(variant=variant.pk).select_related("location").order_by("location__priority", "pk")
    )
    movements: dict[int, list[Any]] = {}
    rows = StockMovement.objects.filter(variant=variant.pk).exclude(on_hand_delta=0)
    for row in rows.order_by("-pk")[: _MOST * 4]:
        movements.setdefault(row.location_id, []).append(row)
    charts = []
    for level in levels:
        units, points, texts = level.on_hand, [], []
        for row in movements.get(level.location_id, []):
            points.append((row.created_at, Decimal(units)))
            texts.append((row, units))
            units -= row.on_hand_delta
        if points:
            before = points[-1][0] - timedelta(seconds=1)
            points.append((before, Decimal(units)))
        lines = _lines(points[::-1], since) if len(texts) > 1 else []
        title = level.location.name
        charts.append({"key": f"stock-{level.pk}", "title": title, "lines": lines, "rows": texts[:_MOST]})
    return charts


def _lines(points: Sequence[tuple[datetime, Decimal | None]], since: datetime) -> list[str]:
    """The line of a year: the value that held at its beginning, each change, and what holds now."""
    if not points:
        return []
    earlier = [value for at, value in points if at <= since]
    shown: list[tuple[int, Decimal | None]] = [(0, earlier[-1] if earlier else None)]
    shown += [(int((at - since).total_seconds()), value) for at, value in points if at > since]
    shown.append((int((clock.now() - since).total_seconds()), points[-1][1]))
    return steps(shown, width=_WIDTH, height=_HEIGHT)
