"""Admin of checkouts: what buyers have said so far, and the drafts that staff prepare, to read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import ManualPrice
from tradepost.core.admin import ReadOnlyAdmin

from . import services
from .base import AbstractDraft
from .models import Checkout, Draft
from .services.prepare import order_of

__all__ = ["CheckoutAdmin", "DraftAdmin"]

_LINK = '<a href="{}">{}</a>'


@admin.register(Checkout)
class CheckoutAdmin(ReadOnlyAdmin):
    """Checkouts, the newest first."""

    list_display: Any = ("email", "basket", "shipping_method", "payment_method", "updated_at")
    list_select_related: ClassVar[Any] = ("basket",)
    search_fields: ClassVar[Any] = ("email", "tax_id")
    ordering: ClassVar[Any] = ("-updated_at",)


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    """Drafts, the latest first. They are changed and placed through the API; one that wasn't placed can be deleted here."""

    list_display: Any = ("__str__", "status", "customer", "email", "written_by", "replaced_link", "created_at")
    list_filter: ClassVar[Any] = ("basket__status",)
    list_select_related: ClassVar[Any] = ("basket__customer", "basket__checkout", "replaces")
    search_fields: ClassVar[Any] = ("title", "author_label", "basket__checkout__email", "basket__customer__email")
    date_hierarchy = "created_at"
    fields: ClassVar[Any] = (
        "title", "status", "customer", "email", "basket_link", "prices", "order_link", "replaced_link", "written_by",
        "created_at",
    )  # fmt: skip

    @admin.display(description=_("status"), ordering="basket__status")
    def status(self, draft: AbstractDraft) -> str:
        return draft.basket.get_status_display()

    @admin.display(description=_("customer"))
    def customer(self, draft: AbstractDraft) -> str:
        return str(draft.basket.customer or "–")

    @admin.display(description=_("e-mail address"))
    def email(self, draft: AbstractDraft) -> str:
        checkout = getattr(draft.basket, "checkout", None)
        return checkout.email if checkout is not None else ""

    @admin.display(description=_("basket"))
    def basket_link(self, draft: AbstractDraft) -> str:
        """To what is in it and what it comes to."""
        url = reverse("admin:tradepost_basket_basket_change", args=[draft.basket_id])
        return format_html(_LINK, url, draft.basket)

    @admin.display(description=_("manual prices"))
    def prices(self, draft: AbstractDraft) -> str:
        """Those of its lines and of all its goods together, with who set them and why."""
        lines, whole = dict(draft.basket.lines.values_list("uuid", "variant__sku")), _("all goods")
        rows = ManualPrice.objects.filter(basket=draft.basket_id).order_by("pk")
        facts = (
            (
                lines.get(row.line, whole),
                row.get_kind_display(),
                f"{row.value.normalize():f}",
                row.reason,
                row.actor_label,
            )
            for row in rows
        )
        return format_html_join("", "<div>{}: {} {} ({}, {})</div>", facts) or "–"

    @admin.display(description=_("order"))
    def order_link(self, draft: AbstractDraft) -> str:
        """To the order that was made of it."""
        order = None if draft.basket.allows.is_open else order_of(draft.basket)
        return _to_order(order)

    @admin.display(description=_("replaces"), ordering="replaces__number")
    def replaced_link(self, draft: AbstractDraft) -> str:
        """To the unpaid order that it changes."""
        return _to_order(draft.replaces)

    @admin.display(description=_("author"), ordering="author_label")
    def written_by(self, draft: AbstractDraft) -> str:
        return draft.author_label

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who manages drafts deletes those that weren't placed."""
        is_open = obj is None or obj.basket.allows.is_open
        return is_open and request.user.has_perm("tradepost_basket.manage_drafts")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete it with its basket; not if it was placed meanwhile."""
        try:
            services.remove_draft(obj)
        except BasketNotOpen as refusal:
            raise PermissionDenied(refusal.message) from refusal

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Each as one alone."""
        for draft in queryset.select_related("basket"):
            self.delete_model(request, draft)


def _to_order(order: Any) -> str:
    if order is None:
        return "–"
    return format_html(_LINK, reverse("admin:tradepost_orders_order_change", args=[order.pk]), order.number)
