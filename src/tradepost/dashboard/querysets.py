from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .base import AbstractSavedView

S = TypeVar("S", bound="AbstractSavedView", covariant=True)


class SavedViewQuerySet(models.QuerySet[S]):
    def of_page(self, page: str, user: Any) -> Self:
        """Views of a list that somebody sees: their own, and those that others share."""
        return self.filter(Q(user_id=user.pk) | Q(is_shared=True), page=page)
