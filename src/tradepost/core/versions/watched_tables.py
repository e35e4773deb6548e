"""Seeing every write to a table in one place: below the ORM, where all ways of writing meet.

Signals see a third of them: neither ``update()`` nor ``bulk_create()``, nor what a tree moves by SQL of its own. What never
passes here is said by :func:`~tradepost.core.versions.changed`: ``COPY``, and what other programs write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connections, models, transaction
from django.db.backends.signals import connection_created

from . import change_lock
from .statements import set_columns, sql_text, written_tables
from .tokens import changed

__all__ = ["is_watched", "kinds", "kinds_of", "leave_out", "unwatch", "watch"]


@dataclass(frozen=True, slots=True)
class _Watched:
    """Of one table: the kinds that a write to it changes, and columns that orders count in, which change none of them.

    Attributes:
        partly: Some writes to it are left out.
    """

    kinds: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()
    partly: bool = False


_tables: dict[str, _Watched] = {}
_left_out: ContextVar[frozenset[str]] = ContextVar("tradepost_left_out", default=frozenset())
_NOTHING = _Watched()


def watch(
    kind: str, *of: type[models.Model], counters: tuple[str, ...] = (), placing: bool = False, partly: bool = False
) -> None:
    """Note every write to the tables of some models as a change of a kind. Once, when apps are ready.

    Args:
        kind: Its name, at most 40 characters; a project's begins with the name of its app.
        of: Models; the tables between them and what they have many of are watched, too, and those of their kinds.
        counters: Columns that orders move. An ``UPDATE`` of these alone is no change.
        placing: Orders are placed by it, so that a change is kept out until an order that is being placed is there.
        partly: Somebody leaves writes out by :func:`leave_out`: what is made of all columns can't be kept under the kind.
    """
    for model in of:
        for table in _tables_of(model):
            before = _tables.get(table, _NOTHING)
            _tables[table] = _Watched(
                before.kinds | {kind}, before.counters | set(counters), partly=before.partly or partly
            )
    if placing:
        change_lock.KINDS.add(kind)
    connection_created.connect(_install, dispatch_uid="tradepost.versions")
    for connection in connections.all(initialized_only=True):
        _install(connection=connection)


def unwatch(kind: str) -> None:
    """Note writes no longer; for tests."""
    for table, watched in [*_tables.items()]:
        _tables[table] = _Watched(watched.kinds - {kind}, watched.counters, partly=watched.partly)
    change_lock.KINDS.discard(kind)


@contextmanager
def leave_out(kind: str) -> Iterator[None]:
    """Note no write in this block as a change of a kind that is watched partly.

    Who writes knows what changes nothing of it, and says the rest by :func:`~tradepost.core.versions.changed`.
    """
    token = _left_out.set(_left_out.get() | {kind})
    try:
        yield
    finally:
        _left_out.reset(token)


def kinds_of(tables: Iterable[str]) -> frozenset[str] | None:
    """The kinds that change with any write to some tables; ``None`` where there is a table of which not every write is noted."""
    names: set[str] = set()
    for table in tables:
        watched = _tables.get(table, _NOTHING)
        if not watched.kinds or watched.counters or watched.partly:
            return None
        names |= watched.kinds
    return frozenset(names)


def kinds() -> Mapping[str, tuple[str, ...]]:
    """The tables that are watched, by kind."""
    names = sorted({kind for watched in _tables.values() for kind in watched.kinds})
    return {name: tuple(sorted(table for table, watched in _tables.items() if name in watched.kinds)) for name in names}


def is_watched(kind: str) -> bool:
    """Whether some table is watched under a name."""
    return any(kind in watched.kinds for watched in _tables.values())


def _tables_of(model: type[models.Model]) -> Iterator[str]:
    """Of a model, of its parents and children by inheritance, and of the many-to-many relations that it declares."""
    for other in (model, *model._meta.all_parents, *_children(model)):
        if not other._meta.proxy:
            yield other._meta.db_table
        for relation in other._meta.local_many_to_many:
            through: Any = relation.remote_field.through
            yield through._meta.db_table


def _children(model: type[models.Model]) -> Iterator[type[models.Model]]:
    for relation in model._meta.related_objects:
        child = relation.related_model
        if relation.one_to_one and relation.parent_link and isinstance(child, type) and issubclass(child, model):
            yield child
            yield from _children(child)


def _install(connection: Any, **_kwargs: Any) -> None:
    if _note not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note)
    change_lock.install(connection)


def _changes(sql: Any, cursor: Any) -> tuple[set[str], bool]:
    """The kinds that a statement changes, and whether orders count in what it writes to."""
    names: set[str] = set()
    counted = False
    text = sql_text(sql, cursor)
    for table in written_tables(text):
        watched = _tables.get(table, _NOTHING)
        if watched.counters:
            columns = set_columns(text)
            if columns and columns <= watched.counters:
                continue
            counted = True
        names |= watched.kinds
    return names, counted


def _note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Mapping[str, Any]) -> Any:  # noqa: FBT001
    names, counted = _changes(sql, context["cursor"])
    names -= _left_out.get()
    if not names:
        return execute(sql, params, many, context)
    connection, cursor = context["connection"], context["cursor"]
    alone = not connection.in_atomic_block
    with (
        transaction.atomic(using=connection.alias) if alone else nullcontext()
    ):  # else it would be committed before its token
        if counted:
            change_lock.keep_out(connection, names)
        result = execute(sql, params, many, context)
        if alone and connection.vendor == "sqlite" and cursor.description:
            cursor.cursor = _Fetched(cursor.cursor)  # SQLite doesn't commit while rows of RETURNING wait
        changed(*names, using=connection.alias)
    return result


class _Fetched:
    """A cursor whose rows were fetched already."""

    def __init__(self, cursor: Any) -> None:
        self._cursor: Any = cursor
        self._rows: Iterator[Any] = iter(cursor.fetchall())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)
