"""How many rows a query finds: counted once, and anew when one of the tables that it reads was written to.

The count of a long list costs more than a page of it. A query is known by its SQL and its values, so whatever filters a project
adds, two different lists never share a count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from .frozen import Frozen
from .tokens import alias
from .watched_tables import kinds_of

__all__ = ["CountingPaginator", "kept_count", "kept_of"]

V = TypeVar("V")

_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+(?:[`\"](\w+)[`\"]|(\(|json_each\(|JSON_TABLE\()|)", re.IGNORECASE)
_UNSURE = re.compile(  # what has another value each time
    r"\b(?:now|random|rand|sysdate|uuid4|uuid_generate\w*|gen_random_uuid"
    r"|(?:(?:current|clock|statement|transaction|local)_?)(?:timestamp|time|date))\b",
    re.IGNORECASE,
)
_PLAIN = (str, int, bytes, Decimal, float, date, time, timedelta, UUID, type(None))
_by_kinds: dict[tuple[str, ...], Frozen[Any]] = {}


class CountingPaginator(Paginator):  # type: ignore[type-arg]
    """Django's, whose count is kept."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, exactly."""
        return kept_count(self.object_list) if isinstance(self.object_list, QuerySet) else super().count


def kept_count(rows: QuerySet[Any, Any]) -> int:
    """The number of rows, as ``count()`` would give it now; no query while it is kept.

    What reads a table of which not every write is noted is counted each time: prices aren't such, stock is. So is what is read
    from another database than versions are, which may be behind it.
    """
    return kept_of(rows, load=rows.count)


def kept_of(rows: QuerySet[Any, Any], *key: Hashable, load: Callable[[], V]) -> V:
    """A value that is made of the rows of a query, which are known by their SQL; no query while it is kept.

    Args:
        key: All else that it is made of.
        load: Makes it: something that nobody can change. It is called each time where the query can't be known for certain.
    """
    query = rows.query
    is_plain = not (query.distinct or query.combinator or query.group_by or query.is_sliced or query.extra_tables)
    if not is_plain or rows.db != alias() or kinds_of([rows.model._meta.db_table]) is None:
        return load()
    try:
        sql, params = rows.order_by().values("pk").query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return load()  # asks nothing
    kinds, values = _kinds(sql), _values(params)
    if kinds is None or values is None:
        return load()
    kept = _by_kinds.get(kinds)
    if kept is None:
        kept = _by_kinds[kinds] = Frozen(kinds, load=_never)
    value: V = kept.get(sql, values, *key, load=load)
    return value


def _never(*_key: Hashable) -> Any:
    raise AssertionError("What is kept here is made of a queryset.")


def _kinds(sql: str) -> tuple[str, ...] | None:
    """The kinds of the tables that a statement reads; ``None`` where it reads more than can be told."""
    if _UNSURE.search(sql):
        return None
    sources = [match.groups() for match in _SOURCE.finditer(sql)]
    if (None, None) in sources:  # a name without quotes is somebody's own SQL
        return None
    names = kinds_of(table for table, _other in sources if table)
    return None if names is None else tuple(sorted(names))


def _values(params: Any) -> Hashable | None:
    """Parameters as a key; ``None`` where one is of a class that is compared otherwise."""
    values: list[Hashable] = []
    for value in params:
        if isinstance(value, list | tuple):
            part = _values(value)
        elif hasattr(value, "obj"):  # a driver's wrapper of JSON
            part = ("json", json.dumps(value.obj, sort_keys=True, default=repr))
        else:
            part = (value.__class__, value) if isinstance(value, _PLAIN) else None
        if part is None:
            return None
        values.append(part)
    return tuple(values)
