"""Admin of the records beside the ledger: to look at, never to change."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.dates import clock
from tradepost.core.templatetags.tradepost import money

from ..base import AbstractDispute, AbstractPaymentCall
from ..models import Dispute, PaymentCall

__all__ = ["DisputeAdmin", "PaymentCallAdmin", "change_url"]


def change_url(model: str, pk: Any) -> str:
    """The page of a row in the admin; ``model`` as in ``"payments_payment"``."""
    return reverse(f"admin:tradepost_{model}_change", args=[pk])


def _shown(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre style="white-space:pre-wrap;margin:0">{}</pre>', text)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    """Disputes; those that wait for an answer come first, the most pressing at the head."""

    list_display: Any = (
        "shown_due",
        "shown_status",
        "shown_amount",
        "reason",
        "order_link",
        "payment_link",
        "opened_at",
    )
    list_display_links: Any = ("shown_due", "shown_status")
    ordering: ClassVar[Any] = (F("closed_at").asc(nulls_first=True), F("evidence_due").asc(nulls_last=True), "pk")
    list_filter: ClassVar[Any] = ("status", "gateway", "is_inquiry", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related: ClassVar[Any] = ("payment__order",)
    search_fields: ClassVar[Any] = (
        "provider_ref",
        "payment__reference",
        "payment__order__number",
        "payment__order__email",
    )
    fields: ClassVar[Any] = (
        "shown_status",
        "shown_due",
        "shown_amount",
        "reason",
        "order_link",
        "payment_link",
        "gateway",
        "provider_ref",
        "opened_at",
        "closed_at",
        "updated_at",
    )

    class Media:
        css = {"all": ["tradepost/admin.css"]}

    @admin.display(description=_("respond by"), ordering="evidence_due")
    def shown_due(self, row: AbstractDispute) -> str:
        """Red where it is open and less than three days are left; evidence is sent in the provider's dashboard."""
        if row.evidence_due is None:
            return "–"
        text = date_format(timezone.localtime(row.evidence_due), "SHORT_DATETIME_FORMAT")
        presses = row.status == row.Status.NEEDS_RESPONSE and row.evidence_due - clock.now() < timedelta(days=3)
        return format_html('<span class="tp-badge warn">{}</span>', text) if presses else text

    @admin.display(description=_("status"), ordering="status")
    def shown_status(self, row: AbstractDispute) -> str:
        """With a word for an inquiry."""
        status = row.get_status_display()
        return _("%(status)s (inquiry)") % {"status": status} if row.is_inquiry else status

    @admin.display(description=_("amount"), ordering="amount")
    def shown_amount(self, row: AbstractDispute) -> str:
        """With its currency."""
        return money(row.amount, row.currency)

    @admin.display(description=_("order"))
    def order_link(self, row: AbstractDispute) -> str:
        """To the order."""
        order = row.payment.order
        return format_html('<a href="{}">{}</a>', change_url("orders_order", order.pk), order.number)

    @admin.display(description=_("payment"))
    def payment_link(self, row: AbstractDispute) -> str:
        """To the payment and its ledger."""
        return format_html('<a href="{}">{}</a>', change_url("payments_payment", row.payment_id), row.payment)


@admin.register(PaymentCall)
class PaymentCallAdmin(ReadOnlyAdmin):
    """Calls to providers, with their answers."""

    list_display: Any = (
        "at",
        "gateway",
        "operation",
        "payment_link",
        "outcome",
        "http_status",
        "shown_duration",
        "error",
    )
    list_filter: ClassVar[Any] = ("outcome", "gateway", "operation", "http_status")
    list_select_related: ClassVar[Any] = ("payment",)
    search_fields: ClassVar[Any] = ("payment__reference", "payment__provider_ref", "payment__order__number", "key")
    search_help_text = _("Reference, provider's id, order or key")
    date_hierarchy = "at"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("at", "gateway", "operation", "payment_link", "key", "outcome", "error_code", "error")}),
        (_("Request and answer"), {"fields": ("http_status", "shown_duration", "shown_request", "shown_answer")}),
        (_("Over the wire"), {"fields": ("shown_exchanges",)}),
    )

    @admin.display(description=_("payment"), ordering="payment__reference")
    def payment_link(self, row: AbstractPaymentCall) -> str:
        """To the payment."""
        return format_html('<a href="{}">{}</a>', change_url("payments_payment", row.payment_id), row.payment)

    @admin.display(description=_("duration"), ordering="duration")
    def shown_duration(self, row: AbstractPaymentCall) -> str:
        """In milliseconds."""
        return f"{row.duration} ms"

    @admin.display(description=_("asked"))
    def shown_request(self, row: AbstractPaymentCall) -> str:
        """The gateway's input."""
        return _shown(row.request)

    @admin.display(description=_("answered"))
    def shown_answer(self, row: AbstractPaymentCall) -> str:
        """The gateway's result."""
        return _shown(row.answer)

    @admin.display(description=_("requests"))
    def shown_exchanges(self, row: AbstractPaymentCall) -> str:
        """The requests to the provider, and its answers."""
        return _shown(row.exchanges)
