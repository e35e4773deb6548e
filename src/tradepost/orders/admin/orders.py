"""Orders in the admin: to read, and to act on by the services' rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import Actor, By
from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.admin.actions import ActionForm, ActionsMixin
from tradepost.core.admin.exposed_fields import ExposedAdmin
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.core.templatetags.tradepost import money
from tradepost.pricing.explanation_table import tree

from .. import services
from ..base import AbstractOrder
from ..history_entries import history
from ..models import Order, OrderLine
from ..reports.explanation import explain
from ..states.display_status import Stage, stage_label
from .forms import CancelUnitsForm, CreditForm, HoldForm, NoteForm, ReleaseHoldForm, transition_form
from .sales import SalesMixin

__all__ = ["OrderAdmin"]

_TONES = {
    Stage.AWAITING_PAYMENT: "wait",
    Stage.CONFIRMED: "go",
    Stage.PAID: "go",
    Stage.PROCESSING: "go",
    Stage.PARTLY_SHIPPED: "go",
    Stage.SHIPPED: "go",
    Stage.PARTLY_DELIVERED: "go",
    Stage.DELIVERED: "done",
    Stage.COMPLETED: "done",
    Stage.ON_HOLD: "warn",
    Stage.REFUND_DUE: "warn",
}

_KEY_DIGITS = 19  # fewer fit into any column of keys


@admin.register(Order)
class OrderAdmin(SalesMixin, ExposedAdmin, ActionsMixin, ReadOnlyAdmin):
    """Orders. Their money is frozen; what can be done stands as buttons, with the reasons of what can't."""

    change_form_template = "tradepost/admin/order.html"
    acts = {
        "units": CancelUnitsForm,
        "credit": CreditForm,
        "hold": HoldForm,
        "release": ReleaseHoldForm,
        "note": NoteForm,
    }
    list_display: Any = (
        "number",
        "placed_at",
        "buyer",
        "shown_total",
        "shown_stage",
        "payment_status",
        "fulfilment_status",
    )
    list_filter: ClassVar[Any] = (
        "status",
        "payment_status",
        "fulfilment_status",
        ("hold", admin.EmptyFieldListFilter),
        "currency",
        "channel",
        "source",
    )
    search_fields: ClassVar[Any] = ("number", "email", "company", "lines__sku")
    search_help_text = _("Number, e-mail, company or SKU")
    date_hierarchy = "placed_at"
    list_per_page = 50
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("number", "shown_stage", "status", "payment_status", "fulfilment_status", "hold")}),
        (
            _("Customer"),
            {"fields": ("buyer", "phone", "tax_id", "tax_id_check", "ship_to", "bill_to", "customer_note")},
        ),
        (
            _("Dates"),
            {
                "fields": ("placed_at", "expires_at", "completed_at", "cancelled_at", "terms_version"),
                "classes": ["collapse"],
            },
        ),
        (
            _("More"),
            {
                "fields": (
                    ("tax_country", "tax_region", "tax_postcode"),
                    "tax_rounding",
                    "source",
                    "channel",
                    "language",
                    "parent",
                    "base_currency",
                    "exchange_rate",
                    "metadata",
                ),
                "classes": ["collapse"],
            },
        ),
    )

    class Media:
        css = {"all": ["tradepost/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what its stage needs."""
        orders: Any = super().get_queryset(request)
        return orders.with_open_units()

    @admin.display(description=_("customer"), ordering="email")
    def buyer(self, order: AbstractOrder) -> str:
        """Company and address for mail."""
        return " · ".join(part for part in (order.company, order.email) if part)

    @admin.display(description=_("total"), ordering="total")
    def shown_total(self, order: AbstractOrder) -> str:
        """With its currency."""
        return money(order.total, order.currency)

    @admin.display(description=_("display status"))
    def shown_stage(self, order: AbstractOrder) -> str:
        """As customers see it."""
        return format_html('<span class="tp-badge {}">{}</span>', _TONES.get(str(order.stage), ""), stage_label(order))  # type: ignore[call-overload]

    @admin.display(description=_("ship to"))
    def ship_to(self, order: AbstractOrder) -> str:
        return ", ".join(order.ship_to.lines) if order.ship_to else "–"

    @admin.display(description=_("bill to"))
    def bill_to(self, order: AbstractOrder) -> str:
        return ", ".join(order.bill_to.lines) if order.bill_to else "–"

    def act_form(self, name: str, row: AbstractOrder) -> type[ActionForm] | None:
        """An act of ours, or a transition that leaves the order's state."""
        if name in self.acts:
            return self.acts[name]
        steps = services.available_transitions(row, By(Actor.STAFF))
        return next((transition_form(step) for step in steps if step.name == name), None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if order is not None:
            context |= {
                "order": order,
                "steps": services.available_transitions(order, By.user(request.user)),
                "may_act": self.may_act(request),
                "may_credit": request.user.has_perm(CreditForm.permission),
                "may_override": request.user.has_perm("tradepost_orders.override_order"),
                "why": tree(explain(order)),
                "history": history(order),
                "has_open_units": any(line.open_quantity for line in order.lines.all()),
            }
        return super().change_view(request, object_id, form_url, context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With all its rows, and what is exposed of its lines."""
        lines = Prefetch("lines", with_exposed(OrderLine.objects.all()))
        orders: QuerySet[Order] = self.get_queryset(request).prefetch_related(lines).with_rows()
        is_key = object_id.isascii() and object_id.isdecimal() and len(object_id) < _KEY_DIGITS
        order: Any = orders.filter(pk=object_id).first() if is_key else None
        for line in order.lines.all() if order is not None else ():
            line.extras = self.extras(request, line)
        return order
