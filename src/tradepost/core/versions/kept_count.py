"""How many rows a query finds: counted once, and anew when one of the tables that it reads was written to.

The count of a long list costs more than a page of it. A query is known by its SQL and its values, so whatever filters a project
adds, two different lists never share a count. Who builds the same query again and again may name its :func:`recipe`, so that it
isn't compiled to be known; of such a list the keys of a page are kept as well.
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
from django.core.signals import setting_changed
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language

from .frozen import Frozen
from .tokens import alias
from .watched_tables import kinds_of

__all__ = ["CountingPaginator", "kept_count", "kept_keys", "kept_of", "recipe"]

V = TypeVar("V")
Q = TypeVar("Q", bound="QuerySet[Any, Any]")

_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+(?:[`\"](\w+)[`\"]|(\(|json_each\(|JSON_TABLE\()|)", re.IGNORECASE)
_UNSURE = re.compile(  # what has another value each time
    r"\b(?:now|random|rand|sysdate|uuid4|uuid_generate\w*|gen_random_uuid"
    r"|(?:(?:current|clock|statement|transaction|local)_?)(?:timestamp|time|date))\b",
    re.IGNORECASE,
)
_PLAIN = (str, int, bytes, Decimal, float, date, time, timedelta, UUID, type(None))
_by_kinds: dict[Hashable, Frozen[Any]] = {}
_RECIPE, _SLICE = "_tradepost_recipe", "_tradepost_slice"
"""Attributes of a queryset; none that is derived from it has them."""
_RECIPES = 512
_known: dict[Hashable, tuple[tuple[str, ...] | None, Hashable | None]] = {}


class CountingPaginator(Paginator):  # type: ignore[type-arg]
    """Django's, whose count is kept."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, exactly."""
        return kept_count(self.object_list) if isinstance(self.object_list, QuerySet) else super().count

    def page(self, number: Any) -> Any:
        """The page, whose rows know of which list they are which part."""
        page = super().page(number)
        if isinstance(page.object_list, QuerySet) and _RECIPE in vars(self.object_list):
            low, high = page.object_list.query.low_mark, page.object_list.query.high_mark
            vars(page.object_list)[_SLICE] = (self.object_list, low, high)
        return page


def recipe(rows: Q, *parts: Hashable) -> Q:
    """Say by what a query was built: the same parts always make the same SQL with the same values, order included.

    Args:
        rows: The query as it stands; what is derived from it has no recipe.
        parts: All that its builder looked at, but for settings, with whose change all are forgotten, and the language.
    """
    vars(rows)[_RECIPE] = parts
    return rows


def kept_keys(rows: QuerySet[Any, Any]) -> list[Any]:
    """Primary keys of a page, in its order; no query while they are kept, which they are of a list with a recipe."""
    whole, low, high = vars(rows).get(_SLICE, (None, 0, 0))
    if whole is None:
        return list(rows.values_list("pk", flat=True))

    def load() -> tuple[Any, ...]:
        return tuple(rows.values_list("pk", flat=True))

    return list(kept_of(whole, "keys", low, high, load=load, by_one_query=True, ordered=True))


def kept_count(rows: QuerySet[Any, Any]) -> int:
    """The number of rows, as ``count()`` would give it now; no query while it is kept.

    What reads a table of which not every write is noted is counted each time: prices aren't such, stock is. So is what is read
    from another database than versions are, which may be behind it.
    """
    return kept_of(rows, load=rows.count, by_one_query=True)


def kept_of(
    rows: QuerySet[Any, Any], *key: Hashable, load: Callable[[], V], by_one_query: bool = False, ordered: bool = False
) -> V:
    """A value that is made of the rows of a query, which are known by their SQL; no query while it is kept.

    Args:
        key: All else that it is made of.
        by_one_query: It is made by a single query.
        ordered: Their order counts.
        load: Makes it: something that nobody can change. It is called each time where the query can't be known for certain.
    """
    query = rows.query
    is_plain = not (query.distinct or query.combinator or query.group_by or query.is_sliced or query.extra_tables)
    if not is_plain or rows.db != alias() or kinds_of([rows.model._meta.db_table]) is None:
        return load()
    try:
        kinds, name = _identity(rows, ordered=ordered)
    except EmptyResultSet:
        return load()  # asks nothing
    if kinds is None or name is None:
        return load()
    kept = _by_kinds.get((kinds, ordered))
    if kept is None:
        kept = _by_kinds[kinds, ordered] = Frozen(kinds, load=_never)
    value: V = kept.get(name, *key, load=load, by_one_query=by_one_query)
    return value


def _identity(rows: QuerySet[Any, Any], *, ordered: bool) -> tuple[tuple[str, ...] | None, Hashable | None]:
    """The kinds that a query reads, and a name that no other query has; ``None`` where they can't be told."""
    parts = vars(rows).get(_RECIPE)
    place = (parts, rows.model, rows.db, get_language(), ordered)
    if parts is not None and place in _known:
        return _known[place]
    keys = rows.values("pk") if ordered else rows.order_by().values("pk")
    sql, params = keys.query.get_compiler(rows.db).as_sql()
    values = _values(params)
    kinds, name = _kinds(sql), None if values is None else (sql, values)
    if parts is not None:
        if len(_known) >= _RECIPES:
            _known.clear()
        _known[place] = kinds, name
    return kinds, name


def _forget(**_kwargs: Any) -> None:
    _known.clear()


setting_changed.connect(_forget, dispatch_uid="tradepost.versions.recipes")


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
