"""Ways to deliver in the admin: one list of all kinds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from polymorphic.admin import PolymorphicChildModelAdmin, PolymorphicParentModelAdmin

from tradepost.core.admin.filter_values import FilterValuesMixin
from tradepost.core.admin.place_messages import warn_of_place
from tradepost.core.db.polymorphic import kinds_of
from tradepost.core.money.format import money_text

from .base import AbstractCarrierService
from .conf import settings
from .models import CarrierQuote, PickupPoint, ShippingMethod

__all__ = ["CarrierQuoteAdmin", "KindAdmin", "PickupPointAdmin", "ShippingMethodAdmin"]

_SHARED = ("name", "code", "description", "is_active", "position")
_COSTS = ("currency", "handling", "tax_class")
_PLACES = ("zones", ("min_days", "max_days"))
_LIMITS = (("max_weight", "max_side"), ("max_girth", "max_volume"), "excluded_products", "excluded_collections")


class KindAdmin(PolymorphicChildModelAdmin):
    """A method of one kind: what all have, and what this kind costs."""

    base_model = ShippingMethod
    show_in_index = False
    prepopulated_fields = {"code": ("name",)}
    filter_horizontal: ClassVar[Any] = ("zones",)
    autocomplete_fields: ClassVar[Any] = ("excluded_products", "excluded_collections")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Carriers are chosen from the settings."""
        if db_field.name == "carrier" and issubclass(self.model, AbstractCarrierService):
            return forms.ChoiceField(
                label=db_field.verbose_name.capitalize(),
                help_text=db_field.help_text,
                choices=[("", "---------"), *((alias, alias) for alias in settings().CARRIERS)],
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shared = {field.name for field in ShippingMethod._meta.get_fields()}
        fields = (*self.model._meta.fields, *self.model._meta.many_to_many)
        own = [field.name for field in fields if field.editable and not field.primary_key and field.name not in shared]
        return [
            (None, {"fields": _SHARED}),
            (_("What it costs"), {"fields": [*own, *_COSTS]}),
            (_("Where it goes"), {"fields": _PLACES}),
            (_("What it carries"), {"fields": _LIMITS}),
        ]


@admin.register(ShippingMethod)
class ShippingMethodAdmin(FilterValuesMixin, PolymorphicParentModelAdmin):
    """All ways to deliver; a new one begins with the choice of its kind."""

    base_model = ShippingMethod
    list_display: Any = ("name", "code", "kind", "currency", "min_days", "max_days", "position", "is_active")
    list_editable: ClassVar[Any] = ("position", "is_active")
    list_filter: ClassVar[Any] = ("is_active", "currency", "zones")
    search_fields: ClassVar[Any] = ("name", "code")
    list_select_related: ClassVar[Any] = ("polymorphic_ctype",)

    def get_child_models(self) -> list[type[Any]]:
        """Ours and the project's own."""
        return list(kinds_of(ShippingMethod))

    @admin.display(description=_("kind"))
    def kind(self, method: Any) -> str:
        return str(method.polymorphic_ctype.name)


@admin.register(PickupPoint)
class PickupPointAdmin(FilterValuesMixin, admin.ModelAdmin):
    """Points where parcels are picked up."""

    list_display: Any = ("name", "code", "city", "postcode", "country", "position", "is_active")
    list_editable: ClassVar[Any] = ("position", "is_active")
    list_filter: ClassVar[Any] = ("is_active", "methods", "country")
    search_fields: ClassVar[Any] = ("name", "code", "city", "postcode")
    prepopulated_fields = {"code": ("name",)}
    filter_horizontal: ClassVar[Any] = ("methods",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "code", "methods", "is_active", "position")}),
        (_("Address"), {"fields": ("line1", "line2", ("postcode", "city"), ("region", "country"))}),
        (None, {"fields": ("opening_hours",)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """A postcode that looks unusual is saved, and told."""
        super().save_model(request, obj, form, change)
        warn_of_place(request, form)


@admin.register(CarrierQuote)
class CarrierQuoteAdmin(FilterValuesMixin, admin.ModelAdmin):
    """Last answers of carriers; once deleted, they are asked for again."""

    list_display: Any = ("carrier", "shown", "fetched_at", "expires_at", "failure")
    list_filter: ClassVar[Any] = ("carrier", "fetched_at")
    readonly_fields: ClassVar[Any] = ("carrier", "shown", "failure", "fetched_at", "expires_at")
    fields: ClassVar[Any] = readonly_fields

    @admin.display(description=_("rates"))
    def shown(self, row: CarrierQuote) -> str:
        return ", ".join(
            f"{rate['service']}: {money_text(Decimal(rate['amount']), rate['currency'])}" for rate in row.rates
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


for kind in kinds_of(ShippingMethod):
    if not admin.site.is_registered(kind):  # a project's own admin for a kind counts
        admin.site.register(kind, KindAdmin)  # type: ignore[misc]
