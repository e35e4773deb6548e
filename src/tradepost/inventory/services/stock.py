"""Use cases of stock: promise it, give it back, send it, receive it, count it.

Rows are locked in one order: an owner's reservations, then levels, each by primary key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import SYSTEM, By
from tradepost.core.errors import Invalid, Misused
from tradepost.core.inputs.numbers import read_count
from tradepost.core.one_time_keys import once

from ..base import AbstractReservation, AbstractStockLevel
from ..conf import allocator
from ..errors import OutOfStock
from ..models import (
    Reservation,
    StockLevel,
    StockMovement,
)
from ..ports import (
    Level,
    Owner,
    Plan,
)
from ..querysets import StockQuerySet
from .stock_changes import Changes, book, lower

__all__ = [
    "available",
    "count",
    "count_many",
    "keep",
    "levels_at",
    "look",
    "open_levels",
    "receive",
    "release",
    "reserve",
    "ship",
    "take_back",
]

Kind = StockMovement.Kind


def available(variant_ids: Iterable[int]) -> dict[int, int]:
    """Units of each variant that may still be promised, over all active locations; 0 where there is no level.

    One query. For variants that aren't counted (``stock_is_tracked``) the answer means nothing.
    """
    units = dict.fromkeys(variant_ids, 0)
    for level in StockLevel.objects.for_variants(units):
        units[level.variant_id] += level.sellable
    return units


def look(quantities: Mapping[int, int]) -> dict[int, int]:
    """The variants of which too few are left, each with the units left; without a lock, so it may be old news."""
    free = available(quantities)
    return {variant_id: free[variant_id] for variant_id, units in quantities.items() if free[variant_id] < units}


@db.atomic
def reserve(quantities: Mapping[int, int], *, owner: Owner, expires_at: datetime | None = None) -> None:
    """Hold units for an owner that holds none of these variants yet.

    Args:
        quantities: Units by variant id, summed over lines, each greater than zero; only variants whose stock is tracked.
        owner: For whom.
        expires_at: Until when the owner means to hold them; it is the owner who releases them.

    Raises:
        OutOfStock: Some variants are short; nothing was reserved. ``context["short"]`` maps variant id to units left.
        Invalid: A quantity is below one.
    """
    _at_least_one(quantities)
    if not quantities:
        return
    levels = list(StockLevel.objects.for_variants(quantities).with_priority().locked())
    plan = _plan(quantities, [_as_level(level) for level in levels])
    if plan.short:
        raise OutOfStock(_("There isn't enough in stock."), short=dict(plan.short))
    changes = Changes()
    for part in plan.allocations:
        changes.add(part.variant_id, part.location_id, reserved=part.quantity)
    Reservation.objects.bulk_create(
        Reservation(
            variant_id=part.variant_id,
            location_id=part.location_id,
            quantity=part.quantity,
            owner_kind=owner.kind,
            owner_key=owner.key,
            expires_at=expires_at,
        )
        for part in plan.allocations
    )
    book(Kind.RESERVED, levels, changes, cause=owner)


def _as_level(level: AbstractStockLevel) -> Level:
    return Level(level.variant_id, level.location_id, level.sellable, getattr(level, "priority", 0))


def _plan(quantities: Mapping[int, int], levels: Sequence[Level]) -> Plan:
    """The allocator's plan, refused where it promises what isn't there: no replacement may oversell."""
    plan = allocator().allocate(quantities, levels)
    if plan.short:
        return plan
    room = {(level.variant_id, level.location_id): level.sellable for level in levels}
    taken: Counter[tuple[int, int]] = Counter()
    served: Counter[int] = Counter()
    for part in plan.allocations:
        taken[part.variant_id, part.location_id] += part.quantity
        served[part.variant_id] += part.quantity
    if served != Counter(quantities) or any(units > room.get(place, 0) for place, units in taken.items()):
        raise Misused(
            f"{type(allocator()).__name__} allocated {dict(taken)} for {dict(quantities)}, of which {room} can be promised; "
            "what it can't serve belongs into Plan.short."
        )
    return plan


@db.atomic
def release(owner: Owner, units: Mapping[int, int] | None = None) -> None:
    """Give back what an owner holds; what it doesn't hold (any more) is passed over, so that twice is once.

    Args:
        owner: Whose.
        units: So many of each variant id; everything where it is ``None``.
    """
    held = list(_held(owner, units))
    if not held:
        return
    levels = list(_levels_of(held).locked())
    changes, taken, rest = Changes(), {}, dict(units or {})
    for row in held:
        take = row.quantity if units is None else min(row.quantity, rest[row.variant_id])
        if units is not None:
            rest[row.variant_id] -= take
        taken[row.pk] = take
        changes.add(row.variant_id, row.location_id, reserved=-take)
    lower(held, taken)
    book(Kind.RELEASED, levels, changes, cause=owner)


def _held(owner: Owner, units: Mapping[int, int] | None) -> Iterable[AbstractReservation]:
    rows = Reservation.objects.owned_by(owner)
    return rows.locked() if units is None else rows.filter(variant_id__in=list(units)).locked()


def _levels_of(held: Sequence[AbstractReservation]) -> StockQuerySet[StockLevel]:
    return StockLevel.objects.filter(
        variant_id__in={row.variant_id for row in held}, location_id__in={row.location_id for row in held}
    )


@db.atomic
def keep(owner: Owner) -> None:
    """Let what an owner holds never expire: it is paid for."""
    Reservation.objects.owned_by(owner).exclude(expires_at=None).update(expires_at=None)


@once("inventory.ship")
@db.atomic
def ship(
    owner: Owner,
    units: Mapping[int, int],
    *,
    by: By = SYSTEM,
    location_id: int | None = None,
    idempotency_key: str = "",
) -> None:
    """Book units that leave for an owner: from what it holds, and what it doesn't hold from the shelf all the same.

    Args:
        owner: For whom they leave.
        units: By variant id, each greater than zero. A variant without any level isn't counted and is passed over.
        by: Who sends them.
        location_id: Where they leave from; where each was reserved, if ``None``.
        idempotency_key: The same one again books nothing more.
    """
    _at_least_one(units)
    held = sorted(_held(owner, units), key=lambda row: row.location_id != location_id)
    rows = StockLevel.objects.filter(variant_id__in=list(units))
    if location_id is not None:
        open_levels(location_id, set(rows.values_list("variant_id", flat=True)))
    levels = list(rows.with_priority().locked())
    changes, taken, remaining = Changes(), {}, dict(units)
    for row in held:
        taken[row.pk] = take = min(row.quantity, remaining[row.variant_id])
        remaining[row.variant_id] -= take
        changes.add(row.variant_id, row.location_id, reserved=-take)
        changes.add(row.variant_id, row.location_id if location_id is None else location_id, on_hand=-take)
    for variant_id, rest in remaining.items():
        place = location_id if location_id is not None else _first_place(variant_id, levels)
        if rest and place:
            changes.add(variant_id, place, on_hand=-rest)
    lower(held, taken)
    book(Kind.SHIPPED, levels, changes, cause=owner, actor=by.label)


def _first_place(variant_id: int, levels: Sequence[AbstractStockLevel]) -> int | None:
    mine = sorted((_as_level(level).priority, level.location_id) for level in levels if level.variant_id == variant_id)
    return mine[0][1] if mine else None


@once("inventory.take_back")
@db.atomic
def take_back(units: Mapping[int, int], location_id: int, *, cause: Owner, by: By, idempotency_key: str = "") -> None:
    """Put returned units on the shelf again.

    Args:
        units: By variant id, each greater than zero.
        location_id: Where they are put.
        cause: What brought them back, for instance an order.
        by: Who took them in.
        idempotency_key: The same one again books nothing more.
    """
    _at_least_one(units)
    changes = Changes()
    for variant_id, quantity in units.items():
        changes.add(variant_id, location_id, on_hand=quantity)
    book(Kind.RETURNED, levels_at(location_id, units), changes, cause=cause, actor=by.label)


@once("inventory.receive")
@db.atomic
def receive(
    variant_id: int, location_id: int, quantity: int, *, by: By, note: str = "", idempotency_key: str = ""
) -> AbstractStockLevel:
    """Book units that arrived at a location; the same ``idempotency_key`` again books nothing more.

    Raises:
        Invalid: The quantity is below one.
    """
    _at_least_one({variant_id: quantity})
    return _adjust(Kind.RECEIVED, _level(variant_id, location_id), quantity, by=by, note=note)


@once("inventory.count")
@db.atomic
def count(
    variant_id: int, location_id: int, counted: int, *, by: By, note: str = "", idempotency_key: str = ""
) -> AbstractStockLevel:
    """Book what was found on the shelf, even if it is less than what is promised; ``LowStock`` tells that.

    The same ``idempotency_key`` again books nothing more, whatever was sold or received since.

    Raises:
        Invalid: Less than nothing was counted, or more than a column holds.
    """
    read_count(counted, attr="counted")
    level = _level(variant_id, location_id)
    return _adjust(Kind.ADJUSTED, level, counted - level.on_hand, by=by, note=note)


@once("inventory.count_many")
@db.atomic
def count_many(
    counted: Mapping[int, int], location_id: int, *, by: By, note: str = "", idempotency_key: str = ""
) -> set[int]:
    """Book what was found on the shelves of one location, by a constant number of queries; for imports and stocktaking.

    Args:
        counted: Units found by variant id.
        location_id: Where.
        by: Who counted.
        note: Kept with each movement.
        idempotency_key: The same one again books nothing more.

    Returns:
        The variants whose level changed.

    Raises:
        Invalid: Less than nothing was counted somewhere, or more than a column holds; nothing was booked.
    """
    for units in counted.values():
        read_count(units, attr="counted")
    levels = levels_at(location_id, counted)
    changes = Changes()
    for level in levels:
        changes.add(level.variant_id, location_id, on_hand=counted[level.variant_id] - level.on_hand)
    changed = {level.variant_id for level in levels if counted[level.variant_id] != level.on_hand}
    book(Kind.ADJUSTED, levels, changes, cause=Owner("", ""), actor=by.label, note=note)
    return changed


def _adjust(kind: str, level: AbstractStockLevel, delta: int, *, by: By, note: str) -> AbstractStockLevel:
    changes = Changes()
    changes.add(level.variant_id, level.location_id, on_hand=delta)
    book(kind, [level], changes, cause=Owner("", ""), actor=by.label, note=note)
    return level


def _level(variant_id: int, location_id: int) -> AbstractStockLevel:
    return levels_at(location_id, [variant_id])[0]


def levels_at(location_id: int, variant_ids: Iterable[int]) -> Sequence[AbstractStockLevel]:
    """The levels of variants at a location, made where there are none, and locked."""
    rows = StockLevel.objects.filter(variant_id__in=list(variant_ids), location_id=location_id)
    levels = list(rows.locked())
    if len(levels) < len(set(variant_ids)):
        open_levels(location_id, variant_ids)
        levels = list(rows.locked())
    return levels


def open_levels(location_id: int, variant_ids: Iterable[int]) -> None:
    """Make the levels that don't exist yet, empty; several callers at once make one each."""
    levels = [StockLevel(variant_id=variant_id, location_id=location_id) for variant_id in sorted(set(variant_ids))]
    db.insert_missing(levels, unique=["variant", "location"])


def _at_least_one(units: Mapping[int, int]) -> None:
    for variant_id, quantity in units.items():
        if quantity < 1:
            raise Invalid(_("A quantity is at least one."), attr="quantity", variant_id=variant_id)
        read_count(quantity)
