"""Stock under races, on PostgreSQL; each race has a control that shows it when the lock, or its order, is taken away."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Model

from tests.locks import take_locks_away
from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.inventory import services
from tradepost.inventory.allocators import ByPriority
from tradepost.inventory.models import Reservation, StockLevel, StockMovement
from tradepost.inventory.ports import Owner, Plan
from tradepost.inventory.services import corrections, stock
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.testing import factories
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


class Slow(ByPriority):
    """Takes its time between what was read and what is written, so that every race happens."""

    def allocate(self, demand: Any, levels: Any) -> Plan:
        time.sleep(0.2)
        return super().allocate(demand, levels)


@pytest.fixture(autouse=True)
def _slowly(settings: Any) -> None:
    settings.TRADEPOST_INVENTORY = {"ALLOCATOR": f"{__name__}.Slow"}


@db.durable
def place(variant: Variant) -> Order:
    """The work of a checkout: an order, and its stock."""
    order = orders.create(factories.draft(factories.line_row(variant=variant)))
    services.reserve({variant.pk: 1}, owner=Owner("order", str(order.pk)))
    return order  # type: ignore[return-value]


def outcome(results: list[Any]) -> Counter[str]:
    """How often what came out; an error by its code."""
    return Counter(getattr(result, "code", type(result).__name__) for result in results)


def test_the_last_unit_is_sold_once() -> None:
    """Stock 1, five at once: one order, four ``out_of_stock``, reserved 1."""
    variant = factories.variant(on_hand=1)

    results = together([partial(place, variant)] * 5)

    assert outcome(results) == {"Order": 1, "out_of_stock": 4}
    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (1, 1)
    assert (Order.objects.count(), Reservation.objects.count(), StockMovement.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("use", [services.reserve, services.ship])
def test_who_takes_units_keeps_nobody_from_others_at_the_same_location(use: Any) -> None:
    """The control: MariaDB locks what a query joins, for it can't be told what to lock, and an order writes keys of locations."""
    first, other = factories.variant(on_hand=1), factories.variant(on_hand=2)
    take = partial(use, owner=Owner("test", "1"))

    def take_other() -> None:
        if connection.vendor == "mysql":
            with connection.cursor() as cursor:
                cursor.execute("SET innodb_lock_wait_timeout = 1")
        services.reserve({other.pk: 1}, owner=Owner("test", "2"))

    with transaction.atomic():
        take(**{"quantities" if use is services.reserve else "units": {first.pk: 1}})
        assert together([take_other]) == [None]
    services.release(Owner("test", "2"))
    with transaction.atomic():
        list(StockLevel.objects.filter(variant=first, location__is_active=True).locked())
        [result] = together([take_other])
    assert isinstance(result, OperationalError) is (connection.vendor == "mysql")


def test_the_last_unit_is_held_once() -> None:
    """By the lock of the stock alone: orders wait for each other's number, too, which would hide that it is missing."""
    variant = factories.variant(on_hand=1)

    results = together([partial(reserve, number, [variant]) for number in range(5)])

    assert outcome(results) == {"NoneType": 1, "out_of_stock": 4}
    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (1, 1)
    assert (Reservation.objects.count(), StockMovement.objects.count()) == (1, 1)


def test_without_the_lock_the_last_unit_is_sold_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: reading without a lock lets several see the last unit."""
    variant = factories.variant(on_hand=1)
    take_locks_away(monkeypatch)

    together([partial(reserve, number, [variant]) for number in range(5)])

    assert StockLevel.objects.get().reserved > 1


def reserve(number: int, variants: list[Variant]) -> None:
    """One owner's reservation of a unit of each variant, named in this order."""
    services.reserve({variant.pk: 1 for variant in variants}, owner=Owner("order", str(number)))


def test_orders_of_two_things_in_opposite_order_do_not_wait_for_each_other() -> None:
    """Four orders of {A, B}, two of them the other way round: no deadlock, reserved 4 and 4."""
    a, b = factories.variant(on_hand=9), factories.variant(on_hand=9)

    results = together([partial(reserve, number, [a, b] if number % 2 else [b, a]) for number in range(4)])

    assert results == [None] * 4
    assert list(StockLevel.objects.values_list("reserved", flat=True)) == [4, 4]


def test_locking_in_the_order_of_the_lines_would_deadlock() -> None:
    """The control: who locks A and then B meets who locks B and then A."""
    a, b = factories.variant(on_hand=9), factories.variant(on_hand=9)

    def one_by_one(number: int, variants: list[Variant]) -> None:
        with transaction.atomic():
            for variant in variants:
                reserve(number, [variant])

    results = together([partial(one_by_one, 1, [a, b]), partial(one_by_one, 2, [b, a])])

    assert [type(result) for result in results if result] == [OperationalError]


def test_a_reservation_is_released_once() -> None:
    """Five releases at once give the units back once."""
    variant, owner = factories.variant(on_hand=5), Owner("order", "1")
    services.reserve({variant.pk: 2}, owner=owner)

    assert together([partial(services.release, owner)] * 5) == [None] * 5

    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (5, 0)
    assert list(StockMovement.objects.values_list("kind", flat=True)) == ["released", "reserved"]


def test_without_the_lock_a_reservation_is_released_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: units that somebody else holds are given away."""
    variant, owner = factories.variant(on_hand=5), Owner("order", "1")
    services.reserve({variant.pk: 2}, owner=owner)
    services.reserve({variant.pk: 3}, owner=Owner("order", "2"))
    both_have_read = threading.Barrier(2)

    def wait(held: Any, taken: Any) -> None:
        both_have_read.wait(timeout=10)
        lower(held, taken)

    lower = stock.lower
    take_locks_away(monkeypatch)
    monkeypatch.setattr(stock, "lower", wait)

    together([partial(services.release, owner)] * 2)

    assert StockLevel.objects.get().reserved == 1
    assert StockMovement.objects.filter(kind="released").count() == 2


def test_a_delivery_and_a_sale_at_once_are_both_booked() -> None:
    """Updates are relative: 4 deliveries of 5 and 4 reservations leave 25 and 4."""
    variant, place_id = factories.variant(on_hand=5), factories.location().pk
    calls = [partial(services.receive, variant.pk, place_id, 5, by=SYSTEM)] * 4
    calls += [partial(reserve, number, [variant]) for number in range(4)]  # type: ignore[misc]

    together(calls)

    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (25, 4)


def test_a_level_is_made_once_by_many_deliveries() -> None:
    """Five first deliveries at once: one level of 5."""
    variant, place_id = factories.variant(), factories.location().pk

    together([partial(services.receive, variant.pk, place_id, 1, by=SYSTEM)] * 5)

    assert StockLevel.objects.get().on_hand == 5


def test_a_limit_that_is_changed_while_an_order_is_placed_loses_no_unit() -> None:
    """The form has read the level, and waits for its row until the order has reserved 2."""
    variant = factories.variant(on_hand=5)

    assert together([partial(_sell_slowly, variant), _change_limit]) == [None, None]

    assert StockLevel.objects.values_list("reserved", "backorder_limit").get() == (2, 3)


def test_a_form_that_saved_all_columns_would_lose_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    variant = factories.variant(on_hand=5)
    monkeypatch.setattr(StockLevel, "save", Model.save)

    together([partial(_sell_slowly, variant), _change_limit])

    assert StockLevel.objects.get().reserved == 0


def _sell_slowly(variant: Variant) -> None:
    with transaction.atomic():
        services.reserve({variant.pk: 2}, owner=Owner("order", "1"))
        time.sleep(0.6)


def _change_limit() -> None:
    time.sleep(0.4)  # the order has written, and hasn't committed
    level = StockLevel.objects.get()
    level.backorder_limit = 3
    level.save()


def test_broken_units_are_booked_once() -> None:
    """One on hand, five who book it as broken: four are told that there is none."""
    level = factories.stock(on_hand=1)

    results = together([partial(services.adjust, level.variant_id, level.location_id, -1, by=SYSTEM)] * 5)

    assert outcome(results) == {"StockLevel": 1, "invalid": 4}
    assert StockLevel.objects.get().on_hand == 0


def test_units_are_moved_once() -> None:
    """Three on hand, five who carry two of them away; nobody waits for who carries some back."""
    level = factories.stock(on_hand=3)
    shop = factories.location("shop")

    results = together([partial(carry, level, shop.pk)] * 5)

    assert outcome(results) == {"list": 1, "out_of_stock": 4}
    assert sorted(StockLevel.objects.values_list("on_hand", flat=True)) == [1, 2]


def test_without_the_lock_more_is_moved_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: several see the same units. Each has a target of its own, whose row nobody else waits for."""
    level = factories.stock(on_hand=3)
    targets = [factories.stock(level.variant, location=factories.location(f"shop-{number}")) for number in range(3)]
    take_locks_away(monkeypatch)
    all_have_read = threading.Barrier(3)

    def wait(*args: Any, **kwargs: Any) -> None:
        all_have_read.wait(timeout=10)
        book(*args, **kwargs)

    book = corrections.book
    monkeypatch.setattr(corrections, "book", wait)

    together([partial(carry, level, target.location_id) for target in targets])

    assert StockLevel.objects.get(pk=level.pk).on_hand < 0


def carry(level: StockLevel, target: int) -> Any:
    """Two units of a level to another location."""
    return services.move({level.variant_id: 2}, level.location_id, target, by=SYSTEM)
