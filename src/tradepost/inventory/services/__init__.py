"""Use cases of stock."""

from __future__ import annotations

from .corrections import adjust, move
from .locations import change_location, create_location, remove_location, set_limits
from .sku_counts import SkuCount, count_by_sku
from .stock import available, count, count_many, keep, look, receive, release, reserve, ship, take_back

__all__ = [
    "SkuCount",
    "adjust",
    "available",
    "change_location",
    "count",
    "count_by_sku",
    "count_many",
    "create_location",
    "keep",
    "look",
    "move",
    "receive",
    "release",
    "remove_location",
    "reserve",
    "set_limits",
    "ship",
    "take_back",
]
