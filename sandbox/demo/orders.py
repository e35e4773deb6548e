"""Orders of the last months."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["ORDERS", "place_orders"]

ORDERS = 0


def place_orders(tick: Callable[[], None]) -> None:
    """None yet."""
