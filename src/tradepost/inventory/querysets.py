from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
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
        """Levels of these variants at active locations. Locked, they leave the locations alone on every database."""
        return self.filter(variant_id__in=list(variant_ids), location__in=self._locations().filter(is_active=True))

    def with_priority(self) -> Self:
        """With the ``priority`` of their locations."""
        # By a join MariaDB, which can't be told what to lock, would lock a location for all who order from it.
        own = self._locations().filter(pk=OuterRef("location"))
        return self.annotate(priority=Subquery(own.values("priority")))

    def _locations(self) -> QuerySet[Any]:
        location: Any = self.model._meta.get_field("location").related_model
        rows: QuerySet[Any] = location._default_manager.using(self.db).order_by()
        return rows

    def sellable(self) -> Self:
        """Only levels with at least one unit left to promise, backorders included."""
        return self.filter(GreaterThan(sellable(), Value(0)))

    def low(self) -> Self:
        """Only levels at their threshold or below, and those where more is promised than may be."""
        return self.filter(Q(low_stock_at__gte=available()) | Q(LessThan(unpromised(), Value(0))))

    def move(self, deltas: Mapping[int, tuple[int, int]]) -> int:
        """Add to ``on_hand`` and ``reserved`` of each level by its primary key, in one relative update."""
        sums: dict[str, Combinable] = {}
        for place, column in enumerate(("on_hand", "reserved")):
            pks: dict[int, list[int]] = defaultdict(list)
            for pk, delta in deltas.items():
                pks[delta[place]].append(pk)
            if pks.keys() != {0}:
                sums[column] = F(column) + _by_key(pks)
        return self.filter(pk__in=deltas).update(**sums)


def _by_key(pks: Mapping[int, list[int]]) -> Combinable:
    """A number by primary key; it is the same for most, so that few cases are told apart."""
    (first, _pks), *others = sorted(pks.items(), key=lambda entry: -len(entry[1]))
    if not others:
        return Value(first)
    cases = (When(pk__in=keys, then=Value(number)) for number, keys in others)
    return Case(*cases, default=Value(first), output_field=IntegerField())


class ReservationQuerySet(LockableQuerySet[R]):
    def owned_by(self, owner: Owner) -> Self:
        """Only what is held for one owner."""
        return self.filter(owner_kind=owner.kind, owner_key=owner.key)
