"""Transitions under races, on PostgreSQL, with a control that shows the race when the lock is taken away."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from tests.locks import take_locks_away
from tradepost.core import fsm
from tradepost.core.actors import Actor, By
from tradepost.core.db import sequences
from tradepost.core.models import Sequence
from tradepost.inventory.models import StockLevel
from tradepost.orders import services
from tradepost.orders.errors import TooManyUnits
from tradepost.orders.models import Credit, Order, OrderEvent
from tradepost.orders.services import credits, transitions
from tradepost.orders.states import Sums
from tradepost.testing import factories
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STAFF = By(Actor.STAFF, label="anna")


@pytest.fixture(autouse=True)
def _slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take time between what was read and what is written, so that every race happens."""

    def fire(*args: Any, **kwargs: Any) -> bool:
        time.sleep(0.2)
        return fsm.fire(*args, **kwargs)

    monkeypatch.setattr(transitions, "fire", fire)


def covered() -> Order:
    """A pending order that may be confirmed as well as cancelled."""
    order = factories.order(factories.line_row(variant=factories.variant(on_hand=5)))
    services.record_payments(order.pk, Sums(captured=order.total, secured=order.total), unknown=0)
    return order


def process_and_cancel(order: Order) -> list[Any]:
    """Staff start to pack while the customer cancels."""
    return together(
        [
            partial(services.apply, order, "start_processing", by=STAFF),
            partial(services.apply, order, "cancel", by=By(Actor.CUSTOMER)),
        ]
    )


def test_of_two_transitions_from_one_state_one_wins() -> None:
    """Whoever is first; the other is refused, and the stock is held or given back accordingly."""
    order = factories.pay(covered())

    results = process_and_cancel(order)

    codes = [getattr(result, "code", "") for result in results]
    assert sorted(codes) == ["", "transition_refused"]
    status = Order.objects.get().status
    assert status == ("processing" if codes[0] == "" else "cancelled")
    assert OrderEvent.objects.filter(from_state="confirmed").count() == 1
    assert StockLevel.objects.get().reserved == (1 if status == "processing" else 0)


def test_without_the_lock_both_transitions_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read the same state, and both write."""
    order = factories.pay(covered())
    take_locks_away(monkeypatch)

    process_and_cancel(order)

    assert OrderEvent.objects.filter(from_state="confirmed").count() == 2


def test_the_same_transition_at_once_is_made_once() -> None:
    """Five cancels: one row in the history, one credit, the stock is given back once."""
    order = covered()

    results = together([partial(services.apply, order, "cancel", by=STAFF)] * 5)

    assert [type(result) for result in results] == [Order] * 5
    assert OrderEvent.objects.filter(kind="cancel").count() == 1
    assert (Credit.objects.count(), Order.objects.get().credited) == (1, order.total)
    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (5, 0)


def test_units_are_cancelled_once() -> None:
    """A line of 3, five times one unit at once: three credits of 10.00, two refusals."""
    order = factories.order(factories.line_row("10.00", 3))
    line = order.lines.get()

    results = together([partial(services.cancel_units, order, {line.pk: 1}, by=STAFF)] * 5)

    assert sorted(type(result).__name__ for result in results) == ["Credit"] * 3 + [TooManyUnits.__name__] * 2
    assert Order.objects.get().credited == 30


@pytest.mark.postgres
def test_without_the_lock_a_cancelled_unit_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: two credits are written, and the order remembers one of them. MariaDB ends one of the two itself."""
    order = factories.order(factories.line_row("10.00", 3))
    line = order.lines.get()
    both_have_read = threading.Barrier(2)

    def wait(*args: Any, **kwargs: Any) -> Any:
        both_have_read.wait(timeout=10)
        return lines(*args, **kwargs)

    lines = credits._lines
    take_locks_away(monkeypatch)
    monkeypatch.setattr(credits, "_lines", wait)

    together([partial(services.cancel_units, order, {line.pk: 1}, by=STAFF)] * 2)

    assert (Credit.objects.count(), Order.objects.get().credited) == (2, 10)


def test_numbers_are_unique_under_load() -> None:
    """Six orders at once, the first ones of a shop: six numbers in a row."""
    together([partial(services.create, factories.draft()) for _ in range(6)])

    assert sorted(Order.objects.values_list("number", flat=True)) == [str(10001 + n) for n in range(6)]


def test_without_the_lock_two_orders_get_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: who reads the count before writing it is refused by the database, which no customer should see."""
    factories.order()
    both_have_read = threading.Barrier(2)

    def count_without_a_lock(name: str) -> int:
        row = Sequence.objects.get(name=name)
        both_have_read.wait(timeout=10)
        row.value += 1
        row.save(update_fields=["value"])
        return int(row.value)

    monkeypatch.setattr(sequences, "_count_on", count_without_a_lock)

    results = together([partial(services.create, factories.draft()) for _ in range(2)])

    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [IntegrityError]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["10001", "10002"]
