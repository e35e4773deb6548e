"""Changes while orders are placed, on a server: an order is there before a change that it doesn't know, or knows it.

The change is a number that staff raise, and the order is a note of what placing read. Each race has a control.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.core.models import JobState, OneTimeKey
from tradepost.core.versions import Frozen, change_lock, watched_tables
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ORDERS, CHANGES = 300, 30
SECONDS = 50  # by which they are there on any machine


@pytest.fixture(autouse=True)
def _watched() -> Iterator[None]:
    """The number is frozen, and orders are placed by it."""
    JobState.objects.create(name="price", result="1", due=clock.now())
    versions.watch("tests.prices", JobState, placing=True)
    yield
    watched_tables.unwatch("tests.prices")


price = Frozen("tests.prices", lambda: int(JobState.objects.get(name="price").result))


def place(hold: Callable[[], None]) -> bool:
    """Whether an order was placed by an older price than was committed before it was."""
    before = price.get()  # as the page said, before the transaction
    with transaction.atomic():
        hold()
        used = price.get()
        time.sleep(0.005)  # coupons, stock, payments
        committed = _committed()
        OneTimeKey.objects.create(
            action="order", key=f"{threading.get_ident()} {time.monotonic_ns()}", used_at="2026-11-30T00:00Z"
        )
    return before > used or used < committed


def _committed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT result FROM tradepost_core_jobstate WHERE name = 'price'")
        return int(cursor.fetchone()[0])


def race(hold: Callable[[], None]) -> tuple[int, int, list[float]]:
    """Four buyers and a member of staff: stale orders, all orders, and how long each change took in seconds."""
    end = time.monotonic() + SECONDS
    orders: list[bool] = []
    waits: list[float] = []

    def is_going() -> bool:
        return time.monotonic() < end and (len(orders) < ORDERS or len(waits) < CHANGES)

    def buy() -> None:
        while is_going():
            with versions.one_reading():
                orders.append(place(hold))

    def change() -> None:
        while is_going():
            time.sleep(0.01)
            start = time.monotonic()
            with transaction.atomic():
                JobState.objects.filter(name="price").update(result=len(waits) + 2)
            waits.append(time.monotonic() - start)

    assert together([buy, buy, buy, buy, change]) == [None] * 5
    return sum(orders), len(orders), waits


def test_no_order_is_placed_by_what_was_changed_before_it() -> None:
    """Nor do those who change wait for all who buy."""
    stale, orders, waits = race(versions.hold)

    assert stale == 0
    assert orders >= ORDERS
    assert len(waits) >= CHANGES


def test_without_the_lock_orders_are_stale() -> None:
    """The control: versions that are read inside the transaction are old by its end."""
    stale, _orders, _waits = race(versions.forget_read)

    assert stale > 0


def test_a_long_import_keeps_nobody_from_buying() -> None:
    """It takes the lock at its end only."""
    written, placed = threading.Event(), threading.Event()

    def run_import() -> None:
        with transaction.atomic():
            JobState.objects.filter(name="price").update(result=2)
            written.set()
            assert placed.wait(20)

    def buy() -> None:
        assert written.wait(20)
        with transaction.atomic():
            versions.hold()
            assert price.get() == 1
        placed.set()

    assert together([run_import, buy]) == [None, None]
    assert price.get() == 2


def test_who_writes_where_orders_count_takes_the_lock_first() -> None:
    """Buyers count in the row that staff change: taken last, the lock would be waited for by who holds the row."""
    watched_tables.watch("tests.prices", JobState, counters=("result",), placing=True)

    assert together([_count, _rename]) == [None, None]


def test_taken_last_the_lock_would_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    watched_tables.watch("tests.prices", JobState, counters=("result",), placing=True)
    monkeypatch.setattr(watched_tables.change_lock, "keep_out", lambda *_args: None)

    def rename() -> None:
        with transaction.atomic():
            JobState.objects.filter(name="price").update(error="renamed", result=5)
            time.sleep(0.3)
            change_lock._take(connection, exclusive=True)

    results = together([_count, rename])

    assert len([result for result in results if result is not None]) == 1


def _count() -> None:
    time.sleep(0.1)
    with transaction.atomic():
        versions.hold()
        time.sleep(0.1)
        JobState.objects.filter(name="price").update(result=7)


def _rename() -> None:
    with transaction.atomic():
        JobState.objects.filter(name="price").update(error="renamed", result=5)
        time.sleep(0.3)
