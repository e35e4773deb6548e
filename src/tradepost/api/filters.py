"""What lists can be filtered by."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

from tradepost import browse
from tradepost.orders.base import AbstractOrder
from tradepost.orders.states import FulfilmentStatus, PaymentStatus

__all__ = ["FilterBackend", "OrderFilter", "ProductFilter"]

_ATTRIBUTE = re.compile(r"attr\.([-\w]{1,50})\Z", re.ASCII)
_CRITERIA = {field.name for field in fields(browse.Criteria)}
_ORDERINGS = [(name, name) for name in browse.ORDERINGS]
_MOST = 20  # attributes, and values of one


class FilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]
    """Hands the view to filter sets that want it."""

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        """With the visitor, for whom prices are compared."""
        return {**super().get_filterset_kwargs(request, queryset, view), "visitor": view.visitor}


class OrderFilter(filters.FilterSet):  # type: ignore[misc]
    """Of one's own orders."""

    placed_after = filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="gte")
    placed_before = filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="lt")
    status = filters.ChoiceFilter(choices=[(status.value, status.value) for status in AbstractOrder.Status])
    payment_status = filters.ChoiceFilter(choices=PaymentStatus.choices)
    fulfilment_status = filters.ChoiceFilter(choices=FulfilmentStatus.choices)


class ProductFilter(filters.FilterSet):  # type: ignore[misc]
    """Criteria of :mod:`tradepost.browse`; a filter that a subclass adds works on the queryset, as ever.

    Attributes are ``attr.{code}``; several values of one are joined by *or*, several attributes by *and*.
    """

    category = filters.CharFilter(help_text="Slug; categories below it count.")
    collection = filters.CharFilter(help_text="Slug.")
    tag = filters.CharFilter(help_text="Slug.")
    search = filters.CharFilter(max_length=200, help_text="Words; all must occur.")
    price_min = filters.NumberFilter(min_value=0, max_digits=19, decimal_places=4, help_text="In the currency shown.")
    price_max = filters.NumberFilter(min_value=0, max_digits=19, decimal_places=4, help_text="In the currency shown.")
    in_stock = filters.BooleanFilter(help_text="Only what can be bought now.")
    ordering = filters.ChoiceFilter(choices=_ORDERINGS)

    def __init__(self, *args: Any, visitor: browse.Visitor, **kwargs: Any) -> None:
        self.visitor = visitor
        super().__init__(*args, **kwargs)

    @property
    def criteria(self) -> browse.Criteria:
        """What was asked for. The form must be valid.

        Raises:
            ValidationError: More attributes or values than anybody needs.
        """
        given = {name: value for name, value in self.form.cleaned_data.items() if name in _CRITERIA and value}
        return browse.Criteria(**given, attributes=self._attributes())

    def filter_queryset(self, queryset: Any) -> Any:
        """Products that meet the criteria, then the filters of subclasses."""
        found = browse.find(self.criteria, self.visitor)
        for name, added in self.filters.items():
            if name not in _CRITERIA:
                found = added.filter(found, self.form.cleaned_data[name])
        return found

    def _attributes(self) -> dict[str, list[str]]:
        found = {}
        for name in self.data:
            if match := _ATTRIBUTE.match(name):
                found[match[1]] = list(dict.fromkeys(self.data.getlist(name)))
        if len(found) > _MOST or any(len(values) > _MOST for values in found.values()):
            raise ValidationError("That is too much to filter by.")
        return found
