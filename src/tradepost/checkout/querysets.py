from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from tradepost.core.fsm import states_that

if TYPE_CHECKING:
    from .base import AbstractDraft

D = TypeVar("D", bound="AbstractDraft", covariant=True)


class DraftQuerySet(models.QuerySet[D]):
    def open(self) -> Self:
        """Those that can still be placed."""
        baskets: Any = self.model._meta.get_field("basket").related_model
        return self.filter(basket__status__in=states_that(baskets, "is_open"))

    def matching(self, text: str) -> Self:
        """Drafts by their title, or by part of the buyer's name, e-mail address or phone number."""
        return self.filter(
            Q(title__icontains=text)
            | Q(basket__customer__name__icontains=text)
            | Q(basket__customer__email__icontains=text)
            | Q(basket__checkout__email__icontains=text)
            | Q(basket__checkout__phone__contains=text)
            | Q(basket__checkout__shipping_address__name__icontains=text)
        )
