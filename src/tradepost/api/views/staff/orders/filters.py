"""Filters of the staff's list of orders."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters

from tradepost.api.filters import (
    ChoicesFilter,
    CountryFilter,
    CurrencyFilter,
    ExposedFilters,
    MomentFilter,
    YesNoFilter,
)
from tradepost.orders.models import Order
from tradepost.orders.states import FulfilmentStatus, PaymentStatus
from tradepost.orders.states.display_status import stage_choices, status_choices

__all__ = ["StaffOrderFilter"]

_ORDERINGS = {"placed_at": "placed_at", "created_at": "created_at", "number": "number", "total": "total"}


class Ordering(filters.OrderingFilter):  # type: ignore[misc]
    """By a column and then by the row's key, so that rows that are equal keep their place from page to page."""

    def filter(self, qs: Any, value: Any) -> Any:
        ordered = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "-pk") if value else ordered


class StaffOrderFilter(ExposedFilters):
    """Of all orders of the shop."""

    exposes = "tradepost_orders.Order"

    status = ChoicesFilter(choices=status_choices(Order))
    payment_status = ChoicesFilter(choices=PaymentStatus.choices)
    fulfilment_status = ChoicesFilter(choices=FulfilmentStatus.choices)
    stage = ChoicesFilter(choices=stage_choices(Order), method="at_stage")
    on_hold = YesNoFilter(method="held", help_text="Whether anything holds it.")
    hold = filters.CharFilter(max_length=40, help_text="The code of a hold.")
    placed_after = MomentFilter(field_name="placed_at", lookup_expr="gte")
    placed_before = MomentFilter(field_name="placed_at", lookup_expr="lt")
    email = filters.CharFilter(lookup_expr="iexact", max_length=254)
    customer = filters.UUIDFilter(field_name="customer__uuid")
    channel = filters.CharFilter(max_length=50)
    source = filters.CharFilter(max_length=20)
    country = CountryFilter(field_name="tax_country", help_text="As in DE.")
    currency = CurrencyFilter()
    sku = filters.CharFilter(field_name="lines__sku", distinct=True, max_length=255, help_text="Sold in it.")
    search = filters.CharFilter(
        method="matching",
        max_length=100,
        help_text="A number, an SKU, or part of an e-mail address, name or phone number.",
    )
    ordering = Ordering(fields=_ORDERINGS)

    def at_stage(self, queryset: Any, name: str, stages: list[str]) -> Any:
        """By the display status."""
        return queryset.at_stage(*stages) if stages else queryset

    def held(self, queryset: Any, name: str, value: bool | None) -> Any:  # noqa: FBT001 - django-filter's
        """By whether there is a hold."""
        return queryset if value is None else (queryset.exclude(hold="") if value else queryset.filter(hold=""))

    def matching(self, queryset: Any, name: str, text: str) -> Any:
        """By what people say on the phone."""
        return queryset.matching(text.strip()) if text.strip() else queryset
