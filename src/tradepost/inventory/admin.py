"""Stock in the admin: levels to receive and to count, and what happened to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.admin.actions import ActionsMixin
from tradepost.core.admin.filter_values import FilterValuesMixin

from . import expressions
from .base import AbstractStockLevel
from .forms import CountForm, ReceiveForm
from .models import Location, Reservation, StockLevel, StockMovement

__all__ = ["LocationAdmin", "ReservationAdmin", "StockLevelAdmin", "StockMovementAdmin"]


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    """Places that hold stock."""

    list_display: Any = ("name", "code", "priority", "is_active")
    list_editable: ClassVar[Any] = ("priority", "is_active")
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}


class LowFilter(admin.SimpleListFilter):
    """Filter for levels that need attention."""

    title = _("stock")
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("Low or oversold")), ("out", _("Sold out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "low":
            return queryset.low()  # type: ignore[attr-defined, no-any-return]
        return queryset.filter(on_hand__lte=F("reserved")) if self.value() == "out" else queryset


@admin.register(StockLevel)
class StockLevelAdmin(FilterValuesMixin, ActionsMixin, admin.ModelAdmin):
    """Stock by location. Units change by receiving and counting, never by editing."""

    acts = {"receive": ReceiveForm, "count": CountForm}
    list_display: Any = ("variant", "product", "location", "on_hand", "reserved", "left", "buttons")
    list_filter: ClassVar[Any] = (LowFilter, "location")
    list_select_related: ClassVar[Any] = ("variant__product", "location")
    search_fields: ClassVar[Any] = ("variant__sku", "variant__barcode", "variant__product__name")
    autocomplete_fields: ClassVar[Any] = ("variant", "location")
    fields: ClassVar[Any] = (
        "variant",
        "location",
        "on_hand",
        "reserved",
        "left",
        "backorder_limit",
        "low_stock_at",
        "buttons",
    )
    readonly_fields: ClassVar[Any] = ("on_hand", "reserved", "left", "buttons")

    def get_readonly_fields(self, request: HttpRequest, obj: AbstractStockLevel | None = None) -> Any:
        """A level stays where it is."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "variant", "location")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("product"), ordering="variant__product__name")
    def product(self, level: AbstractStockLevel) -> str:
        return f"{level.variant.product.name} {level.variant.label}".strip()

    @admin.display(description=_("available"), ordering=expressions.available())
    def left(self, level: AbstractStockLevel) -> Any:
        """With a mark where it is low."""
        if level.available > level.threshold:
            return level.available
        return format_html('<span class="tp-badge warn">{}</span>', level.available)

    @admin.display(description="")
    def buttons(self, level: AbstractStockLevel) -> str:
        """To the pages that change the units."""
        if level.pk is None:
            return ""
        receive, count = (reverse("admin:tradepost_stocklevel_act", args=[level.pk, name]) for name in self.acts)
        form = '<a class="button" href="{}">{}</a> <a class="button" href="{}">{}</a>'
        return format_html(form, receive, ReceiveForm.title, count, CountForm.title)

    class Media:
        css = {"all": ["tradepost/admin.css"]}


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    """Reserved units, and for whom."""

    list_display: Any = (
        "variant",
        "location",
        "quantity",
        "owner_kind",
        "owner_key",
        "expires_at",
        "created_at",
    )
    list_filter: ClassVar[Any] = ("owner_kind", "location")
    list_select_related: ClassVar[Any] = ("variant", "location")
    search_fields: ClassVar[Any] = ("variant__sku", "owner_key")


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """Every change of stock, for ever."""

    list_display: Any = (
        "created_at",
        "variant",
        "location",
        "kind",
        "on_hand_delta",
        "reserved_delta",
        "cause",
        "actor",
        "note",
    )
    list_filter: ClassVar[Any] = ("kind", "location")
    list_select_related: ClassVar[Any] = ("variant", "location")
    search_fields: ClassVar[Any] = ("variant__sku", "cause_key", "note")
    date_hierarchy = "created_at"

    @admin.display(description=_("cause"))
    def cause(self, movement: StockMovement) -> str:
        return f"{movement.cause_kind} {movement.cause_key}".strip()
