"""Keeping changes out while an order is placed: it is committed before a change that it doesn't know, or knows it.

Placing holds a shared lock until it commits; a change takes the exclusive one just before its own commit, so an import keeps
nobody waiting while it writes. Only where it writes to rows in which orders count does it take that lock first, for placing
takes the locks in that order. PostgreSQL and InnoDB let those who wait for the exclusive one pass before who comes later.

On SQLite there is one writer at a time, so reading versions inside the transaction is enough.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import connections, router, transaction

from ..models import Change, Sequence
from .scopes import forget_read
from .tokens import notes

__all__ = ["KINDS", "hold", "install", "keep_out", "lock_early"]

KINDS: set[str] = set()
"""Kinds that orders are placed by."""
_KEY = 0x7472616465  # of PostgreSQL's advisory lock, in each database its own
_GUARD = "core.versions"


class _Held:
    """That the open transaction has the lock; forgotten as a note is."""

    __slots__ = ()
    __name__: ClassVar[str] = "held"

    def __call__(self) -> None:
        """The lock went with the transaction."""


def hold(using: str | None = None) -> None:
    """Keep what orders are placed by as it is, until this transaction ends; versions are read anew, inside it.

    Called first in the transaction: on a database that reads as of a transaction's beginning, what was read before would count.

    Raises:
        TransactionManagementError: No transaction is open, so nothing would be held.
    """
    connection = connections[using or router.db_for_write(Change)]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("hold() keeps changes out until a transaction ends; open one.")
    _take(connection, exclusive=False)
    forget_read()


def keep_out(connection: Any, names: Collection[str]) -> None:
    """Wait until no order is being placed, and keep others from being placed until this transaction ends."""
    if not (KINDS.isdisjoint(names) or any(isinstance(entry[1], _Held) for entry in connection.run_on_commit)):
        _take(connection, exclusive=True)


def lock_early(using: str | None = None) -> None:
    """Take the lock now, where this transaction has changed what orders are placed by; before rows that orders write to.

    Taken at the commit it would be waited for by who holds those rows, and placing, which holds it, would wait for the rows.
    """
    connection = connections[using or router.db_for_write(Change)]
    if connection.vendor != "sqlite" and connection.in_atomic_block:
        keep_out(connection, {note.kind for note in notes(connection)})


def install(connection: Any) -> None:
    """Have a connection take the lock before it commits a change. Django has signals after a commit only."""
    if "commit" in vars(connection) or connection.vendor == "sqlite":
        return
    commit = connection.commit

    def commit_behind_lock() -> None:
        if connection.run_on_commit and (own := notes(connection)):
            keep_out(connection, {note.kind for note in own})
        commit()

    vars(connection)["commit"] = commit_behind_lock


def _take(connection: Any, *, exclusive: bool) -> None:
    if connection.vendor == "postgresql":
        _lock_by_key(connection, exclusive=exclusive)
    elif connection.vendor == "mysql":
        _lock_by_row(connection, exclusive=exclusive)
    if connection.in_atomic_block:  # and not at its very end
        transaction.on_commit(_Held(), using=connection.alias)


def _lock_by_key(connection: Any, *, exclusive: bool) -> None:
    function = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_KEY])


def _lock_by_row(connection: Any, *, exclusive: bool) -> None:
    form = "FOR UPDATE" if exclusive else "LOCK IN SHARE MODE"
    table = connection.ops.quote_name(Sequence._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM {table} WHERE name = %s {form}", [_GUARD])  # noqa: S608 - our own table
        if cursor.fetchone() is None:  # this once the lock is exclusive, which does as well
            cursor.execute(
                f"INSERT INTO {table} (name, value) VALUES (%s, 0) ON DUPLICATE KEY UPDATE value = value",  # noqa: S608
                [_GUARD],
            )
