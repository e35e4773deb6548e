from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import F, Q

from tradepost.core.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractReservation, AbstractStockLevel
    from .ports import Owner

S = TypeVar("S", bound="AbstractStockLevel", covariant=True)
R = TypeVar("R", bound="AbstractReservation", covariant=True)


class StockQuerySet(LockableQuerySet[S]):
    def for_variants(self, variant_ids: Iterable[int]) -> Self:
        """Levels of these variants at active locations."""
        return self.filter(variant_id__in=list(variant_ids), location__is_active=True)

    def sellable(self) -> Self:
        """Only levels with at least one unit left to promise, backorders included."""
        return self.filter(Q(on_hand__gt=F("reserved") - F("backorder_limit")))


class ReservationQuerySet(LockableQuerySet[R]):
    def owned_by(self, owner: Owner) -> Self:
        """What is held for one owner."""
        return self.filter(owner_kind=owner.kind, owner_key=owner.key)
