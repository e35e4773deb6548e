"""Admin of the records beside the ledger: to look at, never to change."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin

from .base import AbstractPaymentCall
from .models import PaymentCall

__all__ = ["PaymentCallAdmin", "change_url"]


def change_url(model: str, pk: Any) -> str:
    """The page of a row in the admin; ``model`` as in ``"payments_payment"``."""
    return reverse(f"admin:tradepost_{model}_change", args=[pk])


def _shown(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre style="white-space:pre-wrap;margin:0">{}</pre>', text)


@admin.register(PaymentCall)
class PaymentCallAdmin(ReadOnlyAdmin):
    """What providers were asked and answered."""

    list_display = ("at", "gateway", "operation", "payment_link", "outcome", "http_status", "shown_duration", "error")
    list_filter = ("outcome", "gateway", "operation", "http_status")
    list_select_related = ("payment",)
    search_fields = ("payment__reference", "payment__provider_ref", "payment__order__number", "key")
    search_help_text = _("Reference, provider's id, order or key")
    date_hierarchy = "at"
    fieldsets = (
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
        """What the gateway was given."""
        return _shown(row.request)

    @admin.display(description=_("answered"))
    def shown_answer(self, row: AbstractPaymentCall) -> str:
        """What the gateway made of it."""
        return _shown(row.answer)

    @admin.display(description=_("requests"))
    def shown_exchanges(self, row: AbstractPaymentCall) -> str:
        """What the provider was sent, and what came back."""
        return _shown(row.exchanges)
