"""Which location serves what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from .ports import Allocation, Level, Plan

__all__ = ["ByPriority"]


class ByPriority:
    """A whole line from one location where one can serve it, else from several; lowest priority number first."""

    def allocate(self, demand: Mapping[int, int], levels: Sequence[Level]) -> Plan:
        """Serve each variant by itself."""
        places: dict[int, list[Level]] = defaultdict(list)
        for level in sorted(levels, key=lambda level: (level.priority, level.location_id)):
            places[level.variant_id].append(level)
        allocations: list[Allocation] = []
        short: dict[int, int] = {}
        for variant_id, quantity in sorted(demand.items()):
            sellable = sum(level.sellable for level in places[variant_id])
            if sellable < quantity:
                short[variant_id] = sellable
            else:
                allocations += _serve(quantity, places[variant_id])
        return Plan(allocations, short)


def _serve(quantity: int, levels: Sequence[Level]) -> list[Allocation]:
    for level in levels:
        if level.sellable >= quantity:
            return [Allocation(level.variant_id, level.location_id, quantity)]
    portions = []
    for level in levels:
        take = min(quantity, level.sellable)
        if take:
            portions.append(Allocation(level.variant_id, level.location_id, take))
            quantity -= take
    return portions
