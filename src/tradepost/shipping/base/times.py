"""How long the deliveries of an order take."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

__all__ = ["AbstractDeliveryTime"]


class AbstractDeliveryTime(models.Model):
    """Working days on the way, as they were told when something was ordered. The owner is an opaque key, as of a reservation."""

    owner_kind = models.CharField(max_length=20)
    owner_key = models.CharField(max_length=64)
    group = models.CharField(max_length=40, blank=True, default="")
    method = models.CharField(max_length=50)
    min_days = models.PositiveSmallIntegerField(null=True, blank=True)
    max_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("delivery time")
        verbose_name_plural = _("delivery times")
        constraints = [
            models.UniqueConstraint(fields=["owner_kind", "owner_key", "group"], name="%(app_label)s_%(class)s_owner"),
            models.CheckConstraint(
                condition=Q(min_days=None) | Q(max_days=None) | Q(min_days__lte=F("max_days")),
                name="%(app_label)s_%(class)s_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method}: {self.min_days}–{self.max_days}"
