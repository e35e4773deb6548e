"""Models of the dashboard: views of lists that people keep."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .querysets import SavedViewQuerySet

__all__ = ["AbstractSavedView"]


class AbstractSavedView(models.Model):
    """A list as somebody likes it: filters, search, order and columns, as its address says them.

    The one without a name is what they see when they open the list without any choice: the columns that they chose last.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.SlugField(max_length=60)
    name = models.CharField(max_length=60, blank=True)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False, help_text=_("All who may open the page see it."))
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment,type-arg]

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                condition=Q(is_shared=False) | ~Q(name=""), name="%(app_label)s_%(class)s_shared_has_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.page
