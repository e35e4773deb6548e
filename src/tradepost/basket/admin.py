"""Baskets in the admin: what is in them, what they come to, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.admin.exposed_fields import ExposedAdmin
from tradepost.core.db.aggregates import number_of
from tradepost.core.money.format import times_text
from tradepost.core.templatetags.tradepost import money
from tradepost.pricing.explanation_table import tree

from . import services
from .forms import DryRunForm
from .models import Basket, BasketLine

__all__ = ["BasketAdmin"]

_ROW = "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>"
_TABLE = "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>"


@admin.register(Basket)
class BasketAdmin(ExposedAdmin, ReadOnlyAdmin):
    """Baskets, those that were changed last first."""

    list_display: Any = (
        "uuid",
        "customer",
        "status",
        "line_count",
        "currency",
        "country",
        "channel",
        "updated_at",
    )
    list_filter: ClassVar[Any] = ("status", "channel", "currency", ("customer", admin.EmptyFieldListFilter))
    list_select_related: ClassVar[Any] = ("customer",)
    search_fields: ClassVar[Any] = ("uuid", "customer__email", "lines__variant__sku")
    date_hierarchy = "updated_at"
    change_list_template = "tradepost/admin/baskets.html"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("uuid", "customer", "status", "channel", "country", "created_at", "updated_at")}),
        (_("As it is now"), {"fields": ("contents", "coupon_codes", "total")}),
        (_("Calculation"), {"fields": ("trail",)}),
        (_("More"), {"classes": ["collapse"], "fields": ("merged_into", "submissions", "metadata")}),
    )

    class Media:
        css = {"all": ["tradepost/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lines = number_of(BasketLine.objects.filter(basket=OuterRef("pk")))
        baskets: QuerySet[Any] = super().get_queryset(request).annotate(line_number=lines)
        return baskets.order_by("-updated_at")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With its totals, calculated once for the page."""
        basket: Any = super().get_object(request, object_id, from_field)
        if basket is not None:
            basket.view = services.read(basket)
            basket.extras = {line.uuid: self.extras(request, line.line) for line in basket.view.lines}
        return basket

    @admin.display(description=_("lines"), ordering="line_number")
    def line_count(self, basket: Any) -> int:
        return int(basket.line_number)

    @admin.display(description=_("lines"))
    def contents(self, basket: Any) -> str:
        rows = (
            (
                line.variant.sku,
                _name(line, basket.extras[line.uuid]),
                times_text(line.quantity, line.row.unit_price, basket.currency),
                money(line.row.total, basket.currency),
            )
            for line in basket.view.lines
        )
        body = format_html_join("", _ROW, rows)
        return format_html(_TABLE, _("SKU"), _("Product"), _("Units"), _("Total"), body)

    @admin.display(description=_("total"))
    def total(self, basket: Any) -> str:
        return money(basket.view.totals.total, basket.currency) or "–"

    @admin.display(description=_("steps"))
    def trail(self, basket: Any) -> str:
        """Each amount with its steps, and what did not apply with its reason."""
        return tree(basket.view.explained)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.dry_run)
        return [path("dry-run/", page, name="tradepost_basket_dry_run"), *super().get_urls()]

    def dry_run(self, request: HttpRequest) -> HttpResponse:
        """Show what a basket would cost any customer at any time; nothing is written."""
        if not request.user.has_perm("tradepost_basket.dry_run_basket"):
            raise PermissionDenied
        can_name = request.user.has_perm("tradepost_customers.view_customer")
        form = DryRunForm(request.GET if "items" in request.GET else None, can_name=can_name)
        view = form.view if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Dry run"),
            "opts": self.opts,
            "form": form,
            "view": view,
            "trail": tree(view.explained) if view else "",
        }
        return TemplateResponse(request, "tradepost/admin/dry_run.html", context)


def _name(line: Any, extras: list[tuple[str, Any]]) -> str:
    """The product and options of a line, with its exposed values."""
    name = f"{line.product.name} {line.variant.label}".strip()
    return " · ".join([name, *(f"{label}: {value}" for label, value in extras)])
