"""Prepared queries are compared with the ordinary queryset: the same rows for the same values, at every call of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import connections, models
from django.utils.translation import get_language

from tradepost.core.db.prepared import SHAPES, Prepared

__all__ = ["prepared_queries_compared"]

_DEPTH = 3  # of related rows; those that point back at each other have no end
_TRIES = 10  # another transaction may commit between the two queries


@contextmanager
def prepared_queries_compared(*, skip: Callable[[Prepared[Any], dict[str, Any]], bool] | None = None) -> Iterator[None]:
    """Run each prepared query a second time as its ordinary queryset, unseen by what counts queries.

    Its builder may have decided by a value that it doesn't know, or read the clock or a setting: then the kept statement answers
    the first call and no other. Use it around each test: inside, values are compared once with what was kept before they came,
    and of two moments in one minute the first.

    Raises:
        AssertionError: The two differ, or a query has more shapes than are kept.
    """
    original = Prepared.__call__
    compared: set[tuple[Prepared[Any], str | None, str]] = set()

    @wraps(original)
    def call(query: Prepared[Any], /, **given: Any) -> list[Any]:
        shapes = query.shapes
        rows = original(query, **given)
        key = (query, get_language(), _values(given))
        if key not in compared and not (skip and skip(query, given)):
            _compare(query, original, rows, given)
            if (
                query.shapes == shapes
            ):  # else it was compiled for these very values, of which it says what its queryset says
                compared.add(key)
        return rows

    Prepared.__call__ = call  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Prepared.__call__ = original  # type: ignore[method-assign]


def _values(given: dict[str, Any]) -> str:
    return repr([(name, _to_the_minute(given[name])) for name in sorted(given)])


def _to_the_minute(value: Any) -> Any:
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


def _compare(query: Prepared[Any], original: Callable[..., list[Any]], rows: list[Any], given: dict[str, Any]) -> None:
    page = given.get("page")
    plain = query.queryset(**{name: value for name, value in given.items() if name != "page"})
    assert query.shapes <= SHAPES, f"{query} has more than {SHAPES} shapes: declare what varies with a field."
    with _unseen(plain.db):
        for attempt in range(_TRIES):
            prepared = rows if attempt == 0 else original(query, **given)
            ordinary = plain.all()[slice(*page)] if page else plain.all()
            answers = [_facts(row) for row in prepared], [_facts(row) for row in ordinary]
            if not plain.ordered:
                answers = sorted(answers[0], key=repr), sorted(answers[1], key=repr)
            if answers[0] == answers[1]:
                return
    raise AssertionError(f"{query} gives other rows than its queryset for {given}:\n{answers[0]}\n{answers[1]}")


@contextmanager
def _unseen(alias: str) -> Iterator[None]:
    connection = connections[alias]
    wrappers, debug = connection.execute_wrappers, connection.force_debug_cursor
    connection.execute_wrappers, connection.force_debug_cursor = [], False
    try:
        yield
    finally:
        connection.execute_wrappers, connection.force_debug_cursor = wrappers, debug


def _facts(row: Any, depth: int = _DEPTH) -> Any:
    if not isinstance(row, models.Model):
        return row
    held = {name: value for name, value in vars(row).items() if not name.startswith("_") and not _is_rows(value)}
    if not depth:
        return type(row), row.pk
    related = {name: _facts(other, depth - 1) for name, other in row._state.fields_cache.items()}
    prefetched = getattr(row, "_prefetched_objects_cache", {})
    return type(row), held, related, {name: [_facts(other, 0) for other in rows] for name, rows in prefetched.items()}


def _is_rows(value: Any) -> bool:
    """Whether it is a list that ``Prefetch(to_attr=…)`` leaves."""
    return isinstance(value, list) and any(isinstance(item, models.Model) for item in value)
