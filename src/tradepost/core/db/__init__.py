"""Transactions, locks, queries that are compiled once, and what every queryset of ours has."""

from __future__ import annotations

from .among import Among
from .parameters import key_of, literal
from .prepared import Prepared, forget_prepared
from .transactions import (
    OUTAGE_RETRY_AFTER,
    after_commit,
    atomic,
    durable,
    equals,
    insert_missing,
    inside,
    is_deadlock,
    is_outage,
    lock,
    outside,
    rolled_back,
)

__all__ = [
    "OUTAGE_RETRY_AFTER",
    "Among",
    "Prepared",
    "after_commit",
    "atomic",
    "durable",
    "equals",
    "forget_prepared",
    "insert_missing",
    "inside",
    "is_deadlock",
    "is_outage",
    "key_of",
    "literal",
    "lock",
    "outside",
    "rolled_back",
]
