"""Transactions are run again where the database ended them to resolve a deadlock, and rows are inserted once by many."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction

from tradepost.core import db
from tradepost.core.models import Sequence
from tradepost.testing.races import together


class Deadlock(Exception):
    """The error that a driver raises."""

    sqlstate = "40P01"


def ended_by_the_database() -> OperationalError:
    """As Django hands it on."""
    error = OperationalError("deadlock detected")
    error.__cause__ = Deadlock()
    return error


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("decorate", [db.atomic, db.durable])
def test_a_transaction_that_a_deadlock_ended_is_run_again(decorate: Any) -> None:
    """The rows of the first try are gone, and the second one's is there."""
    tries = []

    @decorate
    def write() -> str:
        tries.append(Sequence.objects.create(name=f"try-{len(tries)}", value=1))
        if len(tries) == 1:
            raise ended_by_the_database()
        return "done"

    assert write() == "done"
    assert list(Sequence.objects.values_list("name", flat=True)) == ["try-1"]


@pytest.mark.django_db(transaction=True)
def test_only_the_outermost_transaction_is_run_again() -> None:
    """An inner one is gone with the whole, so its caller begins anew."""
    tries: dict[str, int] = {"inner": 0, "outer": 0}

    @db.atomic
    def inner() -> None:
        tries["inner"] += 1
        if tries["inner"] == 1:
            raise ended_by_the_database()

    @db.atomic
    def outer() -> None:
        tries["outer"] += 1
        inner()

    outer()

    assert tries == {"inner": 2, "outer": 2}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("disk is full"), IntegrityError("twice")])
def test_another_error_is_not_tried_again(error: Exception) -> None:
    """It would only fail again, or do a thing twice."""
    tries = []

    @db.durable
    def write() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        write()

    assert tries == [1]


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_that_never_ends_is_told() -> None:
    """After five tries the error is the caller's."""
    tries = []

    @db.atomic
    def write() -> None:
        tries.append(1)
        raise ended_by_the_database()

    with pytest.raises(OperationalError):
        write()

    assert len(tries) == 5


@pytest.mark.django_db
def test_what_is_there_is_left_alone() -> None:
    """A row of that name keeps its value; the missing one is inserted."""
    Sequence.objects.create(name="orders", value=7)

    db.insert_missing([Sequence(name="orders", value=0), Sequence(name="credits", value=0)], unique=["name"])
    db.insert_missing([], unique=["name"])

    ours = Sequence.objects.filter(name__in=["orders", "credits"])
    assert dict(ours.values_list("name", "value")) == {"orders": 7, "credits": 0}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_locks_in_opposite_order_end_well() -> None:
    """Two transactions that lock two rows crosswise: the database ends one, which is run again."""
    first, second = (Sequence.objects.create(name=name, value=0) for name in ("a", "b"))
    both_hold_one = threading.Barrier(2)

    def hold(tries: list[int], *rows: Sequence) -> None:
        for row in rows:
            locked = db.lock(Sequence.objects.filter(pk=row.pk)).get()
            locked.value += 1
            locked.save(update_fields=["value"])
            if row is rows[0] and not tries:
                tries.append(1)
                both_hold_one.wait(timeout=10)

    results = together(
        [partial(db.atomic(hold), [], first, second), partial(db.atomic(hold), [], second, first)],
    )

    assert results == [None, None]
    assert list(Sequence.objects.order_by("name").values_list("value", flat=True)) == [2, 2]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_another_try_one_of_the_two_is_lost() -> None:
    """The control: the same with Django's own transactions."""
    first, second = (Sequence.objects.create(name=name, value=0) for name in ("a", "b"))
    both_hold_one = threading.Barrier(2)

    def hold(*rows: Sequence) -> None:
        for row in rows:
            db.lock(Sequence.objects.filter(pk=row.pk)).get()
            if row is rows[0]:
                both_hold_one.wait(timeout=10)

    results = together(
        [partial(transaction.atomic(hold), first, second), partial(transaction.atomic(hold), second, first)],
    )

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "OperationalError"]
