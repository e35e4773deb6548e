"""The contract of allocators of stock, as a test class to inherit from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tradepost.inventory.ports import Allocator, Level, Plan

__all__ = ["AllocatorContract"]


class AllocatorContract:
    """The contract for the inventory: promised units are there, and what is short is reported with what is left."""

    def make_allocator(self) -> Allocator:
        """The allocator, made as a project's settings would."""
        raise NotImplementedError

    def _plan(self, demand: Mapping[int, int], *sellable: tuple[int, int, int]) -> Plan:
        levels: Sequence[Level] = [
            Level(variant, place, units, priority) for priority, (variant, place, units) in enumerate(sellable)
        ]
        return self.make_allocator().allocate(demand, levels)

    def test_what_is_there_is_served_exactly(self) -> None:
        """All units of all variants, none of them zero, and no place gives more than it can."""
        room = {(1, 1): 3, (1, 2): 4, (2, 1): 1, (2, 2): 9}
        plan = self._plan({1: 6, 2: 9}, *((*place, units) for place, units in room.items()))

        taken: Counter[tuple[int, int]] = Counter()
        for part in plan.allocations:
            assert part.quantity >= 1
            taken[part.variant_id, part.location_id] += part.quantity
        assert not plan.short
        assert all(units <= room[place] for place, units in taken.items())
        assert [sum(units for (v, _), units in taken.items() if v == variant) for variant in (1, 2)] == [6, 9]

    def test_the_last_unit_can_be_had(self) -> None:
        """Exactly what is left is not short."""
        plan = self._plan({1: 5}, (1, 1, 2), (1, 2, 3))

        assert (not plan.short, sum(part.quantity for part in plan.allocations)) == (True, 5)

    def test_short_variants_are_all_named_with_what_is_left(self) -> None:
        """Too few here, none there, no level at all; the one that can be served isn't named."""
        plan = self._plan({1: 3, 2: 1, 3: 1, 4: 2}, (1, 1, 1), (1, 2, 1), (2, 1, 0), (4, 1, 2))

        assert dict(plan.short) == {1: 2, 2: 0, 3: 0}

    def test_the_order_of_levels_changes_nothing(self) -> None:
        """Levels come in any order; the plan is the same."""
        levels = [Level(1, 1, 2, 1), Level(1, 2, 2, 0), Level(1, 3, 5, 2)]
        plans = [self.make_allocator().allocate({1: 7}, rows) for rows in (levels, levels[::-1])]

        assert set(plans[0].allocations) == set(plans[1].allocations)
