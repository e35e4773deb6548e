"""Bulk jobs in the admin: how far each is; one that hasn't ended may be cancelled."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin

from .models import BulkJob

__all__ = ["BulkJobAdmin"]


@admin.register(BulkJob)
class BulkJobAdmin(ReadOnlyAdmin):
    """Bulk calls with many rows."""

    list_display: Any = ("uuid", "kind", "user", "state", "done", "total", "failed", "created_at", "finished_at")
    list_filter: ClassVar[Any] = ("state", "kind")
    list_select_related: ClassVar[Any] = ("user",)
    search_fields: ClassVar[Any] = ("uuid", "actor_label")
    fields: ClassVar[Any] = (*list_display, "error", "started_at", "due", "tries")
    actions: Any = ("cancel",)

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Whether the action is offered."""
        return bool(request.user.has_perm("tradepost_api.change_bulkjob"))

    @admin.action(description=_("Cancel selected jobs"), permissions=["cancel"])
    def cancel(self, request: HttpRequest, jobs: Any) -> None:
        """Before the next part of each; those that have ended are named."""
        from .bulk.lifecycle import JobOver, cancel_job  # with all that bulk calls need, and no other page does

        for job in jobs:
            try:
                cancel_job(job)
            except JobOver as refusal:
                self.message_user(request, f"{job.uuid}: {refusal}", messages.WARNING)
