"""A queryset compiled once: its SQL with slots among the parameters, run by Django's own iterables."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.db.transaction import TransactionManagementError

from ..errors import Misused
from .parameters import Slot

__all__ = ["Statement", "compiled", "is_ordinary"]

_CONVERTERS = "_tradepost_converters"
_numbers = count(1)


class Statement(NamedTuple):
    """A compiled queryset, to be kept. Threads share it, so nothing writes to it.

    Attributes:
        sql: ``None`` where nothing can match.
        slots: Those among ``params``, by their places.
        locks: Whether rows are locked.
        number: Of no other statement in this process.
    """

    rows: QuerySet[Any, Any]
    alias: str
    compiler: Any
    sql: str | None
    params: tuple[Any, ...] = ()
    slots: tuple[tuple[int, Slot], ...] = ()
    locks: bool = False
    number: int = 0

    def run(self, given: Mapping[str, Any], page: tuple[int, int] | None) -> list[Any]:
        """Fetch the rows.

        Args:
            given: The values, by name of the parameter.
            page: As in ``rows[low:high]``.

        Raises:
            TooLarge: An integer of more than 63 bits.
            TransactionManagementError: It locks rows, and no transaction is open.
        """
        connection = connections[self.alias]
        if self.locks and not connection.in_atomic_block and connection.get_autocommit():
            # The ORM says so while it compiles. Unsaid, the lock would end with the statement.
            raise TransactionManagementError("A query that locks rows can't be used outside of a transaction.")
        if self.sql is None:
            return []
        values = list(self.params)
        for place, slot in self.slots:
            values[place] = slot.adapt(given[slot.name], connection)
        sql = self.sql if page is None else self._paged(page, connection)
        rows = self._ready(connection, sql, tuple(values))
        # As the queryset would: its iterable knows nothing of them.
        if lookups := vars(self.rows)["_prefetch_related_lookups"]:
            fresh = [copy.copy(lookup) if isinstance(lookup, Prefetch) else lookup for lookup in lookups]
            prefetch_related_objects(rows, *fresh)
        return rows

    def _paged(self, page: tuple[int, int], connection: Any) -> str:
        if self.locks or self.rows.query.is_sliced:
            raise Misused("A query that locks rows or has a slice of its own has no pages.")
        return f"{self.sql} {connection.ops.limit_offset_sql(*page)}"

    def _ready(self, connection: Any, sql: str, params: tuple[Any, ...]) -> list[Any]:
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (sql, params)
        compiler.get_converters = partial(self._converters, connection, compiler.get_converters)
        # A copy by copy.copy() would fetch the rows first.
        rows: Any = self.rows.__class__.__new__(self.rows.__class__)
        rows.__dict__.update(self.rows.__dict__, _query=_Query(self.rows.query, compiler))
        return list(rows._iterable_class(rows))  # noqa: SLF001 - what its own __iter__ does

    def _converters(self, connection: Any, build: Callable[[Any], Any], expressions: Any) -> Any:
        """Give the functions that make values of a row's columns: a connection's own, which it keeps, and which end with it."""
        kept: dict[int, Any] = vars(connection).setdefault(_CONVERTERS, {})
        if self.number not in kept:
            kept[self.number] = build(expressions)
        return kept[self.number]


class _Query:
    """A query that hands out the compiler it was given, and is itself for the rest."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


def is_ordinary(rows: QuerySet[Any, Any]) -> bool:
    """Whether a queryset fetches its rows as Django does; a project's class may do it in another way."""
    cls = type(rows)
    return all(getattr(cls, name) is getattr(QuerySet, name) for name in ("_fetch_all", "__iter__"))


def compiled(rows: QuerySet[Any, Any], alias: str, slots: Collection[Slot]) -> Statement:
    """Compile a queryset for a database.

    Args:
        slots: Those that must be among its parameters.

    Raises:
        TypeError: One isn't, so that its value would be forgotten.
    """
    rows = rows.using(alias)
    query: Any = rows.query
    compiler = query.get_compiler(alias)
    locks = bool(query.select_for_update)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Statement(rows, alias, compiler=None, sql=None, locks=locks)
    compiler.connection = None  # of this thread
    places = tuple((place, param) for place, param in enumerate(params) if isinstance(param, Slot))
    reached = {id(slot) for _place, slot in places}
    if missing := sorted(slot.name for slot in slots if id(slot) not in reached):
        raise TypeError(f"These parameters never reach the SQL, so that their values would be forgotten: {missing}.")
    return Statement(rows, alias, compiler, sql, tuple(params), places, locks, next(_numbers))
