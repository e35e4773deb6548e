from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from tradepost.core.db.querysets import LockableQuerySet
from tradepost.core.fsm import states_that

if TYPE_CHECKING:
    from .base import AbstractBasket

B = TypeVar("B", bound="AbstractBasket", covariant=True)


class BasketQuerySet(LockableQuerySet[B]):
    def open(self) -> Self:
        """Visitors' own that can be changed."""
        return self.filter(is_draft=False, status__in=states_that(self.model, "is_open"))

    def open_drafts(self) -> Self:
        """Those of staff that can be changed."""
        return self.filter(is_draft=True, status__in=states_that(self.model, "is_open"))
