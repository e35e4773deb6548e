"""Counters without gaps."""

from __future__ import annotations

from django.db import connections, router
from django.db.models import F

from ..models import Sequence
from . import transactions

__all__ = ["next_value"]


@transactions.atomic
def next_value(name: str, *, start: int = 1) -> int:
    """The next number of a sequence. Its row stays locked until the transaction ends, so that a rollback leaves no gap.

    Args:
        name: The sequence; it is made at its first use.
        start: The first number.
    """
    value = _count_on(name)
    if value is None:
        transactions.insert_missing([Sequence(name=name, value=start - 1)], unique=["name"])
        value = _count_on(name)
    assert value is not None
    return value


def _count_on(name: str) -> int | None:
    """Count, and read what was counted: by one statement, which locks the row as well. ``None`` where there is no row yet."""
    connection = connections[router.db_for_write(Sequence)]
    table, column, key = (connection.ops.quote_name(word) for word in (Sequence._meta.db_table, "value", "name"))
    if (
        connection.vendor == "mysql"
    ):  # an UPDATE gives no rows back, but the server tells a number that it was to remember
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = LAST_INSERT_ID({column} + 1) WHERE {key} = %s", [name])  # noqa: S608 - names of our own model
            return int(cursor.lastrowid) if cursor.rowcount else None
    if connection.features.can_return_columns_from_insert:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = {column} + 1 WHERE {key} = %s RETURNING {column}", [name])  # noqa: S608 - likewise
            rows = cursor.fetchall()
        return int(rows[0][0]) if rows else None
    counter = Sequence.objects.filter(name=name)
    counter.update(value=F("value") + 1)
    return counter.values_list("value", flat=True).first()
