from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event


@dataclass(frozen=True)
class GiftsToWrap(Event):
    """An order was confirmed that has something to wrap."""

    order_id: int
