"""Filters of the lists for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django_filters import rest_framework as filters

from tradepost.api.filters import ExposedFilters, YesNoFilter
from tradepost.catalogue.models import Category, Collection, ProductType, Tag

__all__ = ["StaffFilters", "StaffProductFilter", "StaffVariantFilter", "ordering"]

_WORDS = 10


class StaffFilters(filters.FilterSet):  # type: ignore[misc]
    """Adds ``?search=`` to a list: words, all of which must occur somewhere in these columns.

    Attributes:
        columns: As in Django's lookups.
    """

    columns: ClassVar[tuple[str, ...]] = ()

    search = filters.CharFilter(method="find", max_length=200, help_text="Words; all must occur.")

    def find(self, rows: Any, _name: str, text: str) -> Any:
        """Rows with all words; one that has a word in two places comes once."""
        for word in text.split()[:_WORDS]:
            anywhere = Q()
            for column in self.columns:
                anywhere |= Q(**{f"{column}__icontains": word})
            if any("__" in column for column in self.columns):
                matching = rows.model._default_manager.filter(anywhere)
                rows = rows.filter(pk__in=matching.order_by().values("pk"))
            else:
                rows = rows.filter(anywhere)
        return rows


def ordering(*names: str) -> Any:
    """``?ordering=``: one of these, or with a minus the other way round; what is equal is in the order of its keys."""
    choices = [(sign + name, sign + name) for name in names for sign in ("", "-")]

    def sort(rows: Any, _field: str, value: str) -> Any:
        return rows.order_by(value, "pk")

    return filters.ChoiceFilter(choices=choices, method=sort)


class StaffProductFilter(StaffFilters, ExposedFilters):
    """Of all products."""

    exposes = "tradepost_catalogue.Product"
    columns = ("name", "slug", "brand", "variants__sku", "variants__barcode")

    product_type = filters.ModelChoiceFilter(queryset=ProductType.objects.all(), to_field_name="code")
    category = filters.ModelChoiceFilter(
        field_name="categories", queryset=Category.objects.all(), to_field_name="slug", help_text="Itself only."
    )
    collection = filters.ModelChoiceFilter(
        field_name="collections", queryset=Collection.objects.all(), to_field_name="slug", help_text="By hand only."
    )
    tag = filters.ModelChoiceFilter(field_name="tags", queryset=Tag.objects.all(), to_field_name="slug")
    is_published = YesNoFilter()
    is_featured = YesNoFilter()
    is_archived = YesNoFilter(field_name="archived_at", lookup_expr="isnull", exclude=True)
    ordering = ordering("name", "created_at", "updated_at", "brand", "slug")


class StaffVariantFilter(StaffFilters, ExposedFilters):
    """Of all variants."""

    exposes = "tradepost_catalogue.Variant"
    columns = ("sku", "barcode", "name", "product__name")

    sku = filters.CharFilter(max_length=255, help_text="Exactly this one.")
    barcode = filters.CharFilter(max_length=255)
    product = filters.CharFilter(field_name="product__slug", max_length=255, help_text="Slug.")
    is_archived = YesNoFilter(field_name="archived_at", lookup_expr="isnull", exclude=True)
    ordering = ordering("sku", "position")
