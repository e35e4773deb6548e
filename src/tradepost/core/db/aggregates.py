"""Aggregates that every supported database has under another name."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, Count, IntegerField, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

__all__ = ["Joined", "counts", "joined", "number_of"]


class Joined(Aggregate):
    """Values as one text, separated by commas; for keys and codes, which have none. ``None`` where there are no rows."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """PostgreSQL joins texts only."""
        return self.as_sql(
            compiler, connection, function="STRING_AGG", template="%(function)s(%(expressions)s::text, ',')", **extra
        )


def joined(rows: QuerySet[Any], column: str) -> Subquery:
    """A column of a (correlated) queryset as one text, so that a list beside each row costs no query of its own."""
    whole = rows.order_by().annotate(_whole=Value(1)).values("_whole")
    return Subquery(whole.annotate(_joined=Joined(column)).values("_joined"))


def counts(rows: QuerySet[Any], *numbers: Aggregate) -> QuerySet[Any]:
    """One row of numbers over a whole queryset; ``aggregate()`` gives the same, but isn't a queryset that can be prepared."""
    named = {f"_number_{place}": number for place, number in enumerate(numbers)}
    whole = rows.order_by().annotate(_whole=Value(1)).values("_whole")
    counted: QuerySet[Any] = whole.annotate(**named).values_list(*named)
    return counted


def number_of(rows: QuerySet[Any]) -> Coalesce:
    """Count the rows of a (correlated) queryset, 0 for none.

    ``Count("lines")`` would count what a search or a filter joins: each row several times, or only those that match.
    """
    whole = rows.order_by().annotate(_whole=Value(1)).values("_whole")
    return Coalesce(Subquery(whole.annotate(_number=Count("pk")).values("_number")), 0, output_field=IntegerField())
