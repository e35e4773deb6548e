"""Where a row stands in an ordered list: the values that it is ordered by, the primary key as the last of them.

A page that begins behind such values meets each row once, whatever is inserted or deleted meanwhile, and costs the same at the
end of a list as at its beginning. An offset among equals, as in REST framework's cursors, passes over rows once one is deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import connections, models
from django.db.models import F, Field, Func, OrderBy, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import Random

__all__ = ["Keyset", "NoKeyset"]

_VALUES = (
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.DecimalField,
    models.IntegerField,
    models.TextField,
    models.UUIDField,
)
# MariaDB has row values, and reads no range of an index by them.
_WITH_ROW_VALUES = frozenset({"postgresql", "sqlite"})


class NoKeyset(Exception):
    """An ordering whose values can't be put into a cursor.

    Args:
        name: Of the ordering, as the queryset has it.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class _Key:
    """One of the things that a list is ordered by.

    Attributes:
        path: Of the value, for lookups; a row has it as an attribute of this name.
        nulls_first: Whether rows without a value stand first; ``None`` where none are.
        is_explicit: The ordering says so itself, and not the database.
    """

    path: str
    field: Any
    descending: bool
    nulls_first: bool | None = None
    is_explicit: bool = False

    def reversed(self) -> _Key:
        """The same from behind."""
        nulls_first = None if self.nulls_first is None else not self.nulls_first
        return replace(self, descending=not self.descending, nulls_first=nulls_first)

    def ordering(self) -> OrderBy:
        """As a queryset takes it."""
        first = True if self.is_explicit and self.nulls_first else None
        last = True if self.is_explicit and self.nulls_first is False else None
        return OrderBy(F(self.path), descending=self.descending, nulls_first=first, nulls_last=last)

    def equals(self, value: Any) -> Q:
        """Rows that have this value, or none as well."""
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def beyond(self, value: Any, *, inclusive: bool = False) -> Q | None:
        """Rows that stand behind this value; ``None`` where none can."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if self.nulls_first else None
        lookup = ("lt" if self.descending else "gt") + ("e" if inclusive else "")
        rows = Q(**{f"{self.path}__{lookup}": value})
        return rows | Q(**{f"{self.path}__isnull": True}) if self.nulls_first is False else rows


class _Row(Func):
    """``(a, b)``."""

    template = "(%(expressions)s)"
    output_field = models.BooleanField()  # of no matter: it is only compared


class _Beyond(Func):
    """``(a, b) > (x, y)``."""

    template = "%(expressions)s"
    output_field = models.BooleanField()


class Keyset:
    """The ordering of a queryset.

    Attributes:
        queryset: With the values that rows are ordered by, where they aren't columns of their own.
        name: Says the ordering, for a cursor to belong to it.
    """

    def __init__(self, queryset: QuerySet[Any], keys: Sequence[_Key]) -> None:
        self.queryset, self.keys = queryset, keys
        self.name = ",".join(f"{'-' if key.descending else ''}{key.path}" for key in keys)

    @classmethod
    def of(cls, queryset: QuerySet[Any]) -> Keyset:
        """The ordering of a queryset, with the primary key at its end.

        Raises:
            NoKeyset: It is ordered by something that has no comparable value, as by chance.
        """
        query = queryset.query
        if query.combinator or query.extra_order_by:
            raise NoKeyset("union" if query.combinator else str(query.extra_order_by[0]))
        names = query.order_by or (query.default_ordering and query.get_meta().ordering) or ()
        keys: list[_Key] = []
        for number, entry in enumerate(names):
            queryset, key = _read(queryset, entry, number)
            keys.append(key if query.standard_ordering else key.reversed())
            if key.path == "pk":
                return cls(queryset, keys)
        last = keys[-1].descending if keys else not query.standard_ordering
        return cls(queryset, [*keys, _Key("pk", queryset.model._meta.pk, last)])

    def values(self, row: Any) -> list[Any]:
        """The values by which a row of :attr:`queryset` stands where it does."""
        return [getattr(row, key.path) for key in self.keys]

    def rows(self, values: Sequence[Any] | None, *, backwards: bool, inclusive: bool) -> QuerySet[Any]:
        """Rows behind these values, or all; backwards those before them, the nearest first.

        Args:
            inclusive: With the row that has exactly these values.
        """
        keys = [key.reversed() for key in self.keys] if backwards else self.keys
        ordered: QuerySet[Any] = self.queryset.order_by(*(key.ordering() for key in keys))
        ordered.query.standard_ordering = True  # the keys are turned round already
        if values is None:
            return ordered
        vendor = connections[ordered.db].vendor
        is_one_way = len({key.descending for key in keys}) == 1 and all(key.nulls_first is None for key in keys)
        if is_one_way and vendor in _WITH_ROW_VALUES:
            return ordered.filter(_as_row(keys, values, inclusive=inclusive))
        return ordered.filter(_written_out(keys, values, inclusive=inclusive))


def _as_row(keys: Sequence[_Key], values: Sequence[Any], *, inclusive: bool) -> _Beyond:
    operator = ("<" if keys[0].descending else ">") + ("=" if inclusive else "")
    columns = _Row(*(F(key.path) for key in keys))
    limits = _Row(*(Value(value, output_field=key.field) for key, value in zip(keys, values, strict=True)))
    return _Beyond(columns, limits, arg_joiner=f" {operator} ")


def _written_out(keys: Sequence[_Key], values: Sequence[Any], *, inclusive: bool) -> Q:
    """``a > x OR a = x AND b > y``; and ``a >= x``, by which a database finds the place in an index."""
    ways: list[Q] = []
    pairs = list(zip(keys, values, strict=True))
    for number, (key, value) in enumerate(pairs):
        is_last = number == len(pairs) - 1
        beyond = key.beyond(value, inclusive=inclusive and is_last)
        if beyond is not None:
            ways.append(reduce(and_, [*(other.equals(limit) for other, limit in pairs[:number]), beyond]))
    rows = reduce(or_, ways)  # the primary key is never null, so there is one
    first, limit = pairs[0]
    return Q(first.beyond(limit, inclusive=True), rows) if first.nulls_first is None else rows


def _read(queryset: QuerySet[Any], entry: Any, number: int) -> tuple[QuerySet[Any], _Key]:
    """One entry of an ordering, and the queryset with its value."""
    ordering = _as_order_by(entry)
    name, descending = _name_of(ordering.expression), bool(ordering.descending)
    if name in ("pk", queryset.model._meta.pk.name):
        return queryset, _Key("pk", queryset.model._meta.pk, descending)
    field = _own_column(queryset, name)
    if field is not None:
        path = name
    else:
        path = f"tradepost_order_{number}"
        queryset, field = _annotated(queryset, ordering.expression, path, name or str(entry))
    if not isinstance(field, _VALUES):
        raise NoKeyset(name or str(entry))
    nulls_first = _nulls_first(queryset, ordering) if path != name or field.null else None
    is_explicit = bool(ordering.nulls_first or ordering.nulls_last)
    return queryset, _Key(path, field, descending, nulls_first, is_explicit and nulls_first is not None)


def _as_order_by(entry: Any) -> OrderBy:
    if isinstance(entry, str):
        if entry == "?":
            raise NoKeyset(entry)
        return OrderBy(F(entry.lstrip("+-")), descending=entry.startswith("-"))
    ordering = entry if isinstance(entry, OrderBy) else OrderBy(entry)
    if isinstance(ordering.expression, Random):
        raise NoKeyset("?")
    return ordering


def _name_of(expression: Any) -> str:
    return str(vars(expression)["name"]) if isinstance(expression, F) else ""


def _own_column(queryset: QuerySet[Any], name: str) -> Field[Any, Any] | None:
    """The column of that name; none for an annotation, something related, or an expression."""
    if not name or name in queryset.query.annotations or LOOKUP_SEP in name:
        return None
    try:
        field: Any = queryset.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if field.is_relation and name != field.attname:
        raise NoKeyset(name)  # in the order of the related rows, whatever that is
    column: Field[Any, Any] = field.target_field if field.is_relation else field
    return column


def _annotated(
    queryset: QuerySet[Any], expression: Any, path: str, name: str
) -> tuple[QuerySet[Any], Field[Any, Any] | None]:
    try:
        queryset = queryset.annotate(**{path: expression})
        field: Any = queryset.query.annotations[path].output_field
    except FieldError:
        raise NoKeyset(name) from None
    return queryset, None if field.is_relation else field


def _nulls_first(queryset: QuerySet[Any], ordering: OrderBy) -> bool:
    """Whether rows without a value stand first, by the ordering's own word or the database's habit."""
    if ordering.nulls_first or ordering.nulls_last:
        return bool(ordering.nulls_first)
    is_smallest = connections[queryset.db].features.order_by_nulls_first
    return bool(is_smallest) is not bool(ordering.descending)
