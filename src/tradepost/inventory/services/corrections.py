"""Corrections of stock by hand: units that were found or broke, and units that are carried to another location."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.core.inputs.numbers import MAX_COUNT, read_count
from tradepost.core.one_time_keys import once

from ..base import AbstractStockLevel
from ..errors import OutOfStock
from ..models import StockLevel, StockMovement
from ..ports import Owner
from .stock import levels_at, open_levels
from .stock_changes import Changes, book

__all__ = ["adjust", "move"]

Kind = StockMovement.Kind


@once("inventory.adjust")
@db.atomic
def adjust(
    variant_id: int, location_id: int, delta: int, *, by: By, note: str = "", idempotency_key: str = ""
) -> AbstractStockLevel:
    """Book units that were found, or are broken or lost, also where they were promised; ``LowStock`` tells that.

    Args:
        variant_id: Of what.
        location_id: Where.
        delta: Units that are there more; below zero for those that are there less.
        by: Who says so.
        note: Why.
        idempotency_key: The same one again books nothing more.

    Raises:
        Invalid: It is zero, or more are gone than were on hand; ``context["on_hand"]``. Nothing was booked.
    """
    read_count(delta, attr="delta", least=-MAX_COUNT)
    if delta == 0:
        raise Invalid(_("Nothing would change."), attr="delta")
    level = levels_at(location_id, [variant_id])[0]
    if delta < 0 and level.on_hand + delta < 0:
        raise Invalid(_("There aren't so many units on hand."), attr="delta", on_hand=level.on_hand)
    changes = Changes()
    changes.add(variant_id, location_id, on_hand=delta)
    book(Kind.ADJUSTED, [level], changes, cause=Owner("", ""), actor=by.label, note=note)
    return level


@once("inventory.move")
@db.atomic
def move(
    units: Mapping[int, int], source_id: int, target_id: int, *, by: By, note: str = "", idempotency_key: str = ""
) -> list[AbstractStockLevel]:
    """Carry units from one location to another. What is promised to somebody at the first one stays there.

    Two movements for each variant have one cause of their own, so that they are found together.

    Args:
        units: By variant id, each greater than zero.
        source_id: The location that they leave.
        target_id: The location where they arrive.
        by: Who moves them.
        note: Kept with each movement.
        idempotency_key: The same one again moves nothing more.

    Returns:
        The levels of both locations.

    Raises:
        OutOfStock: Some variants are short; nothing was moved. ``context["short"]`` maps variant id to units that can be moved.
        Invalid: Both locations are the same, or a quantity is below one.
    """
    if source_id == target_id:
        raise Invalid(_("Choose two different locations."), attr="target")
    for quantity in units.values():
        read_count(quantity, least=1)
    open_levels(target_id, units)
    rows = StockLevel.objects.filter(variant_id__in=list(units), location_id__in=[source_id, target_id])
    levels = list(rows.locked())
    free = {level.variant_id: max(0, level.available) for level in levels if level.location_id == source_id}
    short = {variant_id: free.get(variant_id, 0) for variant_id, n in units.items() if free.get(variant_id, 0) < n}
    if short:
        raise OutOfStock(_("There aren't so many units that nobody was promised."), short=short)
    changes = Changes()
    for variant_id, quantity in units.items():
        changes.add(variant_id, source_id, on_hand=-quantity)
        changes.add(variant_id, target_id, on_hand=quantity)
    book(Kind.MOVED, levels, changes, cause=Owner("move", uuid4().hex), actor=by.label, note=note)
    return list(levels)
