"""Events of the checkout."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["BasketInUse"]


@dataclass(frozen=True)
class BasketInUse(Event):
    """An order was confirmed while somebody had its basket locked, so that the basket is still to be closed."""

    order_id: int
