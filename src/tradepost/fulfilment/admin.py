"""Shipments in the admin: packed from an order, then shipped and delivered by buttons."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import Actor, By
from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.admin.actions import ActionsMixin
from tradepost.core.fsm import steps
from tradepost.orders.models import Order

from .base import AbstractShipment
from .forms import CancelForm, DeliverForm, PackForm, ShipForm
from .models import Shipment, ShipmentLine

__all__ = ["ShipmentAdmin"]


class ShipmentLineInline(admin.TabularInline):
    """The shipment's contents."""

    model = ShipmentLine
    extra = 0
    can_delete = False
    fields = readonly_fields = ("line", "quantity")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("line")


@admin.register(Shipment)
class ShipmentAdmin(ActionsMixin, ReadOnlyAdmin):
    """Parcels, pickups and downloads."""

    acts = {"ship": ShipForm, "deliver": DeliverForm, "cancel": CancelForm}
    inlines: ClassVar[Any] = (ShipmentLineInline,)
    list_display: Any = (
        "__str__",
        "order_link",
        "kind",
        "carrier",
        "status",
        "created_at",
        "shipped_at",
        "delivered_at",
    )
    list_filter: ClassVar[Any] = ("status", "kind", "carrier", "location")
    list_select_related: ClassVar[Any] = ("order",)
    search_fields: ClassVar[Any] = ("order__number", "order__email", "tracking_number")
    date_hierarchy = "created_at"
    fields: ClassVar[Any] = (
        "order_link",
        "status",
        "kind",
        "group",
        "location",
        "carrier",
        "tracking_number",
        "tracking_url",
        "created_at",
        "shipped_at",
        "delivered_at",
        "buttons",
    )
    readonly_fields: ClassVar[Any] = ("order_link", "buttons")

    @admin.display(description=_("order"), ordering="order__number")
    def order_link(self, shipment: AbstractShipment) -> str:
        """To the order."""
        url = reverse("admin:tradepost_orders_order_change", args=[shipment.order_id])
        return format_html('<a href="{}">{}</a>', url, shipment.order.number)

    @admin.display(description="")
    def buttons(self, shipment: AbstractShipment) -> str:
        """Buttons of the actions that are possible."""
        names = [step.name for step in steps(shipment, By(Actor.STAFF)) if step.name in self.acts]
        links = (
            (reverse("admin:tradepost_shipment_act", args=[shipment.pk, name]), self.acts[name].title) for name in names
        )
        return format_html_join(" ", '<a class="button" href="{}">{}</a>', links)

    def get_urls(self) -> list[URLPattern]:
        pack = self.admin_site.admin_view(self.pack_view)
        return [path("pack/<int:order_id>/", pack, name="tradepost_shipment_pack"), *super().get_urls()]

    def pack_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """A shipment of an order, with the units that are left."""
        if not request.user.has_perm("tradepost_fulfilment.add_shipment"):
            raise PermissionDenied
        order = get_object_or_404(Order, pk=order_id)
        return self.ask(request, PackForm, order)
