"""Saved payment methods in the admin: to look at, and to forget where a customer asks for it by letter."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin

from ..base import AbstractSavedMethod
from ..models import SavedMethod
from ..services import saved_methods

__all__ = ["SavedMethodAdmin"]


@admin.register(SavedMethod)
class SavedMethodAdmin(ReadOnlyAdmin):
    """Saved payment methods, with the consent to each."""

    list_display: Any = ("name", "customer", "gateway", "expiry", "consented_at", "shown_state")
    list_filter: ClassVar[Any] = ("gateway", ("forgotten_at", admin.EmptyFieldListFilter), "consent_version")
    list_select_related: ClassVar[Any] = ("customer",)
    search_fields: ClassVar[Any] = ("customer__email", "customer__name", "last4", "provider_ref", "customer_ref")
    date_hierarchy = "created_at"
    actions: Any = ("forget",)
    fields: ClassVar[Any] = (
        "name",
        "customer",
        "gateway",
        "provider_ref",
        "customer_ref",
        "expiry",
        "consent_text",
        "consent_version",
        "consented_at",
        "created_at",
        "shown_state",
        "forget_asked_at",
        "forget_error",
        "forgotten_at",
    )

    @admin.display(description=_("payment method"))
    def name(self, row: AbstractSavedMethod) -> str:
        """The name by which people know it."""
        return row.name

    @admin.display(description=_("expires"))
    def expiry(self, row: AbstractSavedMethod) -> str:
        """As on the card."""
        return row.expiry or "–"

    @admin.display(description=_("state"))
    def shown_state(self, row: AbstractSavedMethod) -> str:
        """Kept, forgotten, or on the way to it."""
        if row.forgotten_at is not None:
            return str(_("Deleted"))
        return str(_("Waiting to be deleted at the provider") if row.forget_asked_at is not None else _("Saved"))

    @admin.action(description=_("Delete here and at the provider"), permissions=["forget"])
    def forget(self, request: HttpRequest, queryset: QuerySet[SavedMethod]) -> None:
        """Delete saved methods, so that nobody can pay with them from now on."""
        rows = [saved_methods.forget(row) for row in queryset]
        waits = sum(row.forgotten_at is None for row in rows)
        self.message_user(request, _("%(count)s deleted.") % {"count": len(rows) - waits})
        if waits:
            message = _("%(count)s can no longer be used; their provider didn't answer, and will be asked again.")
            self.message_user(request, message % {"count": waits}, messages.WARNING)

    def has_forget_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change saved methods."""
        return request.user.has_perm("tradepost_payments.change_savedmethod")
