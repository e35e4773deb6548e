"""Money is taken when goods leave: for each shipment once, all that is due with the last one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradepost.checkout.services.capture_on_shipment import capture_shipped
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.fulfilment import services as fulfilment
from tradepost.fulfilment.events import ShipmentShipped
from tradepost.fulfilment.models import Shipment
from tradepost.gateways.dummy import DummyGateway
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.payments import conf, ledger, services
from tradepost.payments.models import Payment, Transaction
from tradepost.testing import factories, placed
from tradepost.testing.deliver import deliver_events

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


@pytest.fixture(autouse=True)
def gateway(settings: Any, tmp_path: Path) -> DummyGateway:
    """A card that is authorised when it is ordered, and captured when it is shipped."""
    card = {
        "BACKEND": "tradepost.gateways.dummy.DummyGateway",
        "OPTIONS": {"path": str(tmp_path / "books.sqlite3"), "allow": True},
        "CONFIRM_ON": "authorised",
        "CAPTURE": "on_shipment",
    }
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": card}}
    provider = conf.gateway("card")
    assert isinstance(provider, DummyGateway)
    return provider


def ordered(*quantities: int, shipping: str = "5.00") -> tuple[Order, list[int]]:
    """Lines of 9.99 a unit and delivery, authorised; the order and the primary keys of its lines."""
    rows = [factories.line_row("9.99", n, variant=factories.variant(on_hand=9)) for n in quantities]
    order = placed.order(*rows, shipping=shipping)
    services.start(services.open_payment(order, method="card"))
    return Order.objects.get(), [line.pk for line in order.lines.order_by("pk")]


def sums() -> tuple[Decimal, Decimal, Decimal]:
    """Authorised, captured, let go."""
    rows = ledger.balance_of(Payment.objects.get())
    return rows.authorised, rows.captured, rows.voided


def test_each_shipment_takes_what_left_with_it() -> None:
    """Three units at 9.99 and delivery for 5.00: two with the delivery, then the rest to the cent."""
    order, [line] = ordered(3)
    assert (order.status, sums()) == ("confirmed", (Decimal("34.97"), 0, 0))

    fulfilment.ship_now(order, {line: 2}, by=STAFF)
    deliver_events()
    assert sums() == (Decimal("9.99"), Decimal("24.98"), 0)
    fulfilment.ship_now(order, {line: 1}, by=STAFF)
    deliver_events()

    assert sums() == (0, Decimal("34.97"), 0)
    order = Order.objects.get()
    assert (order.payment_status, order.fulfilment_status) == ("paid", "shipped")
    reasons = Transaction.objects.filter(kind="capture").order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == [f"shipment {shipment.pk}" for shipment in Shipment.objects.order_by("pk")]


def test_an_event_that_comes_twice_takes_once() -> None:
    """Deliveries of events are made at least once."""
    order, [line] = ordered(3)
    shipment = fulfilment.ship_now(order, {line: 1}, by=STAFF)
    deliver_events()

    capture_shipped(ShipmentShipped(shipment.pk, order.pk))

    assert sums() == (Decimal("19.98"), Decimal("14.99"), 0)


def test_what_was_cancelled_is_let_go_with_the_last_shipment() -> None:
    """Two of three units are called off before anything leaves: 14.99 are taken, 19.98 let go."""
    order, [line] = ordered(3)
    orders.cancel_units(order, {line: 2}, by=STAFF)
    fulfilment.ship_now(order, {line: 1}, by=STAFF)
    deliver_events()

    assert sums() == (0, Decimal("14.99"), Decimal("19.98"))
    assert Order.objects.get().payment_status == "paid"


def test_a_method_that_captures_once_waits_for_the_last_shipment(gateway: DummyGateway) -> None:
    """Else the rest would be let go with the first part."""
    gateway.capabilities = replace(gateway.capabilities, multi_capture=False)
    order, lines = ordered(1, 1)
    fulfilment.ship_now(order, {lines[0]: 1}, by=STAFF)
    deliver_events()
    assert sums() == (Decimal("24.98"), 0, 0)

    fulfilment.ship_now(order, {lines[1]: 1}, by=STAFF)
    deliver_events()

    assert sums() == (0, Decimal("24.98"), 0)


def test_what_staff_captured_is_not_taken_again() -> None:
    """All that is due is taken with the last shipment, and no more."""
    from tradepost.payments import services

    order, [line] = ordered(2)
    services.capture(Payment.objects.get(), Decimal("20.00"), by=SYSTEM, final=False)
    fulfilment.ship_now(order, {line: 2}, by=STAFF)
    deliver_events()

    assert sums() == (0, Decimal("24.98"), 0)


def test_two_payments_give_together_what_left() -> None:
    """Three lines of 10.00, two cards of 15.00: each parcel takes 10.00, the second one from both."""
    order = placed.order(*(factories.line_row("10.00", variant=factories.variant(on_hand=1)) for _ in range(3)))
    for _ in range(2):
        services.start(services.open_payment(order, method="card", amount=Decimal("15.00")))
    order, taken = Order.objects.get(), []

    for line in order.lines.order_by("pk"):
        fulfilment.ship_now(order, {line.pk: 1}, by=STAFF)
        deliver_events()
        taken.append([ledger.balance_of(payment).captured for payment in Payment.objects.order_by("pk")])

    assert taken == [[10, 0], [15, 5], [15, 15]]
    assert Order.objects.get().payment_status == "paid"


def test_other_methods_take_nothing_when_goods_leave(settings: Any) -> None:
    """Those that staff capture by hand, say."""
    card = settings.TRADEPOST_PAYMENTS["GATEWAYS"]["card"]
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": {**card, "CAPTURE": "by_hand"}}}
    order, [line] = ordered(1)
    fulfilment.ship_now(order, {line: 1}, by=STAFF)
    deliver_events()

    assert sums() == (Decimal("14.99"), 0, 0)


def test_no_parcel_takes_more_than_is_due() -> None:
    """Authorised 30.00, goodwill 25.00, so 5.00 is due: the first parcel takes that, and the last one lets the rest go."""
    rows = [factories.line_row("10.00", 1, variant=factories.variant(on_hand=9)) for _ in range(3)]
    order = placed.order(*rows)
    services.start(services.open_payment(order, method="card"))
    lines = [line.pk for line in order.lines.order_by("pk")]
    orders.credit_goodwill(order, Decimal("25.00"), by=STAFF)
    order = Order.objects.get()
    assert (order.due, sums()) == (Decimal("5.00"), (Decimal("30.00"), Decimal(0), Decimal(0)))

    fulfilment.ship_now(order, {lines[0]: 1}, by=STAFF)
    deliver_events()
    assert sums() == (Decimal("25.00"), Decimal("5.00"), Decimal(0))

    fulfilment.ship_now(order, {lines[1]: 1, lines[2]: 1}, by=STAFF)
    deliver_events()
    assert sums() == (Decimal(0), Decimal("5.00"), Decimal("25.00"))
    assert Order.objects.get().payment_status == "paid"
