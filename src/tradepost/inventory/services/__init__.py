"""Use cases of stock."""

from __future__ import annotations

from .stock import available, count, count_many, keep, look, receive, release, reserve, ship, take_back

__all__ = [
    "available",
    "count",
    "count_many",
    "keep",
    "look",
    "receive",
    "release",
    "reserve",
    "ship",
    "take_back",
]
