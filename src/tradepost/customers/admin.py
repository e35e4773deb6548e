"""Customers in the admin."""

from __future__ import annotations

from django.contrib import admin

from tradepost.core.admin import DaysMixin
from tradepost.core.exposed_admin import ExposedAdmin

from .models import Address, Customer, CustomerGroup

__all__ = ["AddressInline", "CustomerAdmin", "CustomerGroupAdmin"]


class AddressInline(admin.StackedInline):
    model = Address
    extra = 0
    fields = (
        ("name", "company"),
        ("line1", "line2"),
        ("postcode", "city"),
        ("region", "country"),
        "phone",
        ("is_default_shipping", "is_default_billing"),
    )


@admin.register(Customer)
class CustomerAdmin(DaysMixin, ExposedAdmin, admin.ModelAdmin):
    list_display = ("__str__", "email", "phone", "created_at", "has_account")
    list_filter = ("groups", "tax_exempt", "created_at")
    search_fields = ("email", "name", "phone", "tax_id")
    autocomplete_fields = ("groups",)
    raw_id_fields = ("user",)
    readonly_fields = ("uuid", "created_at", "anonymised_at")
    date_hierarchy = "created_at"
    inlines = (AddressInline,)

    @admin.display(boolean=True, description="Account", ordering="user")
    def has_account(self, customer: Customer) -> bool:
        return customer.user_id is not None


@admin.register(CustomerGroup)
class CustomerGroupAdmin(admin.ModelAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
