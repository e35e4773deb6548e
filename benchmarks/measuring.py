"""Measuring: how many queries a call takes, and how long."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection

from tradepost.core import versions

__all__ = ["Case", "Measurement", "counted", "measure"]

# What opens and closes transactions isn't counted.
_FREE = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT")
# Until Django 6.0 SQLite is given at most 999 values at once, so that one bulk insert of many rows is sent in parts.
_FULL = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something to measure.

    Attributes:
        through: Whose door it goes through: ``services``, ``api`` or ``storefront``.
        rows: Rows, lines or variants that it is about.
        budget: The most queries that it may take; None where the design says nothing.
        ready: Makes what is measured; called anew for each run, unmeasured.
    """

    operation: str
    through: str
    rows: int
    budget: int | None
    ready: Callable[[], Callable[[], object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The result of a case; ``milliseconds`` the median."""

    operation: str
    through: str
    rows: int
    budget: int | None
    queries: int
    milliseconds: float
    statements: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether it takes more queries than it may."""
        return self.budget is not None and self.queries > self.budget


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without those of transactions; a bulk insert in parts is one."""
    entries: list[str] = []
    filled = ""  # the table of the insert before, where it held as many values as it may

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        nonlocal filled
        table = str(sql).partition(" VALUES ")[0] if str(sql).startswith("INSERT") else ""
        if not (str(sql).startswith(_FREE) or (table and table == filled)):
            entries.append(str(sql))
        in_parts = connection.vendor == "sqlite" and len(params or ()) > _FULL
        filled = table if in_parts else ""
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield entries


def measure(case: Case, *, runs: int) -> Measurement:
    """Run a case once to warm up, then so many times: queries in one more run, so that counting costs no time."""
    case.ready()()
    call = case.ready()
    with versions.one_reading(), counted() as statements:  # as within a request
        call()
    times = []
    for _ in range(runs):
        call = case.ready()
        gc.collect()
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return Measurement(
        operation=case.operation,
        through=case.through,
        rows=case.rows,
        budget=case.budget,
        queries=len(statements),
        milliseconds=median(times) * 1000,
        statements=tuple(statements),
    )
