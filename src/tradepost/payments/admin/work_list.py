"""Admin of discrepancies: the staff's work list, with what to do about each and the acts that do it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.admin.actions import ActionForm, ActionsMixin
from tradepost.core.money.format import fact_text

from ..base import AbstractDiscrepancy
from ..models import Discrepancy
from ..reconciliation import discrepancies
from .forms import RESOLVING
from .records import change_url

__all__ = ["DiscrepancyAdmin"]


@admin.register(Discrepancy)
class DiscrepancyAdmin(ActionsMixin, ReadOnlyAdmin):
    """The work list: money that doesn't fit."""

    change_form_template = "tradepost/admin/discrepancy.html"
    acts = RESOLVING
    list_display: Any = (
        "kind",
        "shown_facts",
        "shown_advice",
        "order_link",
        "payment_link",
        "shown_resolution",
        "created_at",
    )
    ordering: ClassVar[Any] = (F("resolved_at").asc(nulls_first=True), "-pk")
    list_filter: ClassVar[Any] = ("kind", ("resolved_at", admin.EmptyFieldListFilter), "resolution")
    list_select_related: ClassVar[Any] = ("order", "payment__order", "resolved_by")
    search_fields: ClassVar[Any] = ("order__number", "payment__reference", "payment__provider_ref")
    fields: ClassVar[Any] = (
        "kind",
        "shown_facts",
        "order_link",
        "payment_link",
        "created_at",
        "resolution",
        "note",
        "resolved_at",
        "resolved_by",
    )

    class Media:
        css = {"all": ["tradepost/admin.css"]}

    @admin.display(description=_("facts"))
    def shown_facts(self, row: AbstractDiscrepancy) -> str:
        """One below the other."""
        owner = row.payment or row.order
        currency = owner.currency if owner is not None else ""
        pairs = ((name.replace("_", " "), fact_text(name, value, currency)) for name, value in row.facts.items())
        return format_html_join(mark_safe("<br>"), "{}: {}", pairs) or "–"

    @admin.display(description=_("what to do"))
    def shown_advice(self, row: AbstractDiscrepancy) -> str:
        """In plain words, while it is open."""
        if row.resolved_at is not None:
            return "–"
        return format_html('<div style="min-width:18rem">{}</div>', discrepancies.advice(row))

    @admin.display(description=_("resolved"), ordering="resolved_at")
    def shown_resolution(self, row: AbstractDiscrepancy) -> str:
        """The resolution, and who made it."""
        parts = (row.resolution, row.resolved_by) if row.resolved_at else ()
        return ", ".join(str(part) for part in parts if part) or "–"

    @admin.display(description=_("order"))
    def order_link(self, row: AbstractDiscrepancy) -> str:
        """To the order."""
        if row.order is None:
            return "–"
        return format_html('<a href="{}">{}</a>', change_url("orders_order", row.order_id), row.order.number)

    @admin.display(description=_("payment"))
    def payment_link(self, row: AbstractDiscrepancy) -> str:
        """To the payment and its ledger."""
        if row.payment is None:
            return "–"
        return format_html('<a href="{}">{}</a>', change_url("payments_payment", row.payment_id), row.payment)

    def act_form(self, name: str, row: Any) -> type[ActionForm] | None:
        """Only what fits it now."""
        return RESOLVING[name] if name in discrepancies.remedies(row) else None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if row is not None:
            may = discrepancies.remedies(row) if self.may_act(request) else []
            context |= {
                "advice": discrepancies.advice(row) if row.resolved_at is None else "",
                "remedies": [(name, RESOLVING[name].title) for name in may],
            }
        return super().change_view(request, object_id, form_url, context)
