"""Orders move by apply(): locked, guarded, told once, and again is a no-op."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Misused, TransitionRefused
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders import services
from tradepost.orders.errors import ReasonRequired
from tradepost.orders.models import Credit, CreditLine, Order, OrderEvent, OrderLine
from tradepost.orders.states import Sums
from tradepost.testing import factories

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")
CUSTOMER = By(Actor.CUSTOMER, label="bert")


def rows() -> list[Any]:
    """All that a refusal must leave as it was."""
    models = (Order, OrderLine, OrderEvent, Credit, CreditLine, StockLevel, Reservation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def stocked(quantity: int = 2, on_hand: int = 5, **values: Any) -> Order:
    """A pending order of one line of 10.00 each, its stock reserved."""
    return factories.order(factories.line_row("10.00", quantity, variant=factories.variant(on_hand=on_hand)), **values)


def refusals(order: Order, transition: str, by: By, **values: Any) -> list[str]:
    """The codes with which a transition is refused; nothing may have changed."""
    before = rows()
    with pytest.raises(TransitionRefused) as refused:
        services.apply(order, transition, by=by, **values)
    assert rows() == before
    return [refusal["code"] for refusal in refused.value.context["refusals"]]


def overdue() -> Order:
    """A pending order whose time has ended."""
    return stocked(expires_at=clock.now() - timedelta(seconds=1))


def test_a_covered_order_is_confirmed_once() -> None:
    """Confirmed twice: one history row; its stock doesn't expire any more."""
    order = stocked(expires_at=clock.now() + timedelta(hours=1))
    services.record_payments(order.pk, Sums(captured=Decimal(20), secured=Decimal(20)), unknown=0)

    for _ in range(2):
        order = services.apply(order, "confirm", by=SYSTEM)

    assert (order.status, order.payment_status, order.stage) == ("confirmed", "paid", "paid")
    assert list(OrderEvent.objects.values_list("kind", "from_state", "to_state", "actor_kind")) == [
        ("place", "", "pending", "system"),
        ("confirm", "pending", "confirmed", "system"),
    ]
    assert Reservation.objects.get().expires_at is None


def test_an_uncovered_order_is_not_confirmed() -> None:
    """A cent is missing; and a customer can't confirm at all."""
    order = stocked()
    services.record_payments(order.pk, Sums(captured=Decimal("19.99"), secured=Decimal("19.99")), unknown=0)

    assert refusals(order, "confirm", SYSTEM) == ["not_covered"]
    assert refusals(order, "confirm", CUSTOMER) == ["wrong_actor", "not_covered"]


def test_staff_may_pass_over_a_guard_with_a_reason() -> None:
    """The reason and what was passed over are in the history; without a reason it is refused, and the system can't."""
    order = stocked()

    assert refusals(order, "confirm", SYSTEM, override=True, reason="why not") == ["not_covered"]
    before = rows()
    with pytest.raises(ReasonRequired):
        services.apply(order, "confirm", by=STAFF, override=True, reason=" ")
    assert rows() == before
    order = services.apply(order, "confirm", by=STAFF, override=True, reason="pays by invoice")

    entry = OrderEvent.objects.get(kind="confirm")
    assert (order.status, order.payment_status) == ("confirmed", "unpaid")
    assert (entry.reason, entry.facts, entry.actor_label) == (
        "pays by invoice",
        {"overridden": ["not_covered"]},
        "anna",
    )


def test_a_guard_that_can_not_be_overridden_holds_for_staff_too() -> None:
    """A hold keeps the processing from starting, whatever reason is given."""
    order = factories.pay(stocked())
    services.hold(order, "fraud", by=STAFF)

    assert refusals(order, "start_processing", STAFF, override=True, reason="hurry") == ["on_hold"]


def test_a_cancelled_order_gives_back_its_stock_once() -> None:
    """Cancel restores; cancel again changes nothing."""
    order = stocked()

    order = services.apply(order, "cancel", by=CUSTOMER, reason="changed my mind")
    after = rows()
    services.apply(order, "cancel", by=CUSTOMER)

    assert rows() == after
    assert list(StockLevel.objects.values_list("on_hand", "reserved")) == [(5, 0)]
    assert not Reservation.objects.exists()
    assert (order.status, order.payment_status, order.due) == ("cancelled", "unpaid", 0)
    assert order.cancelled_at is not None


def test_cancelling_credits_all_that_is_left() -> None:
    """2×10.00 and 5.00 shipping, paid; one unit was cancelled before: 10.00, then 15.00, and 25.00 in all."""
    variant = factories.variant(on_hand=5)
    order = factories.pay(factories.order(factories.line_row("10.00", 2, variant=variant), shipping="5.00"))
    services.cancel_units(order, {order.lines.get().pk: 1}, by=STAFF)

    order = services.apply(order, "cancel", by=STAFF)

    assert [credit.total for credit in Credit.objects.all()] == [10, 15]
    assert (order.credited, order.total, order.due, order.net_paid) == (25, 25, 0, 25)
    assert order.lines.get().cancelled_quantity == 2
    assert (order.payment_status, order.stage) == ("overpaid", "refund_due")
    order = services.record_payments(order.pk, Sums(captured=Decimal(25), refunded=Decimal(25)), unknown=0)
    assert (order.payment_status, order.stage) == ("refunded", "refunded")
    tax = sum(line.tax for line in CreditLine.objects.all())
    assert tax == order.goods_tax + order.charges_tax


def test_an_order_that_costs_nothing_is_cancelled_without_a_credit() -> None:
    """There is nothing to credit."""
    order = services.apply(factories.order(factories.line_row("0.00")), "cancel", by=CUSTOMER)

    assert (order.status, order.payment_status) == ("cancelled", "paid")
    assert not Credit.objects.exists()


def test_a_customer_cancels_until_it_is_processed() -> None:
    """Then staff can; and nobody once the outcome of a payment is unknown, or something was shipped."""
    order = factories.pay(stocked())
    services.record_payments(order.pk, Sums(captured=Decimal(20), secured=Decimal(20)), unknown=1)
    assert refusals(order, "cancel", STAFF) == ["payment_in_progress"]
    services.record_payments(order.pk, Sums(captured=Decimal(20), secured=Decimal(20)), unknown=0)
    services.apply(order, "start_processing", by=STAFF)
    assert refusals(order, "cancel", CUSTOMER) == ["wrong_actor"]
    services.record_fulfilment(order.pk, {order.lines.get().pk: (1, 0, 0)})

    assert refusals(order, "cancel", STAFF) == ["already_shipped"]


def test_an_order_expires_when_its_time_has_ended() -> None:
    """Not before, and its stock is free."""
    early = stocked(expires_at=clock.now() + timedelta(minutes=1))
    assert refusals(early, "expire", SYSTEM) == ["not_due"]
    order = overdue()

    order = services.apply(order, "expire", by=SYSTEM)

    assert (order.status, order.payment_status, order.due, order.credited) == ("expired", "unpaid", 0, 0)
    assert list(StockLevel.objects.order_by("pk").values_list("reserved", flat=True)) == [2, 0]


@pytest.mark.parametrize("sums", [Sums(open=1), Sums(authorised=Decimal(1)), Sums(captured=Decimal(1))])
def test_an_order_with_money_on_its_way_does_not_expire(sums: Sums) -> None:
    """A payment is open, authorised or captured."""
    order = overdue()
    services.record_payments(order.pk, sums, unknown=0)

    assert refusals(order, "expire", SYSTEM) == ["payment_in_progress"]


def test_an_expired_order_that_was_paid_late_is_reinstated() -> None:
    """Its stock can be had again: reserved for good, confirmed, paid."""
    order = services.apply(overdue(), "expire", by=SYSTEM)
    assert refusals(order, "reinstate", SYSTEM) == ["not_covered"]
    order = services.record_payments(order.pk, Sums(captured=Decimal(20), secured=Decimal(20)), unknown=0)
    assert order.payment_status == "overpaid"

    order = services.apply(order, "reinstate", by=SYSTEM)

    assert (order.status, order.payment_status, order.due) == ("confirmed", "paid", 20)
    assert Reservation.objects.values_list("quantity", "expires_at").get() == (2, None)
    assert StockLevel.objects.get().reserved == 2


def test_an_expired_order_whose_stock_is_sold_stays_expired() -> None:
    """Its last unit was sold meanwhile: refused, and nothing has changed but the money that was booked."""
    order = services.apply(overdue(), "expire", by=SYSTEM)
    StockLevel.objects.update(on_hand=1)
    services.record_payments(order.pk, Sums(captured=Decimal(20), secured=Decimal(20)), unknown=0)
    before = rows()

    with pytest.raises(OutOfStock):
        services.apply(order, "reinstate", by=SYSTEM)

    assert rows() == before
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.payment_status, order.stage) == ("expired", "overpaid", "refund_due")


def test_an_order_completes_when_all_is_shipped_and_paid() -> None:
    """Both guards say so together; then it completes."""
    order = factories.pay(stocked())
    services.apply(order, "start_processing", by=STAFF)
    services.record_payments(order.pk, Sums(captured=Decimal(20), refunded=Decimal(5)), unknown=0)
    assert refusals(order, "complete", STAFF) == ["not_fulfilled", "not_settled"]
    services.record_payments(order.pk, Sums(captured=Decimal(20)), unknown=0)
    services.record_fulfilment(order.pk, {order.lines.get().pk: (2, 0, 0)})

    order = services.apply(order, "complete", by=STAFF)

    assert (order.status, order.stage) == ("completed", "completed")
    assert order.completed_at is not None
    assert refusals(order, "cancel", STAFF) == ["wrong_state"]


def test_available_transitions_say_why_not() -> None:
    """A customer sees what a pending order can do, with the reasons of what it can't."""
    steps = {step.name: step for step in services.available_transitions(stocked(), CUSTOMER)}

    steps.pop("quote", None)  # of the project that replaces orders
    assert {name: [r.code for r in step.refusals] for name, step in steps.items()} == {
        "confirm": ["wrong_actor", "not_covered"],
        "cancel": [],
        "expire": ["wrong_actor", "not_due"],
    }
    assert steps["confirm"].refusals[1].reason == "Payments do not cover the total."


def test_an_unknown_transition_is_a_mistake() -> None:
    """The known ones are named."""
    with pytest.raises(Misused, match="there are: cancel, "):
        services.apply(factories.order(), "teleport", by=STAFF)


def test_a_hold_is_set_and_released_once() -> None:
    """Each twice: two entries in the history."""
    order = factories.order()

    for _ in range(2):
        order = services.hold(order, "address", by=STAFF, reason="no such street")
    assert (order.hold, order.stage) == ("address", "on_hold")
    for _ in range(2):
        order = services.release_hold(order, by=STAFF)

    assert order.hold == ""
    assert list(OrderEvent.objects.exclude(kind="place").values_list("kind", "reason", "facts")) == [
        ("hold", "no such street", {"hold": "address"}),
        ("hold_released", "", {"hold": "address"}),
    ]
