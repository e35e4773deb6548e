"""Events of the inventory."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["LowStock", "StockChanged"]


@dataclass(frozen=True)
class StockChanged(Event):
    """Levels of these variants changed, in units on hand or promised."""

    variant_ids: list[int]


@dataclass(frozen=True)
class LowStock(Event):
    """A level fell to its threshold, or a count found fewer units than are promised.

    Attributes:
        available: Units that nobody was promised; below zero where more are promised than are there.
    """

    variant_id: int
    location_id: int
    available: int
