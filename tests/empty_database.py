"""Empty the database after a test that commits: only the tables that have rows, and not what migrating put there.

Django truncates every table and makes permissions and content types anew, which takes a second or more on a server, after each
race test. What is left is the same; where a test changed what migrating had put there, Django's own way is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase

from tradepost.core.models import Change


@contextmanager
def emptied_by_rows() -> Iterator[None]:
    """Let tests that commit empty the database in this way while the block runs."""
    empty_wholly = TransactionTestCase._fixture_teardown
    kept = rows()

    def empty(test: Any) -> None:
        nonlocal kept
        now = rows()
        if test.available_apps is not None or test.serialized_rollback or any(now.get(t) != kept[t] for t in kept):
            empty_wholly(test)
            kept = rows()
        elif filled := [table for table in now if table not in kept]:
            delete(filled)

    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = empty_wholly  # type: ignore[method-assign]


def rows() -> dict[str, tuple[int, Any, Any]]:
    """The tables of models that aren't empty, with the number of their rows and the first and last key."""
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    exists = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables)
    keys = {model._meta.db_table: quote(model._meta.pk.column) for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        filled = []
        for query in _joined(list(exists)):
            cursor.execute(query)
            filled += [table for (table,) in cursor.fetchall()]
        sizes = {}
        for table in filled:
            cursor.execute(f"SELECT COUNT(*), MIN({keys[table]}), MAX({keys[table]}) FROM {quote(table)}")
            sizes[table] = cursor.fetchone()
    return sizes


def delete(tables: list[str]) -> None:
    """Delete all rows of these tables, in any order: the foreign keys are looked at in the end.

    Last of all go the versions, for each of the other deletions is a change that adds to them.
    """
    versions = Change._meta.db_table
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for table in (*(table for table in tables if table != versions), versions):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def _joined(queries: list[str], size: int = 50) -> Iterator[str]:
    """SQLite takes no more than 500 parts in one query."""
    for first in range(0, len(queries), size):
        yield " UNION ALL ".join(queries[first : first + size])
