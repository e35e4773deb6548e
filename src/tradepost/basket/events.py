"""Events of baskets."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["BasketAdopted", "BasketMerged"]


@dataclass(frozen=True)
class BasketAdopted(Event):
    """A guest's basket became that of a customer who has just signed in. Whoever filled it may be somebody else."""

    basket_id: int
    customer_id: int


@dataclass(frozen=True)
class BasketMerged(Event):
    """The lines of one basket went into another."""

    source_id: int
    into_id: int
