"""Shipments pack, leave, arrive and are cancelled; stock and order follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tradepost.core import jobs
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid, TransitionRefused
from tradepost.fulfilment import services
from tradepost.fulfilment.errors import NotShippable, TooManyUnits
from tradepost.fulfilment.models import Shipment, ShipmentLine
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders import services as orders
from tradepost.orders.models import Order, OrderEvent, OrderLine
from tradepost.orders.states import Sums
from tradepost.testing import factories

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


def paid(*quantities: int, on_hand: int = 9) -> tuple[Order, list[int]]:
    """A confirmed order of lines of 10.00, and the primary keys of its lines."""
    rows = [factories.line_row("10.00", q, variant=factories.variant(on_hand=on_hand)) for q in quantities]
    order = factories.pay(factories.order(*rows))
    return order, [line.pk for line in order.lines.all()]


def axes(order: Order) -> tuple[str, str]:
    """Status and fulfilment status as they are stored."""
    row = Order.objects.get(pk=order.pk)
    return row.status, row.fulfilment_status


def stock() -> list[tuple[int, int]]:
    """On hand and reserved of each level."""
    return list(StockLevel.objects.order_by("pk").values_list("on_hand", "reserved"))


def rows() -> list[Any]:
    """All that a refusal must leave as it was."""
    models = (Order, OrderLine, OrderEvent, Shipment, ShipmentLine, StockLevel, Reservation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_line_of_five_is_shipped_in_two_parts_and_not_in_three() -> None:
    """4, then 1: shipped. A sixth is refused and leaves no row."""
    order, [line] = paid(5)

    services.ship_now(order, {line: 4}, by=STAFF)
    assert axes(order) == ("processing", "partly_shipped")
    assert stock() == [(5, 1)]
    services.ship_now(order, {line: 1}, by=STAFF)
    assert axes(order) == ("processing", "shipped")
    before = rows()
    with pytest.raises(TooManyUnits) as refused:
        services.ship_now(order, {line: 1}, by=STAFF)

    assert refused.value.context == {"lines": {str(order.lines.get().uuid): 0}}
    assert rows() == before
    assert stock() == [(4, 0)]
    assert not Reservation.objects.exists()


def test_packed_units_can_not_be_packed_again() -> None:
    """3 of 5 are in a pending shipment: 3 more are refused, 2 are packed; unpacked ones are free again."""
    order, [line] = paid(5)
    first = services.create_shipment(order, {line: 3}, by=STAFF)
    before = rows()

    with pytest.raises(TooManyUnits):
        services.create_shipment(order, {line: 3}, by=STAFF)
    assert rows() == before
    services.create_shipment(order, {line: 2}, by=STAFF)
    assert services.left_to_ship(order) == {line: 0}
    services.cancel_shipment(first, by=STAFF)

    assert services.left_to_ship(order) == {line: 3}
    assert axes(order) == ("processing", "unfulfilled")
    assert stock() == [(9, 5)]


def test_the_first_shipment_starts_the_processing_once() -> None:
    """The customer can't cancel any more; the history has one such entry."""
    order, [line] = paid(2)

    services.create_shipment(order, {line: 1}, by=STAFF)
    services.create_shipment(order, {line: 1}, by=STAFF)

    assert OrderEvent.objects.filter(kind="start_processing").count() == 1
    with pytest.raises(TransitionRefused):
        orders.apply(order, "cancel", by=By(Actor.CUSTOMER))


def test_a_shipment_leaves_and_arrives_once() -> None:
    """Shipped and delivered twice each: units, stock and history change once."""
    order, [line] = paid(2)
    shipment = services.create_shipment(order, {line: 2}, by=STAFF, carrier="Post", tracking_number="123")

    for _ in range(2):
        shipment = services.ship(shipment, by=STAFF)
    for _ in range(2):
        shipment = services.deliver(shipment, by=STAFF)

    assert (shipment.status, shipment.shipped_at is None, shipment.delivered_at is None) == ("delivered", False, False)
    assert axes(order) == ("processing", "delivered")
    assert OrderLine.objects.values_list("shipped_quantity", "delivered_quantity").get() == (2, 2)
    assert stock() == [(7, 0)]
    assert list(OrderEvent.objects.values_list("kind", flat=True)) == [
        "place",
        "confirm",
        "start_processing",
        "ship",
        "deliver",
    ]


def test_what_has_not_left_does_not_arrive() -> None:
    """A pending shipment can't be delivered, a shipped one not be cancelled."""
    order, [line] = paid(1)
    shipment = services.create_shipment(order, {line: 1}, by=STAFF)

    with pytest.raises(TransitionRefused):
        services.deliver(shipment, by=STAFF)
    services.ship(shipment, by=STAFF)
    before = rows()
    with pytest.raises(TransitionRefused):
        services.cancel_shipment(shipment, by=STAFF)

    assert rows() == before


def test_an_unpaid_order_is_not_shipped() -> None:
    """Pending: refused, nothing written."""
    order = factories.order()
    before = rows()

    with pytest.raises(NotShippable) as refused:
        services.create_shipment(order, {order.lines.get().pk: 1}, by=STAFF)

    assert refused.value.context == {"reason": "wrong_state", "state": "pending"}
    assert rows() == before


def test_a_hold_blocks_packing_and_shipping() -> None:
    """Held before it is packed, and before it leaves; released, it goes."""
    order, [line] = paid(2)
    shipment = services.create_shipment(order, {line: 1}, by=STAFF)
    orders.hold(order, "fraud", by=STAFF)
    before = rows()

    for call in (
        lambda: services.ship(shipment, by=STAFF),
        lambda: services.create_shipment(order, {line: 1}, by=STAFF),
    ):
        with pytest.raises(NotShippable) as refused:
            call()
        assert refused.value.context == {"reason": "on_hold", "hold": "fraud"}
        assert rows() == before
    orders.release_hold(order, by=STAFF)

    assert services.ship(shipment, by=STAFF).status == "shipped"


def test_units_cancelled_since_they_were_packed_do_not_leave() -> None:
    """2 are packed, 1 of them is cancelled: the shipment is refused and stays pending."""
    order, [line] = paid(2)
    shipment = services.create_shipment(order, {line: 2}, by=STAFF)
    orders.cancel_units(order, {line: 1}, by=STAFF)
    before = rows()

    with pytest.raises(TooManyUnits):
        services.ship(shipment, by=STAFF)

    assert rows() == before


def test_a_cancelled_order_is_unpacked() -> None:
    """Its pending shipment is cancelled with it, and the stock is free again."""
    order, [line] = paid(2)
    shipment = services.create_shipment(order, {line: 2}, by=STAFF)

    orders.apply(order, "cancel", by=STAFF)

    assert Shipment.objects.get(pk=shipment.pk).status == "cancelled"
    assert stock() == [(9, 0)]


@pytest.mark.parametrize("quantity", [0, -1])
def test_less_than_a_unit_is_refused(quantity: int) -> None:
    """Nor no units at all, nor lines of another order."""
    order, [line] = paid(1)
    _other, [foreign] = paid(1)
    before = rows()

    for units in ({line: quantity}, {}, {foreign: 1}):
        with pytest.raises(Invalid):
            services.create_shipment(order, units, by=STAFF)

    assert rows() == before


def test_units_leave_from_the_location_of_the_shipment() -> None:
    """Reserved at the main location and sent from another one."""
    order, [line] = paid(1)
    far = factories.location("far")

    services.ship_now(order, {line: 1}, by=STAFF, location_id=far.pk)

    assert stock() == [(9, 0), (-1, 0)]


def test_a_shipped_and_paid_order_completes_after_a_while() -> None:
    """Not after 13 days, but after 14; one that was refunded too much doesn't."""
    order, [line] = paid(1)
    other, [its] = paid(1)
    for o, pk in ((order, line), (other, its)):
        services.ship_now(o, {pk: 1}, by=STAFF)
    orders.record_payments(other.pk, Sums(captured=other.total, refunded=other.total), unknown=0)
    now = clock.now()

    with clock.at(now + timedelta(days=13)):
        assert jobs.run("tradepost.fulfilment.complete") == 0
    with clock.at(now + timedelta(days=14, seconds=1)):
        assert jobs.run("tradepost.fulfilment.complete") == 1

    assert axes(order) == ("completed", "shipped")
    assert axes(other) == ("processing", "shipped")


@pytest.mark.parametrize("lines", [1, 20])
def test_shipping_costs_the_same_for_any_number_of_lines(django_assert_max_num_queries: Any, lines: int) -> None:
    """One shipment of all lines."""
    order, result = paid(*[1] * lines)
    shipment = services.create_shipment(order, dict.fromkeys(result, 1), by=SYSTEM)

    with django_assert_max_num_queries(22):
        services.ship(shipment, by=SYSTEM)


def test_packed_units_that_are_cancelled_leave_nothing_to_ship() -> None:
    """3 of 4 are packed and 2 called off: nothing is left, and not -1; the parcel can't leave with more than there is."""
    order, (line,) = paid(4)
    shipment = services.create_shipment(order, {line: 3}, by=STAFF)
    orders.cancel_units(order, {line: 2}, by=STAFF)

    assert services.left_to_ship(order) == {line: 0}
    for refused in (
        lambda: services.create_shipment(order, {line: 1}, by=STAFF),
        lambda: services.ship(shipment, by=STAFF),
    ):
        with pytest.raises(TooManyUnits) as refusal:
            refused()
        assert min(refusal.value.context["lines"].values()) >= 0
    assert Order.objects.get().fulfilment_status == "unfulfilled"
