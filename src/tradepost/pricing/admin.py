"""Prices and taxes in the admin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import DaysMixin, ReadOnlyAdmin, money_column
from tradepost.core.admin.filter_values import FilterValuesMixin
from tradepost.core.dates import clock
from tradepost.core.db.aggregates import number_of
from tradepost.core.money.format import money_text
from tradepost.core.pages.charts import steps

from .base import AbstractPrice, AbstractZone
from .errors import RateMissing
from .models import ExchangeRate, Price, PriceChange, PriceList, TaxClass, TaxRate, Zone, ZoneArea
from .prices.conversion import convert
from .prices.history import record
from .prices.price_changes import settle
from .services.zone_values import tax_class_users, zone_users

__all__ = ["ExchangeRateAdmin", "PriceAdmin", "PriceChangeAdmin", "PriceListAdmin", "TaxClassAdmin", "ZoneAdmin"]

_SHOWN = 100  # changes of a price, the latest
_NAMED = 20  # rows that need another one


@admin.register(PriceList)
class PriceListAdmin(FilterValuesMixin, admin.ModelAdmin):
    """Lists; their prices are too many for one page and stand on their own, filtered."""

    list_display: Any = (
        "name",
        "code",
        "currency",
        "includes_tax",
        "channel",
        "priority",
        "starts_at",
        "ends_at",
        "is_active",
        "shown_prices",
    )
    list_filter: ClassVar[Any] = ("is_active", "currency", "includes_tax", "channel", "groups", "zones")
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
    filter_horizontal: ClassVar[Any] = ("groups", "zones")
    readonly_fields: ClassVar[Any] = ("shown_prices",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "code", "currency", "includes_tax", "is_active", "shown_prices")}),
        (_("For whom and when"), {"fields": ("groups", "zones", "channel", "starts_at", "ends_at", "priority")}),
        (_("Conversion"), {"fields": ("converts", "rounding", "margin")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        prices = number_of(Price.objects.filter(price_list=OuterRef("pk")))
        lists: QuerySet[Any] = super().get_queryset(request).annotate(price_count=prices)
        return lists

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Lock the meaning of its prices: in another currency, or with tax, they would be others."""
        fixed = ("currency", "includes_tax") if obj is not None and obj.prices.exists() else ()
        return (*self.readonly_fields, *fixed)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """With what the list it follows makes of its prices."""
        super().save_related(request, form, formsets, change)
        try:
            with transaction.atomic():  # a missing rate undoes the conversion, not the list
                changed = len(convert(form.instance))
        except RateMissing as error:
            self.message_user(request, str(error), messages.WARNING)
            return
        if changed:
            text = _("Prices of %(count)s variants were converted.") % {"count": changed}
            self.message_user(request, text)

    @admin.display(description=_("prices"), ordering="price_count")
    def shown_prices(self, row: Any) -> str:
        """How many, with a link to them."""
        if row.pk is None:
            return "–"
        meta = Price._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist", current_app=self.admin_site.name)
        return format_html('<a href="{}?price_list__id__exact={}">{}</a>', url, row.pk, row.price_count)


@admin.register(Price)
class PriceAdmin(FilterValuesMixin, admin.ModelAdmin):
    """Prices, to be found by SKU and changed in the list; what each was stands below it."""

    list_display: Any = (
        "variant",
        "product",
        "price_list",
        "min_quantity",
        "amount",
        "was_amount",
        "currency",
        "is_converted",
    )
    list_display_links: Any = ("variant",)
    list_editable: ClassVar[Any] = ("amount", "was_amount")
    list_filter: ClassVar[Any] = ("price_list", "is_converted")
    list_select_related: ClassVar[Any] = ("variant__product", "price_list")
    search_fields: ClassVar[Any] = ("variant__sku", "variant__product__name")
    autocomplete_fields: ClassVar[Any] = ("variant", "price_list")
    ordering: ClassVar[Any] = ("variant__sku", "price_list", "min_quantity")
    fields: ClassVar[Any] = ("price_list", "variant", "min_quantity", "amount", "was_amount", "history")

    class Media:
        css = {"all": ["tradepost/admin.css"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose price it is stays: another one is another price."""
        return ("history",) if obj is None else ("history", "price_list", "variant")

    @admin.display(description=_("product"), ordering="variant__product__name")
    def product(self, price: AbstractPrice) -> str:
        return f"{price.variant.product.name} {price.variant.label}".strip()

    @admin.display(description=_("currency"), ordering="price_list__currency")
    def currency(self, price: AbstractPrice) -> str:
        return price.price_list.currency

    @admin.display(description=_("history"))
    def history(self, price: AbstractPrice) -> str:
        """The history of the variant's price on this list."""
        if price.pk is None:
            return "–"
        return shown_history(price)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """With its history; a converted price that somebody changes is their own from then on."""
        obj.is_converted = False
        super().save_model(request, obj, form, change)
        settle(obj.price_list_id, [obj.variant_id])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """With its history."""
        record(obj.price_list_id, variants=[obj.variant_id])
        super().delete_model(request, obj)
        settle(obj.price_list_id, [obj.variant_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """With their history."""
        theirs: dict[int, set[int]] = defaultdict(set)
        for price_list, variant in queryset.order_by("price_list").values_list("price_list_id", "variant_id"):
            theirs[price_list].add(variant)
        for price_list, variants in theirs.items():
            record(price_list, variants=variants)
        super().delete_queryset(request, queryset)
        for price_list, variants in theirs.items():
            settle(price_list, variants)


def shown_history(price: AbstractPrice) -> str:
    """A chart of what one unit cost, and a table of the latest changes of all quantities."""
    changes = PriceChange.objects.filter(price_list=price.price_list_id, variant=price.variant_id)
    rows = list(changes.order_by("-at", "-pk")[:_SHOWN])
    of_this = [row for row in reversed(rows) if row.min_quantity == price.min_quantity]
    points = [(int(row.at.timestamp()), row.amount) for row in of_this]
    if points:
        points.append((max(int(clock.now().timestamp()), points[-1][0]), points[-1][1]))
    currency = price.price_list.currency
    context = {
        "rows": [(row, "" if row.amount is None else money_text(row.amount, currency, exact=True)) for row in rows],
        "lines": steps(points, width=600, height=100) if points else [],
    }
    return render_to_string("tradepost/admin/price_history.html", context)


@admin.register(PriceChange)
class PriceChangeAdmin(ReadOnlyAdmin):
    """Changes of prices."""

    list_display: Any = ("at", "variant", "price_list", "min_quantity", "price")
    price = money_column("amount", currency="price_list.currency", exact=True, label=_("amount"))
    list_filter: ClassVar[Any] = ("price_list",)
    list_select_related: ClassVar[Any] = ("variant__product", "price_list")
    search_fields: ClassVar[Any] = ("variant__sku", "variant__product__name")
    date_hierarchy = "at"


class _WhileUnusedMixin:
    """Deletes no row that others need without pointing at it in a way that Django sees; they are listed as what protects it."""

    def users_of(self, rows: Sequence[Any]) -> Iterable[QuerySet[Any]]:
        """The rows that need some rows of this admin, by model."""
        raise NotImplementedError

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """With those rows as protected ones."""
        shown, counts, missing, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        users = [f"{row._meta.verbose_name}: {row}" for rows in self.users_of(list(objs)) for row in rows[:_NAMED]]
        return shown, counts, missing, [*protected, *users]


@admin.register(TaxClass)
class TaxClassAdmin(_WhileUnusedMixin, admin.ModelAdmin):
    """Kinds of goods for the tax office."""

    def users_of(self, rows: Sequence[Any]) -> Iterable[QuerySet[Any]]:
        """Goods and charges of a class, which would be sold without tax."""
        return tax_class_users(row.code for row in rows)

    list_display: Any = ("name", "code")
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}


class ZoneAreaInline(admin.TabularInline):
    model = ZoneArea
    extra = 1


class TaxRateInline(admin.TabularInline):
    model = TaxRate
    extra = 0
    fields: ClassVar[Any] = ("tax_class", "name", "rate", "jurisdiction", "compound", "position")


@admin.register(Zone)
class ZoneAdmin(_WhileUnusedMixin, FilterValuesMixin, admin.ModelAdmin):
    """Zones with their areas and rates."""

    def users_of(self, rows: Sequence[Any]) -> Iterable[QuerySet[Any]]:
        """Price lists and methods that are bound to a zone, which would hold everywhere."""
        return zone_users([row.pk for row in rows])

    list_display: Any = ("name", "code", "is_home", "countries", "priority", "reverse_charge")
    list_filter: ClassVar[Any] = ("is_home",)
    search_fields: ClassVar[Any] = ("name", "code", "areas__country")
    prepopulated_fields = {"code": ("name",)}
    inlines: ClassVar[Any] = (ZoneAreaInline, TaxRateInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("areas")

    @admin.display(description=_("areas"))
    def countries(self, zone: AbstractZone) -> str:
        """The first ones."""
        names = [str(area) for area in zone.areas.all()]
        most = 8
        return ", ".join(names[:most]) + (" …" if len(names) > most else "")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(FilterValuesMixin, DaysMixin, admin.ModelAdmin):
    """Rates to the shop's own currency."""

    list_display: Any = ("currency", "base", "rate", "valid_from")
    list_filter: ClassVar[Any] = ("currency",)
    date_hierarchy = "valid_from"
