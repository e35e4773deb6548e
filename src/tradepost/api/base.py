"""The record of unsafe calls, for idempotency keys."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import JsonField, SmallCountField

__all__ = ["AbstractIdempotencyRecord"]


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
