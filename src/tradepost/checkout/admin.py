"""Admin of checkouts: what buyers have said so far, to read."""

from __future__ import annotations

from django.contrib import admin

from tradepost.core.admin import ReadOnlyAdmin

from .models import Checkout

__all__ = ["CheckoutAdmin"]


@admin.register(Checkout)
class CheckoutAdmin(ReadOnlyAdmin):
    """Checkouts, the newest first."""

    list_display = ("email", "basket", "shipping_method", "payment_method", "updated_at")
    list_select_related = ("basket",)
    search_fields = ("email", "tax_id")
    ordering = ("-updated_at",)
