"""The display status of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.fulfilment import services as fulfilment
from tradepost.orders import services
from tradepost.orders.history_entries import history
from tradepost.orders.models import Order, OrderEvent
from tradepost.orders.states import Sums
from tradepost.orders.states.display_status import stage_label
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


def fresh(order: Any) -> Order:
    """As it is stored now."""
    return Order.objects.get(pk=order.pk)


def paid_order(*quantities: int) -> Order:
    """Of lines of 10.00 a unit, paid and confirmed."""
    return make.pay(make.order(*(make.line_row("10.00", number) for number in quantities)))


def send(order: Order, units: int) -> Any:
    """So many units of the first line leave in a parcel."""
    return fulfilment.ship_now(order, {order.lines.all()[0].pk: units}, by=STAFF)


def test_a_part_that_left_is_a_part() -> None:
    """Shipped, delivered and returned each have their part; the whole is called so when it is whole."""
    order = paid_order(3)

    first = send(order, 1)
    assert (fresh(order).stage, stage_label(fresh(order))) == ("partly_shipped", "Partly shipped")
    fulfilment.deliver(first, by=STAFF)
    assert (fresh(order).stage, stage_label(fresh(order))) == ("partly_delivered", "Partly delivered")
    rest = send(order, 2)
    assert fresh(order).stage == "partly_delivered"
    fulfilment.deliver(rest, by=STAFF)
    assert fresh(order).stage == "delivered"
    line = order.lines.get()
    services.record_fulfilment(order.pk, {line.pk: (3, 3, 1)})
    assert (fresh(order).stage, stage_label(fresh(order))) == ("partly_returned", "Partly returned")


def test_what_is_paid_stays_paid_when_a_part_is_given_back() -> None:
    """A refund of 4.00 with its credit: the customer owes nothing."""
    order = paid_order(3)
    services.credit(order, Decimal(4), by=STAFF)

    services.record_payments(order.pk, Sums(captured=Decimal(30), refunded=Decimal(4), secured=Decimal(30)), unknown=0)

    assert (fresh(order).payment_status, fresh(order).stage) == ("partly_refunded", "paid")


def test_an_order_without_a_unit_left_waits_for_nothing() -> None:
    """One unit left is an order."""
    order = make.order(make.line_row("10.00", 2), make.line_row("10.00", 1))
    first, second = order.lines.all()

    services.cancel_units(order, {first.pk: 2}, by=STAFF)
    assert fresh(order).stage == "awaiting_payment"
    services.cancel_units(order, {second.pk: 1}, by=STAFF)

    assert (fresh(order).status, fresh(order).stage) == ("pending", "cancelled")


def test_a_goodwill_of_all_that_it_costs_calls_nothing_off() -> None:
    """The goods are still to be packed."""
    order = paid_order(2)
    services.credit(order, Decimal(20), by=STAFF)
    services.record_payments(order.pk, Sums(captured=Decimal(20), refunded=Decimal(10), secured=Decimal(20)), unknown=0)

    assert fresh(order).stage == "refund_due"
    order.hold = ""
    assert Order.objects.with_open_units().get(pk=order.pk).open_units == 2


def test_a_list_asks_no_order_for_its_lines(django_assert_num_queries: Any) -> None:
    """However many were called off."""
    for _ in range(3):
        order = make.order(make.line_row("10.00", 1))
        services.cancel_units(order, {order.lines.get().pk: 1}, by=STAFF)

    with django_assert_num_queries(1):
        assert [order.stage for order in Order.objects.with_open_units()] == ["cancelled"] * 3


def test_history_is_told_in_words() -> None:
    """Acts, states, parties and facts have names; amounts and times are written as elsewhere."""
    order = paid_order(3)
    services.cancel_units(order, {order.lines.get().pk: 1}, by=STAFF, reason="out of stock")
    services.note(order, "refund_requested", by=STAFF, facts={"amount": "10.00", "payment": "P1"})
    services.note(order, "payment_requested", by=SYSTEM, facts={"until": "2026-11-20T10:00:00+00:00", "mail": True})
    services.note(order, "gift_wrapped", by=STAFF, facts={"paper_colour": ["red", "gold"], "card": ""})

    entries = history(fresh(order))

    assert [(entry.what, entry.change, entry.by) for entry in entries] == [
        ("Placed", "Pending", "The shop"),
        ("Confirmed", "Pending → Confirmed", "The shop"),
        ("Units cancelled", "", "anna"),
        ("Refund requested", "", "anna"),
        ("Payment requested", "", "The shop"),
        ("Gift wrapped", "", "anna"),
    ]
    sku = order.lines.get().sku
    assert entries[2].facts == (("Units", f"1 × {sku}"), ("Credit", "€10.00"))
    assert entries[3].facts == (("Amount", "€10.00"), ("Payment", "P1"))
    assert entries[4].facts == (("Until", "Nov. 20, 2026, 10 a.m."), ("Mail", "yes"))
    assert entries[5].facts == (("Paper colour", "red, gold"),)


def test_the_admin_shows_it_and_no_code(admin_client: Any) -> None:
    """The page of the order."""
    order = paid_order(1)
    OrderEvent.objects.filter(kind="place").update(
        facts={
            "deliveries": [{"group": "", "method": "parcel", "min_days": 2, "max_days": 4}],
            "consents": {"age": "18"},
        }
    )

    page = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk])).content.decode()

    assert "Pending → Confirmed" in page
    assert "Delivery: parcel, 2–4 working days; Agreed to: age: 18" in page
    assert "min_days" not in page
