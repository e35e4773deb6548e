"""How PostgreSQL runs the statements of a call: plans, tables that they read as a whole, and copies of rows by the thousand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

__all__ = ["Plans", "copies", "plans_of"]


class Plans:
    """Plans of the statements of one call."""

    def __init__(self, roots: Sequence[dict[str, Any]]) -> None:
        self._roots = roots

    @property
    def scanned(self) -> set[str]:
        """Tables of which every row was read."""
        nodes = (node for root in self._roots for node in _below(root))
        return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}

    @property
    def buffers(self) -> int:
        """Pages of memory that were looked at."""
        return sum(root["Shared Hit Blocks"] + root["Shared Read Blocks"] for root in self._roots)


def plans_of(call: Callable[[], object]) -> Plans:
    """The plans of each statement that a call sends: each is explained, taken back, and only then run."""
    roots: list[dict[str, Any]] = []

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_UNPLANNED):
            execute("SAVEPOINT explained", None, False, context)
            execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params, many, context)
            [(answer,)] = context["cursor"].fetchall()
            execute("ROLLBACK TO SAVEPOINT explained", None, False, context)
            roots.append((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        call()
    return Plans(roots)


_UNPLANNED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def copies(row: Model, number: int, /, **columns: str) -> None:
    """Write many rows like one, with keys of their own.

    Args:
        columns: Expressions in SQL of what differs, by column; ``n`` counts from 1.
    """
    serial = f"nextval(pg_get_serial_sequence('{row._meta.db_table}', 'id'))"
    names = {"n": "n", "id": serial, **columns}  # without n one copy would be built, and written again and again
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in names.items())
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # nobody looks after foreign keys: twice as fast
        cursor.execute(
            f"INSERT INTO {table} SELECT copy.* FROM {table} original, generate_series(1, %s) n, "
            f"LATERAL jsonb_populate_record(original, jsonb_build_object({pairs})) copy WHERE original.id = %s",
            [number, row.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def _below(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from _below(child)
