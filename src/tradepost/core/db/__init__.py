"""Transactions, locks, and what every queryset of ours has."""

from __future__ import annotations

from .transactions import (
    OUTAGE_RETRY_AFTER,
    atomic,
    durable,
    equals,
    insert_missing,
    inside,
    is_deadlock,
    is_outage,
    lock,
    outside,
)

__all__ = [
    "OUTAGE_RETRY_AFTER",
    "atomic",
    "durable",
    "equals",
    "insert_missing",
    "inside",
    "is_deadlock",
    "is_outage",
    "lock",
    "outside",
]
