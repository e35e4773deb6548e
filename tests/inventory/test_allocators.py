"""The allocator that comes with the library."""

from __future__ import annotations

from tradepost.inventory.allocators import ByPriority
from tradepost.inventory.ports import Allocation, Level
from tradepost.testing.contracts import AllocatorContract


class TestByPriority(AllocatorContract):
    """It keeps the contract, and prefers one place to several."""

    def make_allocator(self) -> ByPriority:
        return ByPriority()

    def test_the_first_place_that_can_serve_a_whole_line_does(self) -> None:
        """Not the first one, which has too few, nor the last, which has more."""
        levels = [Level(1, 7, 9, priority=2), Level(1, 8, 1, priority=0), Level(1, 9, 3, priority=1)]

        assert self.make_allocator().allocate({1: 2}, levels).allocations == [Allocation(1, 9, 2)]

    def test_several_places_serve_in_the_order_of_priority(self) -> None:
        """Where none can serve it alone; ties go by the location."""
        levels = [Level(1, 9, 2, priority=1), Level(1, 8, 2, priority=0), Level(1, 7, 2, priority=1)]

        assert self.make_allocator().allocate({1: 5}, levels).allocations == [
            Allocation(1, 8, 2),
            Allocation(1, 7, 2),
            Allocation(1, 9, 1),
        ]
