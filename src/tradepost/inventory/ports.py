"""Ports of the inventory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["Allocation", "Allocator", "Level", "Owner", "Plan"]


@dataclass(frozen=True, slots=True)
class Owner:
    """For whom stock is held: an opaque key, for the inventory doesn't know orders."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Level:
    """The units that one location can still promise of one variant."""

    variant_id: int
    location_id: int
    sellable: int
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Allocation:
    """A quantity of a variant from one location."""

    variant_id: int
    location_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which location serves what.

    Attributes:
        allocations: What to reserve; each quantity is at least one.
        short: For each variant that can't be served in full: the units that are left in all.
    """

    allocations: Sequence[Allocation]
    short: Mapping[int, int]


@runtime_checkable
class Allocator(Protocol):
    """Chooses which locations serve a demand.

    Called once for each reservation, in its transaction, with the levels locked; so it computes and asks nobody. For
    whether something may be sold at all use a checkout step, for limits of backorders the level itself.
    """

    def allocate(self, demand: Mapping[int, int], levels: Sequence[Level]) -> Plan:
        """Serve ``demand`` (units by variant id, each at least one) from ``levels``."""
