"""Events: what happened, told upwards."""

from __future__ import annotations

from .bus import Event, Subscription, known, restore, subscribe, subscriptions, unsubscribe
from .publication import heard, publish

__all__ = [
    "Event",
    "Subscription",
    "heard",
    "known",
    "publish",
    "restore",
    "subscribe",
    "subscriptions",
    "unsubscribe",
]
