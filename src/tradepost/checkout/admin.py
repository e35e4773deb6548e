"""Admin of checkouts: what buyers have said so far, to read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from tradepost.core.admin import ReadOnlyAdmin

from .models import Checkout

__all__ = ["CheckoutAdmin"]


@admin.register(Checkout)
class CheckoutAdmin(ReadOnlyAdmin):
    """Checkouts, the newest first."""

    list_display: Any = ("email", "basket", "shipping_method", "payment_method", "updated_at")
    list_select_related: ClassVar[Any] = ("basket",)
    search_fields: ClassVar[Any] = ("email", "tax_id")
    ordering: ClassVar[Any] = ("-updated_at",)
