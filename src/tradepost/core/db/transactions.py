"""Transactions and locks: one way to open the first, one way to take the second."""

from __future__ import annotations

import errno
import logging
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connections, models, transaction
from django.db.models.functions import Round

__all__ = [
    "OUTAGE_RETRY_AFTER",
    "after_commit",
    "atomic",
    "durable",
    "equals",
    "insert_missing",
    "inside",
    "is_deadlock",
    "is_outage",
    "lock",
    "outside",
    "rolled_back",
]

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)

OUTAGE_RETRY_AFTER = 5  # seconds
_logger = logging.getLogger(__name__)
_TRIES = 5
_PAUSE = 0.02  # seconds before the second try; it doubles, and a random part keeps two losers apart
_DEADLOCKS = {"40P01", "40001"}  # SQLSTATE: PostgreSQL's deadlock, and a serialisation failure anywhere
_MYSQL_DEADLOCK = 1213


def is_deadlock(error: OperationalError) -> bool:
    """Whether the database ended this transaction, whole, so that another may go on: trying again is right, and safe."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) in _DEADLOCKS or error.args[:1] == (_MYSQL_DEADLOCK,)


def is_outage(error: Exception) -> bool:
    """Whether an error says that the database is gone, or too busy, or that a disk is full: nothing that was asked is wrong.

    Such a request is answered with 503, and may be made again after ``OUTAGE_RETRY_AFTER`` seconds.
    """
    return isinstance(error, OperationalError) or (isinstance(error, OSError) and error.errno == errno.ENOSPC)


def _until_granted(call: Callable[[], R]) -> R:
    """Make a call that is a whole transaction; again, where the database chose it to end a deadlock.

    Locks are taken in one order everywhere, yet InnoDB still refuses now and then: an insert locks the rows that it points to.
    """
    for attempt in range(1, _TRIES):
        try:
            return call()
        except OperationalError as error:
            if not is_deadlock(error):
                raise
            _logger.info(
                "A transaction was ended by the database to resolve a deadlock; try %s of %s.", attempt, _TRIES
            )
            time.sleep(_PAUSE * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - spreads load, hides nothing
    return call()


def _in_testcase(connection: Any) -> bool:
    return bool(connection.atomic_blocks) and getattr(connection.atomic_blocks[-1], "_from_testcase", False)


def atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction, without a savepoint inside another one, where a refusal ends the whole.

    The outermost one is run again where the database ended it to resolve a deadlock. Directly under a ``TestCase`` there is a
    savepoint, so that a refused call leaves the test's transaction usable.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        connection = transaction.get_connection()
        if connection.in_atomic_block:
            with transaction.atomic(savepoint=_in_testcase(connection)):
                return function(*args, **kwargs)
        return _until_granted(lambda: transaction.atomic()(function)(*args, **kwargs))

    return call


def durable(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction of its own that has committed when the call returns; inside another one it refuses to start.

    It is run again where the database ended it to resolve a deadlock: such a function reads its rows itself, under their locks.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        def once() -> R:
            with transaction.atomic(durable=True):
                return function(*args, **kwargs)

        return once() if transaction.get_connection().in_atomic_block else _until_granted(once)

    return call


class _RollbackError(Exception):
    """Ends a block whose writes are to be undone."""


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo all that the block writes, for a preview by the very services that would do it.

    What they read, check and refuse is as it would be, and events that are handled within the transaction take part; nothing
    that waits for a commit happens. Locks are held until the block ends.
    """
    try:
        with transaction.atomic():
            yield
            raise _RollbackError
    except _RollbackError:
        return


def inside() -> bool:
    """Whether a transaction is open (other than a ``TestCase``'s own)."""
    connection = transaction.get_connection()
    return bool(connection.in_atomic_block) and not _in_testcase(connection)


def after_commit(function: Callable[..., object], *args: Any) -> None:
    """Call a function once the transaction stands, at once outside one. Where it fails that is logged, and nothing else ends.

    ``transaction.on_commit(partial(…), robust=True)`` would raise then: Django logs a name that a partial doesn't have.
    """

    def call() -> None:
        function(*args)

    call.__qualname__ = getattr(function, "__qualname__", repr(function))
    transaction.on_commit(call, robust=True)


def outside(what: str) -> None:
    """Refuse to talk to the network while a transaction is open, for its locks would be held as long as the other side likes.

    Raises:
        RuntimeError: A transaction is open (other than a ``TestCase``'s own).
    """
    if inside():
        raise RuntimeError(
            f"{what} talks to the network and was called inside a transaction; call it after the commit."
        )


def lock(rows: models.QuerySet[M], *, skip_locked: bool = False, nowait: bool = False) -> models.QuerySet[M]:
    """Lock rows in primary-key order, in the weakest form that the backend has and that still excludes writers.

    A plain ``FOR UPDATE`` would deadlock at commit against deferred foreign-key checks of rows that point here.

    Args:
        rows: Which.
        skip_locked: Leave out what somebody else has locked.
        nowait: Raise ``OperationalError`` at once where somebody else has locked a row.
    """
    features = connections[rows.db].features
    return rows.select_for_update(
        of=("self",) if features.has_select_for_update_of else (),
        no_key=features.has_select_for_no_key_update,
        skip_locked=skip_locked and features.has_select_for_update_skip_locked,
        nowait=nowait and features.has_select_for_update_nowait,
    ).order_by("pk")


def insert_missing(rows: Iterable[M], *, unique: Collection[str]) -> None:
    """Insert rows of one model, but for those that are there already; several callers at once insert each once.

    On MySQL and MariaDB what is there is locked for writing. ``INSERT IGNORE`` would lock it for reading, and two callers who
    both want to write to it next would wait for each other.

    Args:
        rows: Not saved yet.
        unique: Columns of the unique constraint that says what is there already.
    """
    rows = list(rows)
    if not rows:
        return
    manager = type(rows[0])._default_manager
    if connections[manager.db].features.supports_update_conflicts_with_target:
        manager.bulk_create(rows, ignore_conflicts=True)
    else:
        manager.bulk_create(rows, update_conflicts=True, update_fields=sorted(unique))


def equals(column: str, *terms: str) -> models.Q:
    """A condition for constraints: a column is the sum of others (a leading ``-`` subtracts), to four decimal places.

    SQLite keeps decimals as floats, so both sides are rounded before they are compared.
    """
    amount: Any = None
    for term in terms:
        name = models.F(term.removeprefix("-"))
        if amount is None:
            amount = name * -1 if term.startswith("-") else name
        else:
            amount = amount - name if term.startswith("-") else amount + name
    return models.Q(models.lookups.Exact(Round(models.F(column), 4), Round(amount, 4)))
