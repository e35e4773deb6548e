"""Orders: one's own, or a guest's by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Prefetch, prefetch_related_objects
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.callers.tokens import (
    TOKEN,
    TOKEN_HEADER,
    token_of,
)
from tradepost.api.callers.visitors import buyer
from tradepost.api.filters import OrderFilter
from tradepost.api.parameters.choice import Sources
from tradepost.api.schema.deferred import extend_schema
from tradepost.checkout import services as checkout
from tradepost.checkout.delivery_dates import with_arrivals
from tradepost.core.access import OWN, SIGNED_IN
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.orders import services
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order, OrderLine
from tradepost.orders.reports.explanation import explain
from tradepost.orders.selectors import get_order, orders_of

from .base import TradepostViewSet

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["OrderViewSet"]


def _lines() -> Prefetch[Any]:
    """Lines with what the shop exposed of them."""
    return Prefetch("lines", with_exposed(OrderLine.objects.all()))


class OrderViewSet(ListModelMixin, TradepostViewSet):
    """Orders of who is signed in; one of a guest by `?token=`."""

    access = {"list": SIGNED_IN, "retrieve": OWN, "explain": OWN, "cancel": OWN, "reopen": OWN}
    queryset = Order.objects.none()
    lookup_field = "number"
    lookup_value_regex = r"[-\w.]{1,32}"
    filter_backends = [DjangoFilterBackend]
    filterset_class = OrderFilter
    serializer_keys = {"list": "orders.OrderSummary", "explain": "basket.Explanation", "": "orders.Order"}
    expansions = {
        "list": {"lines": (_lines,), "payments": ("payments",), "shipments": ("shipments__lines__line",)},
    }
    scopes = {"retrieve": "guess", "explain": "guess", "cancel": "guess", "reopen": "guess"}

    def guest_secret(self, request: Request) -> str:
        """The order's token."""
        return token_of(request)

    def get_queryset(self) -> QuerySet[Any]:
        """The caller's own."""
        return with_exposed(orders_of(self.request.user).with_open_units())

    def scope(self) -> str:
        """Only who gives a token can have guessed it."""
        scope = super().scope()
        return "" if scope == "guess" and not token_of(self.request) else scope

    def get_order(self) -> AbstractOrder:
        """The order of the address.

        Raises:
            OrderNotFound: There is none, or not for this caller.
        """
        return get_order(self.kwargs["number"], user=self.request.user, token=token_of(self.request))

    def shown(self, order: AbstractOrder) -> Response:
        """The answer: the order with its rows."""
        sources = self.sources("orders.Order")
        payments = {"payments": "payments"} if "tradepost_payments" in apps.app_configs else {}
        parts = {"lines": _lines(), "charges": "charges", "taxes": "taxes", **payments}
        row = self.fetched(with_arrivals(with_exposed(Order.objects.all())), "orders.Order", **parts).get(pk=order.pk)
        _read_rest(row, sources)
        return self.written("orders.Order", row)

    @extend_schema(summary="List your orders")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One order", parameters=[TOKEN, TOKEN_HEADER])
    def retrieve(self, request: Request, number: str) -> Response:
        """With its lines, taxes, payments, and what its buyer may do with it."""
        return self.shown(self.get_order())

    @extend_schema(summary="Explain an order's total", parameters=[TOKEN, TOKEN_HEADER], responses="basket.Explanation")
    @action(detail=True, methods=["get"])
    def explain(self, request: Request, number: str) -> Response:
        """By line and charge, from what was stored when it was placed; what was credited afterwards is in `credits`."""
        order = Order.objects.with_rows().get(pk=self.get_order().pk)
        return self.written("basket.Explanation", explain(order), currency=order.currency)

    @extend_schema(summary="Cancel an order", parameters=[TOKEN, TOKEN_HEADER], request=None, responses="orders.Order")
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, number: str) -> Response:
        """Until it is being packed. What was paid is refunded afterwards."""
        order = self.get_order()
        return self.shown(services.apply(order, "cancel", by=buyer(request, label=order.email)))

    @extend_schema(
        summary="Move an order back to the basket",
        parameters=[TOKEN, TOKEN_HEADER],
        request=None,
        responses="checkout.Reopened",
    )
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, number: str) -> Response:
        """A pending order is cancelled, and its basket is open again; the answer names it."""
        order = self.get_order()
        basket = checkout.reopen(order, by=buyer(request, label=order.email))
        return self.written(
            "checkout.Reopened", {"basket": basket.uuid, "order": order.number, "left_out": basket.left_out}
        )


def _read_rest(order: Any, sources: Sources) -> None:
    """Rows that an order's own columns say there are: who has no discount and no credit isn't asked for them."""
    named = {
        "adjustments": order.discount != 0,
        "credits": order.credited != 0 or order.total == 0,
    }
    prefetch_related_objects([order], *(name for name, is_there in named.items() if is_there and sources.include(name)))
    read = order.__dict__.setdefault("_prefetched_objects_cache", {})
    read.update({name: [] for name, is_there in named.items() if not is_there})
    if "tradepost_fulfilment" in apps.app_configs and sources.include("shipments"):
        from tradepost.fulfilment.selectors import shipments_of

        read["shipments"] = shipments_of(order)
