"""Customers in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from tradepost.core.admin import DaysMixin
from tradepost.core.admin.exposed_fields import ExposedAdmin
from tradepost.core.admin.filter_values import FilterValuesMixin

from .models import Address, Customer, CustomerGroup

__all__ = ["AddressInline", "CustomerAdmin", "CustomerGroupAdmin"]


class AddressInline(admin.StackedInline):
    model = Address
    extra = 0
    fields: ClassVar[Any] = (
        ("name", "company"),
        ("line1", "line2"),
        ("postcode", "city"),
        ("region", "country"),
        "phone",
        ("is_default_shipping", "is_default_billing"),
    )


@admin.register(Customer)
class CustomerAdmin(FilterValuesMixin, DaysMixin, ExposedAdmin, admin.ModelAdmin):
    list_display: Any = ("__str__", "email", "phone", "created_at", "has_account")
    list_filter: ClassVar[Any] = ("groups", "tax_exempt", "created_at")
    search_fields: ClassVar[Any] = ("email", "name", "phone", "tax_id")
    autocomplete_fields: ClassVar[Any] = ("groups",)
    raw_id_fields = ("user",)
    readonly_fields: ClassVar[Any] = ("uuid", "created_at", "anonymised_at")
    date_hierarchy = "created_at"
    inlines: ClassVar[Any] = (AddressInline,)

    @admin.display(boolean=True, description="Account", ordering="user")
    def has_account(self, customer: Customer) -> bool:
        return customer.user_id is not None


@admin.register(CustomerGroup)
class CustomerGroupAdmin(admin.ModelAdmin):
    list_display: Any = ("name", "code")
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
