"""A state of the project's own lives to the end of an order, as it says of itself; nothing compares it with lists of ours."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import TransitionRefused
from tradepost.fulfilment import jobs as fulfilment_jobs
from tradepost.fulfilment import services as fulfilment
from tradepost.fulfilment.errors import NotShippable
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders import reports, services
from tradepost.orders.errors import OrderNotOpen
from tradepost.orders.models import Credit, Order
from tradepost.orders.order_history import EarlierOrders
from tradepost.orders.states import Allows, End, Sums
from tradepost.testing import factories, frozen, placed

pytestmark = [pytest.mark.replaced, pytest.mark.django_db]
STAFF, CUSTOMER = By(Actor.STAFF, label="anna"), By(Actor.CUSTOMER)


def placed_order(units: int = 4) -> Order:
    return placed.order(placed.line_row("10.00", units, variant=factories.variant(on_hand=9)), email="a@example.com")


def checked(units: int = 4) -> Order:
    """Paid, and in the project's own state."""
    return services.apply(placed.pay(placed_order(units)), "check_twice", by=STAFF)


def stock() -> tuple[int, int]:
    level = StockLevel.objects.get()
    return level.on_hand, level.reserved


def test_an_order_in_an_own_state_is_cancelled_in_part_shipped_and_completed(admin_client: Any) -> None:
    """One of four is called off, three leave, and the timer completes it; it never was in another state of ours."""
    order = checked()
    line = order.lines.get()
    page = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk])).content.decode()
    assert "Pack a shipment" in page
    assert "Cancel units" in page

    assert services.cancel_units(order, {line.pk: 1}, by=STAFF).total == Decimal(10)
    fulfilment.ship_now(order, {line.pk: 3}, by=STAFF)
    placed_again = Order.objects.get()
    assert (placed_again.status, placed_again.fulfilment_status) == ("checked", "shipped")
    assert stock() == (6, 0)

    services.record_payments(order.pk, Sums(captured=Decimal(30), secured=Decimal(30)), unknown=0)
    with frozen(clock.now() + timedelta(days=60)):
        assert fulfilment_jobs.complete_orders() == 1
    done = Order.objects.get()
    assert (done.status, done.completed_at is not None) == ("completed", True)
    assert list(done.events.filter(kind="complete").values_list("from_state", "to_state")) == [("checked", "completed")]


def test_staff_cancel_it_and_its_customer_does_not() -> None:
    """As the state says: stock and money come back."""
    order = checked()
    with pytest.raises(TransitionRefused):
        services.apply(order, "cancel", by=CUSTOMER)
    assert stock() == (9, 4)

    services.apply(order, "cancel", by=STAFF)
    assert (Order.objects.get().status, Credit.objects.get().total, stock()) == ("cancelled", Decimal(40), (9, 0))


def test_a_state_that_awaits_payment_is_paid_or_expires() -> None:
    """Quoted orders are confirmed by money, and end by the clock, as pending ones do."""
    paid, unpaid = (services.apply(placed_order(), "quote", by=STAFF) for _ in "12")
    assert set(Order.objects.that("awaits_payment")) == {paid, unpaid}
    with pytest.raises(NotShippable):
        fulfilment.create_shipment(paid, {paid.lines.get().pk: 1}, by=STAFF)
    with pytest.raises(OrderNotOpen):
        services.cancel_units(paid, {paid.lines.get().pk: 1}, by=STAFF)

    services.record_payments(paid.pk, Sums(captured=Decimal(40), secured=Decimal(40)), unknown=0)
    assert services.apply(paid, "confirm", by=SYSTEM).status == "confirmed"

    Order.objects.filter(pk=unpaid.pk).update(expires_at=clock.now() - timedelta(minutes=1))
    assert list(Order.objects.overdue(clock.now())) == [unpaid]
    assert services.apply(unpaid, "expire", by=SYSTEM).status == "expired"
    assert Reservation.objects.filter(owner_key=str(unpaid.pk)).count() == 0


def test_an_end_of_the_projects_own_gives_all_back() -> None:
    """Rejected is an end like cancelled: credited, released, nothing due, no sale, and no order that was made before."""
    order = checked()

    order = services.apply(order, "reject", by=STAFF)

    assert (order.status, order.due, order.payment_status) == ("rejected", Decimal(0), "overpaid")
    assert (order.stage, order.cancelled_at is not None) == ("refund_due", True)
    services.record_payments(order.pk, Sums(captured=Decimal(40), refunded=Decimal(40)), unknown=0)
    assert (Order.objects.get().stage, Order.objects.get().get_status_display()) == ("refunded", "Rejected")
    assert Credit.objects.get().total == Decimal(40)
    assert stock() == (9, 0)
    assert not EarlierOrders().earlier(None, "a@example.com").exists()
    today = clock.now().date()
    assert reports.sales(today, today).orders == 0
    with pytest.raises(OrderNotOpen):
        services.cancel_units(order, {order.lines.get().pk: 1}, by=STAFF)


def test_states_say_what_they_allow() -> None:
    """The declaration stands beside the transition, and everybody reads it from the order."""
    assert Order(status="checked").allows == Allows(
        can_ship=True, can_cancel_units=True, can_cancel=True, can_complete=True
    )
    assert Order(status="rejected").allows.end is End.CANCELLED
    assert Order(status="pending").allows.awaits_payment
    assert Order(status="unheard of").allows == Allows()
