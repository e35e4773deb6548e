"""The record of unsafe calls, for idempotency keys; jobs of bulk calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import CountField, JsonField, SmallCountField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = ["AbstractBulkJob", "AbstractBulkPart", "AbstractIdempotencyRecord"]


class AbstractIdempotencyRecord(models.Model):
    """The answer to one unsafe call that carried an ``Idempotency-Key``; a repeat gets the same answer for 24 hours."""

    caller = models.CharField(max_length=100)
    method = models.CharField(max_length=7)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("Hash of the body."))
    status_code = SmallCountField(null=True, blank=True)
    answer = JsonField(null=True, blank=True)
    claimed_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        abstract = True
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [
            models.UniqueConstraint(fields=["caller", "method", "path", "key"], name="%(app_label)s_%(class)s_once")
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class AbstractBulkJob(models.Model):
    """Rows of a bulk call that are too many for one answer: written in parts, by whoever runs the jobs.

    Who works on it has its ``claim`` until it is ``due`` again; whoever comes then goes on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    OPEN: ClassVar[Any] = (State.WAITING, State.RUNNING)

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    actor = models.CharField(max_length=20, help_text=_("By whose rights."))
    actor_label = models.CharField(max_length=255, blank=True, default="")
    language = models.CharField(max_length=20, blank=True, default="")
    key = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text=_("Of the call; none without one.")
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    total = CountField(help_text=_("Rows."))
    done = CountField(default=0, help_text=_("Rows."))
    failed = CountField(default=0, help_text=_("Rows."))
    error = models.CharField(max_length=50, blank=True, default="", help_text=_("Code of why it didn't go on."))
    due = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True, default="")
    tries = SmallCountField(default=0, help_text=_("Failures one after another."))
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True, db_index=True)

    if TYPE_CHECKING:
        parts: RelatedManager[AbstractBulkPart]

    class Meta:
        abstract = True
        verbose_name = _("bulk job")
        verbose_name_plural = _("bulk jobs")
        indexes = [models.Index(fields=["state", "due"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(done__lte=models.F("total")) & Q(failed__lte=models.F("done")),
                name="%(app_label)s_%(class)s_progress",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"

    @property
    def succeeded(self) -> int:
        """Rows that were written."""
        return self.done - self.failed


class AbstractBulkPart(models.Model):
    """Some rows of a job: as they were sent and, once they are written, the result of each."""

    job = models.ForeignKey("tradepost_api.BulkJob", on_delete=models.CASCADE, related_name="parts")
    position = CountField(help_text=_("Place of its first row in the call."))
    items = JsonField()
    results = JsonField(null=True, blank=True)
    done = CountField(default=0, help_text=_("Rows."))
    failed = CountField(default=0, help_text=_("Rows."))

    class Meta:
        abstract = True
        verbose_name = _("part of a bulk job")
        verbose_name_plural = _("parts of bulk jobs")
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.position}–{self.position + len(self.items) - 1}"
