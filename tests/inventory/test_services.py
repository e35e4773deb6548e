"""Stock is promised, given back, sent, received and counted, and every change leaves a movement."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Sum

from tradepost.catalogue.models import Variant
from tradepost.core import events
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid, Misused
from tradepost.inventory import services
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.events import LowStock, StockChanged
from tradepost.inventory.models import Reservation, StockLevel, StockMovement
from tradepost.inventory.ports import Allocation, Level, Owner, Plan
from tradepost.testing import factories

pytestmark = pytest.mark.django_db
ORDER = Owner("order", "1")
STAFF = By(Actor.STAFF, label="anna")


def state() -> tuple[list[tuple[int, int, int, int]], int, int]:
    """All levels, and how many reservations and movements there are."""
    levels = StockLevel.objects.order_by("pk").values_list("variant_id", "location_id", "on_hand", "reserved")
    return list(levels), Reservation.objects.count(), StockMovement.objects.count()


def level(variant: Variant, location: str = "main") -> tuple[int, int]:
    """On hand and reserved."""
    row = StockLevel.objects.get(variant=variant, location__code=location)
    return row.on_hand, row.reserved


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[events.Event]:
    """Events that the inventory publishes while the test runs."""
    entries: list[events.Event] = []
    for event in (StockChanged, LowStock):
        events.subscribe(event, entries.append, when="within", name="tests.told")
    yield entries  # type: ignore[misc]
    for event in (StockChanged, LowStock):
        events.unsubscribe(event, "tests.told")


def test_what_others_hold_is_not_granted_again() -> None:
    """On hand 7, 4 reserved for orders and 2 by another basket: 2 are refused and nothing is written, 1 is granted."""
    variant = factories.variant(on_hand=7)
    services.reserve({variant.pk: 4}, owner=ORDER)
    services.reserve({variant.pk: 2}, owner=Owner("basket", "9"))
    before = state()

    with pytest.raises(OutOfStock) as refused:
        services.reserve({variant.pk: 2}, owner=Owner("order", "2"))

    assert refused.value.context == {"short": {variant.pk: 1}}
    assert state() == before
    services.reserve({variant.pk: 1}, owner=Owner("order", "2"))
    assert level(variant) == (7, 7)


def test_short_variants_are_reported_together_and_nothing_is_kept() -> None:
    """Of three variants two are short: both are named with what is left, and the third isn't reserved."""
    a, b, c = (factories.variant(on_hand=units) for units in (1, 5, 0))
    before = state()

    with pytest.raises(OutOfStock) as refused:
        services.reserve({a.pk: 2, b.pk: 5, c.pk: 1}, owner=ORDER)

    assert refused.value.context == {"short": {a.pk: 1, c.pk: 0}}
    assert state() == before


def test_a_backorder_limit_may_be_promised_and_not_more() -> None:
    """2 on the shelf and 3 on backorder: 5 are granted, a sixth isn't."""
    variant = factories.variant()
    factories.stock(variant, on_hand=2, backorder_limit=3)
    services.reserve({variant.pk: 5}, owner=ORDER)

    with pytest.raises(OutOfStock) as refused:
        services.reserve({variant.pk: 1}, owner=Owner("order", "2"))

    assert refused.value.context == {"short": {variant.pk: 0}}
    assert level(variant) == (2, 5)


def test_a_line_comes_from_one_place_where_one_can_serve_it() -> None:
    """The first location has 2 and the second 5: 4 come from the second, and then 3 from both."""
    variant = factories.variant(on_hand=2)
    factories.stock(variant, on_hand=5, location=factories.location("far", priority=1))

    services.reserve({variant.pk: 4}, owner=ORDER)
    assert (level(variant), level(variant, "far")) == ((2, 0), (5, 4))
    services.reserve({variant.pk: 3}, owner=Owner("order", "2"))

    assert (level(variant), level(variant, "far")) == ((2, 2), (5, 5))


def test_a_closed_location_serves_nobody() -> None:
    """Units at an inactive location are neither available nor granted."""
    variant = factories.variant()
    factories.stock(variant, on_hand=5, location=factories.location("closed", is_active=False))

    assert services.available([variant.pk]) == {variant.pk: 0}
    with pytest.raises(OutOfStock):
        services.reserve({variant.pk: 1}, owner=ORDER)


def test_a_release_gives_back_once() -> None:
    """Released twice, four units are back once, with one movement."""
    variant = factories.variant(on_hand=7)
    services.reserve({variant.pk: 4}, owner=ORDER)

    services.release(ORDER)
    after = state()
    services.release(ORDER)

    assert level(variant) == (7, 0)
    assert state() == after == ([(variant.pk, factories.location().pk, 7, 0)], 0, 2)


def test_part_of_a_reservation_is_released() -> None:
    """3 of 4 units over two locations: the rest is still held, and its sum is what is reserved."""
    variant = factories.variant(on_hand=2)
    factories.stock(variant, on_hand=2, location=factories.location("far", priority=1))
    services.reserve({variant.pk: 4}, owner=ORDER)

    services.release(ORDER, {variant.pk: 3})

    assert (level(variant), level(variant, "far")) == ((2, 0), (2, 1))
    assert Reservation.objects.aggregate(held=Sum("quantity"))["held"] == 1


def test_what_is_kept_does_not_expire() -> None:
    """A reservation loses its expiry when its order is paid."""
    variant = factories.variant(on_hand=1)
    services.reserve({variant.pk: 1}, owner=ORDER, expires_at=clock.now())

    services.keep(ORDER)

    assert Reservation.objects.get().expires_at is None


def test_shipped_units_leave_the_shelf_and_the_reservation() -> None:
    """4 of 5 reserved units leave, then the last: nothing is on hand or reserved any more."""
    variant = factories.variant(on_hand=6)
    services.reserve({variant.pk: 5}, owner=ORDER)

    services.ship(ORDER, {variant.pk: 4}, by=STAFF)
    assert level(variant) == (2, 1)
    services.ship(ORDER, {variant.pk: 1}, by=STAFF)

    assert level(variant) == (1, 0)
    assert not Reservation.objects.exists()
    assert list(
        StockMovement.objects.filter(kind="shipped").values_list("on_hand_delta", "reserved_delta", "actor")
    ) == [
        (-1, -1, "anna"),
        (-4, -4, "anna"),
    ]


def test_units_may_leave_from_another_place_than_they_were_held_at() -> None:
    """Held at the main location and sent from another one: the promise ends here, the units are missing there."""
    variant = factories.variant(on_hand=3)
    services.reserve({variant.pk: 2}, owner=ORDER)

    services.ship(ORDER, {variant.pk: 2}, location_id=factories.location("far").pk)

    assert (level(variant), level(variant, "far")) == ((3, 0), (-2, 0))


def test_what_was_never_held_leaves_the_shelf_all_the_same() -> None:
    """Stock that was tracked only after the sale: what left is booked. A variant without levels is passed over."""
    tracked, free = factories.variant(on_hand=3), factories.variant()

    services.ship(ORDER, {tracked.pk: 2, free.pk: 1})

    assert level(tracked) == (1, 0)
    assert not StockLevel.objects.filter(variant=free).exists()


def test_returned_units_are_put_where_they_came_in() -> None:
    """A level is made at a location that had none; the movement names the cause."""
    a, b = factories.variant(on_hand=1), factories.variant()

    services.take_back({a.pk: 2, b.pk: 1}, factories.location().pk, cause=ORDER, by=STAFF)

    assert (level(a), level(b)) == ((3, 0), (1, 0))
    assert set(StockMovement.objects.values_list("kind", "cause_kind", "cause_key")) == {("returned", "order", "1")}


def test_returned_units_are_taken_back_once() -> None:
    """The same key again books nothing more; another one does."""
    variant, place = factories.variant(on_hand=1), factories.location().pk

    for key in ("r-1", "r-1", "r-2"):
        services.take_back({variant.pk: 2}, place, cause=ORDER, by=STAFF, idempotency_key=key)

    assert level(variant) == (5, 0)
    assert StockMovement.objects.filter(kind="returned").count() == 2


def test_what_arrives_is_received() -> None:
    """10 units arrive where there was no level; a quantity below one is refused."""
    variant, place = factories.variant(), factories.location()

    services.receive(variant.pk, place.pk, 10, by=STAFF, note="delivery 7")
    after = state()

    assert level(variant) == (10, 0)
    with pytest.raises(Invalid):
        services.receive(variant.pk, place.pk, 0, by=STAFF)
    assert state() == after


def test_a_count_below_what_is_promised_is_booked_and_told(published: list[events.Event]) -> None:
    """A count finds 3 where 4 are reserved: on hand 3, available −1, and staff are told."""
    variant = factories.variant(on_hand=4)
    services.reserve({variant.pk: 4}, owner=ORDER)
    published.clear()

    counted = services.count(variant.pk, factories.location().pk, 3, by=STAFF)

    assert level(variant) == (3, 4)
    assert (counted.available, counted.sellable) == (-1, 0)
    assert published == [StockChanged([variant.pk]), LowStock(variant.pk, factories.location().pk, -1)]
    assert StockLevel.objects.low().get() == counted


def test_a_count_that_finds_what_is_booked_writes_nothing() -> None:
    """No movement for no difference; less than nothing can't be counted."""
    variant = factories.variant(on_hand=4)
    before = state()

    services.count(variant.pk, factories.location().pk, 4, by=STAFF)

    with pytest.raises(Invalid):
        services.count(variant.pk, factories.location().pk, -1, by=STAFF)
    assert state() == before


def test_low_stock_is_told_once_when_the_threshold_is_crossed(published: list[events.Event]) -> None:
    """Threshold 2: from 4 to 3 nothing, to 2 once, to 1 not again; after a delivery it is told anew."""
    variant = factories.variant()
    place = factories.stock(variant, on_hand=4, low_stock_at=2).location_id
    low = LowStock(variant.pk, place, 2)

    for number in range(3):
        services.reserve({variant.pk: 1}, owner=Owner("order", str(number)))
    assert [event for event in published if isinstance(event, LowStock)] == [low]
    services.receive(variant.pk, place, 5, by=SYSTEM)
    services.reserve({variant.pk: 4}, owner=Owner("order", "9"))

    assert [event for event in published if isinstance(event, LowStock)] == [low, low]


def test_the_sums_of_movements_are_the_level() -> None:
    """After all kinds of changes both deltas add up to the level."""
    variant, place = factories.variant(), factories.location().pk
    services.receive(variant.pk, place, 9, by=SYSTEM)
    services.reserve({variant.pk: 5}, owner=ORDER)
    services.release(ORDER, {variant.pk: 1})
    services.ship(ORDER, {variant.pk: 3})
    services.take_back({variant.pk: 1}, place, cause=ORDER, by=SYSTEM)
    services.count(variant.pk, place, 5, by=SYSTEM)

    sums = StockMovement.objects.aggregate(on_hand=Sum("on_hand_delta"), reserved=Sum("reserved_delta"))
    assert (sums["on_hand"], sums["reserved"]) == level(variant) == (5, 1)


@pytest.mark.parametrize("quantity", [0, -1])
def test_less_than_one_unit_is_not_reserved(quantity: int) -> None:
    """A quantity below one is refused before anything is read."""
    variant = factories.variant(on_hand=5)
    before = state()

    with pytest.raises(Invalid):
        services.reserve({variant.pk: quantity}, owner=ORDER)

    assert state() == before


def test_looking_reports_what_is_short() -> None:
    """Without a lock: only the short ones, with what is left."""
    a, b = factories.variant(on_hand=1), factories.variant(on_hand=9)

    assert services.look({a.pk: 2, b.pk: 9}) == {a.pk: 1}


@pytest.mark.parametrize("lines", [1, 30])
def test_reserving_costs_the_same_for_any_number_of_variants(django_assert_num_queries: Any, lines: int) -> None:
    """Lock, reservations, levels, movements: four statements."""
    variants = [factories.variant(on_hand=2) for _ in range(lines)]

    with django_assert_num_queries(6):  # with the savepoint of the TestCase
        services.reserve({variant.pk: 1 for variant in variants}, owner=ORDER)


class Greedy:
    """An allocator that promises what isn't there."""

    def allocate(self, demand: Any, levels: Any) -> Plan:
        level: Level = levels[0]
        return Plan([Allocation(v, level.location_id, quantity) for v, quantity in demand.items()], {})


def test_an_allocator_that_oversells_is_refused(settings: Any) -> None:
    """No replacement can promise more than there is."""
    settings.TRADEPOST_INVENTORY = {"ALLOCATOR": f"{__name__}.Greedy"}
    variant = factories.variant(on_hand=1)
    before = state()

    with pytest.raises(Misused):
        services.reserve({variant.pk: 2}, owner=ORDER)

    assert state() == before


def test_a_level_that_is_saved_keeps_its_units() -> None:
    """A limit is changed by a form that was opened before an order: 4 of 7 stay reserved, and 5 that arrived stay there."""
    variant = factories.variant(on_hand=7)
    opened = StockLevel.objects.get()
    services.reserve({variant.pk: 4}, owner=ORDER)
    services.receive(variant.pk, opened.location_id, 5, by=STAFF)

    opened.backorder_limit, opened.on_hand = 2, 99
    opened.save()

    assert level(variant) == (12, 4)
    assert StockLevel.objects.get().backorder_limit == 2
