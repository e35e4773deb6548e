"""Tokens: a change inserts a random one in its own transaction, and the version of a kind is the sum of its tokens.

So nothing is locked, two changes commit in any order, and a token that was rolled back never comes again: what was loaded
meanwhile is kept under a version that nobody sees. A counter would stand where it stood, and give it to the next change.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, ClassVar, NamedTuple

from django.db import connections, router, transaction

from ..db import transactions
from ..models import Change

__all__ = ["Note", "Standing", "alias", "changed", "fold", "notes", "read_versions", "standing"]

_BITS = 40
_WHOLE = 2**61  # sums are kept below it, so that no database runs over its 63 bits while rows wait to be folded
_number: ContextVar[int] = ContextVar("tradepost_changes", default=0)  # under ASGI requests share a connection
_ready: set[str] = set()  # databases that are known to have the table


class Note:
    """That a kind's token was inserted in the open transaction.

    It stands among the callbacks of the commit, where Django forgets it with the savepoint that it belongs to.

    Attributes:
        was_read: Somebody has read the version since: another change needs another token, or what they loaded would be kept
            under the version of what came after it.
    """

    __slots__ = ("kind", "was_read")
    __name__: ClassVar[str] = "note"

    def __init__(self, kind: str) -> None:
        self.kind, self.was_read = kind, False

    def __call__(self) -> None:
        """Nothing is left to do."""


def alias() -> str:
    """The database whose versions count: that from which models of the shop are read."""
    return router.db_for_read(Change)


def notes(connection: Any) -> tuple[Note, ...]:
    """The notes of the open transaction, as far as they weren't rolled back."""
    return tuple(entry[1] for entry in connection.run_on_commit if isinstance(entry[1], Note))


class Standing(NamedTuple):
    """The changes of one's own: how many tokens were inserted in this context, and the notes of the open transaction.

    Without the number a change would leave no trace once it was committed.
    """

    number: int
    notes: tuple[Note, ...]


def standing(connection: Any) -> Standing:
    """As it is now; versions that were read at another one are old."""
    return Standing(_number.get(), notes(connection))


def read_versions(using: str | None = None) -> Mapping[str, int]:
    """Versions of all kinds, by one query. Read them before what they guard; a kind that never changed has none."""
    connection = connections[using or alias()]
    for note in notes(connection):
        note.was_read = True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, SUM(token) FROM {_table(connection)} GROUP BY kind")  # noqa: S608 - our own table
        return {kind: int(total) % _WHOLE for kind, total in cursor.fetchall()}


def changed(*kinds: str, using: str | None = None) -> None:
    """Say that kinds have changed, for writes that :func:`~tradepost.core.versions.watch` can't see.

    Call it in the transaction of the change. Many calls in one transaction insert one row for each kind.
    """
    connection = connections[using or router.db_for_write(Change)]
    if not _has_table(connection):
        return
    noted = {note.kind for note in notes(connection) if not note.was_read}
    for kind in sorted(set(kinds) - noted):
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_table(connection)} (kind, token) VALUES (%s, %s)",  # noqa: S608 - our own table
                [kind, secrets.randbits(_BITS) + 1],
            )
        _number.set(_number.get() + 1)
        transaction.on_commit(Note(kind), using=connection.alias)


@transactions.atomic
def fold() -> int:
    """Replace the rows of each kind by one with the same sum.

    Returns:
        How many rows were deleted.
    """
    rows = transactions.lock(Change.objects.all(), skip_locked=True).values_list("pk", "kind", "token")
    tokens: dict[str, dict[int, int]] = {}
    for pk, kind, token in rows:
        tokens.setdefault(kind, {})[pk] = token
    many = {kind: by_key for kind, by_key in tokens.items() if len(by_key) > 1}
    for by_key in many.values():
        Change.objects.filter(pk__in=by_key).delete()
    Change.objects.bulk_create(Change(kind=kind, token=sum(by_key.values()) % _WHOLE) for kind, by_key in many.items())
    return sum(len(by_key) for by_key in many.values())


def _table(connection: Any) -> str:
    return str(connection.ops.quote_name(Change._meta.db_table))


def _has_table(connection: Any) -> bool:
    """Whether the table is there: a migration of another app may write before ours has made it."""
    if connection.alias not in _ready:
        if Change._meta.db_table not in connection.introspection.table_names():
            return False
        _ready.add(connection.alias)
    return True
