"""Transactions and locks: one way to open the first, one way to take the second."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connections, models, transaction
from django.db.models.functions import Round

__all__ = ["atomic", "durable", "equals", "inside", "lock", "outside"]

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)


def _in_testcase(connection: Any) -> bool:
    return bool(connection.atomic_blocks) and getattr(connection.atomic_blocks[-1], "_from_testcase", False)


def atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction, without a savepoint inside another one, where a refusal ends the whole.

    Directly under a ``TestCase`` there is a savepoint, so that a refused call leaves the test's transaction usable.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        connection = transaction.get_connection()
        inside = connection.in_atomic_block and not _in_testcase(connection)
        with transaction.atomic(savepoint=not inside):
            return function(*args, **kwargs)

    return call


def durable(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction of its own that has committed when the call returns; inside another one it refuses to start."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return function(*args, **kwargs)

    return call


def inside() -> bool:
    """Whether a transaction is open (other than a ``TestCase``'s own)."""
    connection = transaction.get_connection()
    return bool(connection.in_atomic_block) and not _in_testcase(connection)


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
