"""The list of orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.orders.models import Order

from ..pages import ListPage
from ..registry import Hit
from .texts import buyer_name, total_text, when

__all__ = ["OrderListPage", "find_orders", "order_url"]

READ = needs("tradepost_orders.view_order")


class OrderListPage(ListPage):
    """All orders of the shop, the latest first."""

    key = "orders"
    section = "orders"
    title = _("Orders")
    pattern = "orders/"
    access = READ
    model = "tradepost_orders.Order"
    search_label = _("Number, name, e-mail, phone or SKU")
    empty_text = _("No orders yet. They appear here as soon as somebody buys.")
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_rows(self) -> Any:
        """All of them."""
        return Order.objects.all()

    def get_matching(self, rows: Any, text: str) -> Any:
        """By what people say on the phone."""
        return rows.matching(text)

    def row_url(self, row: Any) -> str:
        """The order's page."""
        return order_url(row.number)


def order_url(number: str) -> str:
    """The page of an order."""
    return reverse("tradepost_dashboard:order", args=[number])


def find_orders(text: str, most: int) -> Iterable[Hit]:
    """Orders for the search box; one query."""
    for order in Order.objects.matching(text).order_by("-pk")[:most]:
        detail = f"{buyer_name(order)} · {total_text(order)} · {when(order.placed_at)}"
        is_exact = order.number.casefold() == text.casefold()
        yield Hit(title=order.number, url=order_url(order.number), detail=detail, is_exact=is_exact)
