"""Orders of the shop: the list, one of them, and what staff do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Prefetch
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.checkout.delivery_dates import with_arrivals
from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import CreditLine, Order, OrderLine
from tradepost.orders.selectors import find_order

from .actions import OrderActions
from .filters import StaffOrderFilter

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffOrderViewSet"]

_READ = needs("tradepost_orders.view_order")


def _lines() -> Prefetch[Any]:
    """Lines with their discounts and what the shop exposed of them."""
    return Prefetch("lines", with_exposed(OrderLine.objects.prefetch_related("adjustments")))


class StaffOrderViewSet(ListModelMixin, OrderActions):
    """All orders of the shop."""

    access = {"list": _READ, "retrieve": _READ, **OrderActions.access}
    queryset = Order.objects.none()
    lookup_field = "number"
    lookup_value_regex = r"[-\w.]{1,32}"
    filter_backends = [DjangoFilterBackend]
    filterset_class = StaffOrderFilter
    serializer_keys = {"list": "staff.OrderSummary", "": "staff.Order"}
    expansions = {"list": {"lines": (_lines,), "payments": ("payments",), "shipments": ("shipments__lines__line",)}}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return with_exposed(Order.objects.select_related("customer").with_open_units())

    def get_order(self) -> AbstractOrder:
        """The order of the address.

        Raises:
            OrderNotFound: There is none.
        """
        return self.of_address(find_order(self.kwargs["number"]))

    def shown(self, order: AbstractOrder, *, status: int = 200) -> Response:
        """The answer: the order with its rows, read anew."""
        rows = with_arrivals(
            with_exposed(Order.objects.select_related("customer", "parent", "replaces", "replaced_by"))
        )
        shares = Prefetch("credits__lines", CreditLine.objects.select_related("line", "charge"))
        names = ["adjustments", "taxes", "events", *(["payments"] if "tradepost_payments" in apps.app_configs else [])]
        parts = {
            "lines": _lines(),
            "charges": "charges__adjustments",
            "credits": shares,
            **{name: name for name in names},
        }
        row: Any = self.fetched(rows, "staff.Order", **parts).get(pk=order.pk)
        if "tradepost_fulfilment" in apps.app_configs and self.sources("staff.Order").include("shipments"):
            from tradepost.fulfilment.selectors import shipments_of

            row.__dict__.setdefault("_prefetched_objects_cache", {})["shipments"] = shipments_of(row)
        return self.written("staff.Order", row, status=status, currency=row.currency)

    @extend_schema(summary="List all orders")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first. Several values of one filter are joined by *or*, several filters by *and*."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One order of the shop", responses="staff.Order")
    def retrieve(self, request: Request, number: str) -> Response:
        """With its lines, money, payments, shipments and history, and what can be done with it now."""
        return self.shown(self.get_order())
