"""Admin of the core: what is on its way, and what runs by the clock."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import clock
from .models import Delivery, JobState

__all__ = ["DeliveryAdmin", "JobStateAdmin", "ReadOnlyAdmin"]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that services write: to look at, not to edit."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Durable events; what was given up can be tried again."""

    list_display = ("__str__", "state", "tries", "due", "created_at", "error")
    list_filter = ("state", "handler")
    date_hierarchy = "created_at"
    actions = ("deliver_again",)

    @admin.action(description=_("Deliver again"), permissions=["view"])
    def deliver_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Make given-up deliveries due at once."""
        due = queryset.filter(state=Delivery.State.DEAD).update(
            state=Delivery.State.DUE, due=clock.now(), tries=0, claim=""
        )
        self.message_user(request, _("%(count)s deliveries are due again.") % {"count": due})


@admin.register(JobState)
class JobStateAdmin(ReadOnlyAdmin):
    """Jobs: when they ran, what they did, what went wrong."""

    list_display = ("name", "due", "started_at", "finished_at", "result", "error")
    ordering = ("name",)
