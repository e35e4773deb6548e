"""Packing slips, a sheet for each order, to be printed by the browser."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tradepost.orders.models import Order

from ..pages import Page
from .order_list import READ

__all__ = ["PackingSlipsPage"]

MOST = 200


class PackingSlipsPage(Page):
    """The content of each parcel: no prices, for it lies beside a gift as well."""

    key = "packing-slips"
    section = "orders"
    title = _("Packing slips")
    pattern = "orders/print/packing-slips/"
    access = READ
    in_menu = False
    template_name: ClassVar[str] = "tradepost/dashboard/orders/packing_slips.html"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The orders of the address, by their numbers (``?number=``) or their keys (``?row=``)."""
        numbers = [number.replace("\x00", "") for number in self.request.GET.getlist("number")[:MOST]]
        keys = [
            key for key in self.request.GET.getlist("row")[:MOST] if key.isascii() and key.isdecimal() and len(key) < 19
        ]
        orders = Order.objects.filter(number__in=numbers) | Order.objects.filter(pk__in=keys)
        rows = list(orders.order_by("pk").prefetch_related("lines"))
        if not rows:
            raise Http404
        return super().get_context(orders=rows, **facts)
