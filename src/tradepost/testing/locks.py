"""Watches that locks are taken in the one order that holds everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

__all__ = ["ORDER", "LockLog", "watch_locks"]

ORDER: tuple[tuple[str, ...], ...] = (
    ("tradepost_basket_basket",),
    ("tradepost_orders_order",),
    ("tradepost_payments_payment",),
    ("tradepost_promotions_coupon",),
    ("tradepost_promotions_promotion",),
    ("tradepost_core_sequence",),
    ("tradepost_pricing_pricelist",),
    ("tradepost_inventory_reservation", "tradepost_inventory_stocklevel"),
)
"""Tables in the order in which a transaction locks their rows: basket, order, payments, coupons, budgets, number, price lists,
stock."""

_RANK = {table: rank for rank, tables in enumerate(ORDER) for table in tables}
_LOCKS = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE(?!.*(?:SKIP LOCKED|NOWAIT))', re.DOTALL)
_MAKES = re.compile(r'^INSERT INTO "(\w+)"')


@dataclass
class LockLog:
    """A log of locks and inserts, in order, and whether each may have waited; ``None`` where a transaction began."""

    tables: list[tuple[str, bool] | None] = field(default_factory=list)

    def violations(self) -> list[tuple[str, str]]:
        """Pairs of tables of which the first was locked although a transaction held the second, which comes after it.

        A table that the transaction has locked or filled before is no violation: its rows are held already.
        """
        violations: list[tuple[str, str]] = []
        held: list[str] = []
        for entry in self.tables:
            if entry is None:
                held = []
                continue
            table, waits = entry
            last = max(held, key=_RANK.__getitem__, default=table)
            if waits and table not in held and _RANK[table] < _RANK[last]:
                violations.append((table, last))
            held.append(table)
        return violations


@contextmanager
def watch_locks() -> Iterator[LockLog]:
    """Note the locks of this connection. A lock that doesn't wait (``SKIP LOCKED``, ``NOWAIT``) can't be part of a deadlock.

    On a backend without row locks nothing is noted.
    """
    log = LockLog()

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        locks, makes = _LOCKS.search(sql), _MAKES.search(sql)
        table = (locks or makes or [None, ""])[1]
        if table in _RANK:
            if not log.tables or _transaction_is_new():
                log.tables.append(None)
            log.tables.append((table, locks is not None))
        return execute(sql, *args)

    seen: list[Any] = [None]

    def _transaction_is_new() -> bool:
        outermost = next(
            (block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)), None
        )
        new, seen[0] = outermost is not seen[0], outermost
        return new

    with connection.execute_wrapper(note):
        yield log
