from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.lookups import GreaterThan, LessThan

from tradepost.core.db.querysets import LockableQuerySet

from .expressions import available, sellable, unpromised

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
        return self.filter(GreaterThan(sellable(), Value(0)))

    def low(self) -> Self:
        """Only levels at their threshold or below, and those where more is promised than may be."""
        return self.filter(Q(low_stock_at__gte=available()) | Q(LessThan(unpromised(), Value(0))))

    def move(self, deltas: Mapping[int, tuple[int, int]]) -> int:
        """Add to ``on_hand`` and ``reserved`` of each level by its primary key, in one relative update."""
        on_hand, reserved = (
            Case(
                *(When(pk=pk, then=Value(delta[column])) for pk, delta in deltas.items()),
                default=Value(0),
                output_field=IntegerField(),
            )
            for column in (0, 1)
        )
        return self.filter(pk__in=deltas).update(on_hand=F("on_hand") + on_hand, reserved=F("reserved") + reserved)


class ReservationQuerySet(LockableQuerySet[R]):
    def owned_by(self, owner: Owner) -> Self:
        """Only what is held for one owner."""
        return self.filter(owner_kind=owner.kind, owner_key=owner.key)
