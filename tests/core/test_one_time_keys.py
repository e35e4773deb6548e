"""Keys that are used once: what a key does a second time, what a refusal gives back, what a month forgets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tradepost.core import jobs, one_time_keys
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.errors import AlreadyDone, IdempotencyKeyReused, Invalid
from tradepost.core.models import OneTimeKey
from tradepost.fulfilment import services as fulfilment
from tradepost.fulfilment.models import Shipment
from tradepost.inventory import services as inventory
from tradepost.inventory.models import StockMovement
from tradepost.inventory.ports import Owner
from tradepost.orders import services as orders
from tradepost.orders.models import Credit, Order
from tradepost.promotions import services as promotions
from tradepost.promotions.models import Coupon
from tradepost.testing import factories, placed

pytestmark = pytest.mark.django_db


def test_units_arrive_once() -> None:
    """The same key again gives the level as it is now, and books nothing; without a key both are booked."""
    level = factories.stock(on_hand=1)

    for _call in range(2):
        again = inventory.receive(level.variant_id, level.location_id, 5, by=SYSTEM, idempotency_key="delivery 7")
    assert (again.on_hand, StockMovement.objects.count()) == (6, 1)

    inventory.receive(level.variant_id, level.location_id, 5, by=SYSTEM)
    assert inventory.receive(level.variant_id, level.location_id, 5, by=SYSTEM).on_hand == 16


def test_a_count_of_then_isnt_booked_over_what_came_since() -> None:
    """3 were counted, 5 arrived; the count that is sent again takes none of them away."""
    level = factories.stock(on_hand=9)
    place = level.location_id

    inventory.count_many({level.variant_id: 4}, place, by=SYSTEM, idempotency_key="k")
    inventory.count(level.variant_id, place, 3, by=SYSTEM, idempotency_key="k")
    inventory.receive(level.variant_id, place, 5, by=SYSTEM)
    again = inventory.count(level.variant_id, place, 3, by=SYSTEM, idempotency_key="k")

    assert again.on_hand == 8
    assert inventory.count_many({level.variant_id: 4}, place, by=SYSTEM, idempotency_key="k") == {level.variant_id}
    level.refresh_from_db()
    assert level.on_hand == 8


def test_units_leave_and_come_back_once() -> None:
    """7 of 9 after two left, whatever is sent again; 8 after one came back."""
    level = factories.stock(on_hand=9)
    cause = Owner("order", "7")

    for _call in range(2):
        inventory.ship(cause, {level.variant_id: 2}, idempotency_key="k")
        level.refresh_from_db()
        assert level.on_hand == 7
    for _call in range(2):
        inventory.take_back({level.variant_id: 1}, level.location_id, cause=cause, by=SYSTEM, idempotency_key="k")
    level.refresh_from_db()
    assert level.on_hand == 8


def test_an_order_is_credited_called_off_and_packed_once() -> None:
    """Each second call gives the first's row."""
    order = placed.pay(placed.order(placed.line_row("10.00", 4, variant=factories.variant(on_hand=9))))
    line = order.lines.get()

    def units() -> Credit:
        return orders.cancel_units(order, {line.pk: 1}, by=SYSTEM, idempotency_key="k")  # type: ignore[return-value]

    assert units().pk == units().pk
    for amount in ("2.5", "2.50"):
        orders.credit(order, Decimal(amount), by=SYSTEM, idempotency_key="k")
    shipments = [fulfilment.create_shipment(order, {line.pk: 2}, by=SYSTEM, idempotency_key="k") for _ in "12"]
    now = [fulfilment.ship_now(order, {line.pk: 1}, by=SYSTEM, idempotency_key="now") for _ in "12"]

    assert [credit.total for credit in Credit.objects.order_by("pk")] == [Decimal(10), Decimal("2.50")]
    assert Order.objects.get().credited == Decimal("12.50")
    assert (shipments[0], now[0]) == (shipments[1], now[1])
    assert Shipment.objects.count() == 2
    line.refresh_from_db()
    assert (line.cancelled_quantity, line.shipped_quantity) == (1, 1)


def test_a_batch_of_coupons_is_made_once() -> None:
    """The second call gives the same codes."""
    promotion = factories.promotion("spring")

    entries = [promotions.make_coupons(promotion, 3, batch="may", idempotency_key="k") for _ in "12"]

    assert [row.code for row in entries[0]] == [row.code for row in entries[1]]
    assert Coupon.objects.count() == 3


def test_a_key_stands_for_one_piece_of_work() -> None:
    """Other arguments are refused and change nothing; another service has keys of its own."""
    level = factories.stock(on_hand=0)
    inventory.receive(level.variant_id, level.location_id, 5, by=SYSTEM, idempotency_key="k")

    with pytest.raises(IdempotencyKeyReused):
        inventory.receive(level.variant_id, level.location_id, 6, by=SYSTEM, idempotency_key="k")
    for key in ("k" * 101, "\x00"):
        with pytest.raises(Invalid) as refusal:
            inventory.receive(level.variant_id, level.location_id, 5, by=SYSTEM, idempotency_key=key)
        assert refusal.value.context["attr"] == "idempotency_key"

    level.refresh_from_db()
    assert level.on_hand == 5
    assert inventory.count(level.variant_id, level.location_id, 2, by=SYSTEM, idempotency_key="k").on_hand == 2


def test_what_was_refused_may_be_sent_again() -> None:
    """The key of a refused call isn't used up."""
    level = factories.stock(on_hand=0)
    for units, is_refused in ((0, True), (4, False)):
        if is_refused:
            with pytest.raises(Invalid):
                inventory.receive(level.variant_id, level.location_id, units, by=SYSTEM, idempotency_key="k")
        else:
            inventory.receive(level.variant_id, level.location_id, units, by=SYSTEM, idempotency_key="k")

    level.refresh_from_db()
    assert level.on_hand == 4


def test_a_key_that_is_reserved_is_given_back_by_a_refusal_alone() -> None:
    """A refusal frees it; a crash leaves it used and unfinished; an end leaves it used."""
    with pytest.raises(Invalid), one_time_keys.reserve("form", "k"):
        raise Invalid("No.")
    assert not one_time_keys.is_used("form", "k")
    with pytest.raises(ZeroDivisionError), one_time_keys.reserve("form", "k"):
        raise ZeroDivisionError
    with pytest.raises(AlreadyDone) as refusal, one_time_keys.reserve("form", "k"):
        pytest.fail("it was done twice")
    assert refusal.value.context["finished"] is False
    with one_time_keys.reserve("form", "other"):
        pass
    with pytest.raises(AlreadyDone) as refusal:
        one_time_keys.use("form", "other")
    assert refusal.value.context["finished"] is True


def test_keys_are_forgotten_after_a_month() -> None:
    """By a job, and no sooner."""
    now = clock.now()
    for days in (29, 31):
        OneTimeKey.objects.create(action="form", key=str(days), used_at=now - timedelta(days=days))

    assert jobs.run("tradepost.forget_one_time_keys") == 1
    assert OneTimeKey.objects.get().key == "29"
