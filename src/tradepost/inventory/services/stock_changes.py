"""Writing of stock changes: one relative update, one movement for each level, and its events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from tradepost.core import events, versions
from tradepost.core.errors import Invalid
from tradepost.core.inputs.numbers import MAX_COUNT

from ..base import AbstractReservation, AbstractStockLevel
from ..events import LowStock, StockChanged
from ..models import (
    Reservation,
    StockLevel,
    StockMovement,
)
from ..ports import Owner

__all__ = ["Changes", "book", "lower"]


class Changes:
    """Units to be added to levels, by variant and location."""

    def __init__(self) -> None:
        self._units: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])

    def add(self, variant_id: int, location_id: int, *, on_hand: int = 0, reserved: int = 0) -> None:
        """Add to one level; several additions are summed."""
        units = self._units[variant_id, location_id]
        units[0] += on_hand
        units[1] += reserved

    def by_level(self, levels: Iterable[AbstractStockLevel]) -> dict[int, tuple[int, int]]:
        """Primary key of each level that changes, with both deltas."""
        deltas = {level.pk: self._units.get((level.variant_id, level.location_id), (0, 0)) for level in levels}
        return {pk: (units[0], units[1]) for pk, units in deltas.items() if any(units)}


def book(
    kind: str, levels: Sequence[AbstractStockLevel], changes: Changes, *, cause: Owner, actor: str = "", note: str = ""
) -> None:
    """Write changes of levels that the caller has locked.

    Side effects: a movement for each level; ``StockChanged``; ``LowStock`` for a level that crosses its threshold; lists that are
    kept are made anew where a level is sold out or has units again.

    Raises:
        Invalid: A level would hold more than a column can.
    """
    deltas = changes.by_level(levels)
    if not deltas:
        return
    _check_room(levels, deltas)
    with versions.leave_out("inventory.stock"):
        StockLevel.objects.move(deltas)
    changed = [level for level in levels if level.pk in deltas]
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=level.variant_id,
            location_id=level.location_id,
            kind=kind,
            on_hand_delta=deltas[level.pk][0],
            reserved_delta=deltas[level.pk][1],
            cause_kind=cause.kind,
            cause_key=cause.key,
            actor=actor[:150],
            note=note[:200],
        )
        for level in changed
    )
    _tell(changed, deltas)


def _check_room(levels: Sequence[AbstractStockLevel], deltas: Mapping[int, tuple[int, int]]) -> None:
    """Refuse what an integer column can't hold on every database; the levels are locked, so their counts are true."""
    for level in levels:
        on_hand, reserved = deltas.get(level.pk, (0, 0))
        if max(abs(on_hand), abs(level.on_hand + on_hand), level.reserved + reserved) > MAX_COUNT:
            raise Invalid(_("That is too many units."), attr="quantity", most=MAX_COUNT)


def _tell(changed: Sequence[AbstractStockLevel], deltas: Mapping[int, tuple[int, int]]) -> None:
    events.publish(StockChanged(sorted({level.variant_id for level in changed})))
    for level in changed:
        before, could_be_sold = level.available, level.sellable > 0
        on_hand, reserved = deltas[level.pk]
        level.on_hand += on_hand
        level.reserved += reserved
        if (level.sellable > 0) is not could_be_sold:
            versions.changed("inventory.stock")
        if level.available <= level.threshold < before:
            events.publish(LowStock(level.variant_id, level.location_id, level.available))


def lower(held: Sequence[AbstractReservation], taken: Mapping[int, int]) -> None:
    """Take units from reservations by their primary keys; empty ones are deleted."""
    spent = [row.pk for row in held if taken.get(row.pk) == row.quantity]
    if spent:
        Reservation.objects.filter(pk__in=spent).delete()
    for row in held:
        if 0 < taken.get(row.pk, 0) < row.quantity:
            Reservation.objects.filter(pk=row.pk).update(quantity=row.quantity - taken[row.pk])
