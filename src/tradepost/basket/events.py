"""Events of baskets."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["BasketMerged"]


@dataclass(frozen=True)
class BasketMerged(Event):
    """The lines of one basket went into another."""

    source_id: int
    into_id: int
