"""Orders by methods that ask nobody: they are begun, booked and confirmed in the transaction that places them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.checkout.conftest import HOME, complete, ready
from tradepost.api.serializers import serializer_class
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.errors import RequirementsUnmet, TooManyPending, TotalChanged
from tradepost.checkout.events import BasketInUse
from tradepost.checkout.handlers import close_basket
from tradepost.checkout.models import Checkout
from tradepost.checkout.services import Visit
from tradepost.checkout.services.prepare import prepare, prepare_or_find
from tradepost.core import db, events
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.models import Delivery
from tradepost.gateways.manual import CashOnDelivery
from tradepost.inventory.models import Reservation
from tradepost.orders import services as orders
from tradepost.orders.events import OrderConfirmed, OrderPlaced
from tradepost.orders.models import Order, OrderEvent
from tradepost.orders.states import Sums
from tradepost.payments.events import PaymentSettled
from tradepost.payments.interface import Misconfigured, Result, StartRequest
from tradepost.payments.models import Payment
from tradepost.promotions.models import AmountOff
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
PLACING = 22 + 2 * (connection.vendor == "mysql")
"""Statements of one call that places; MariaDB is asked for the checkout by itself, and for the row that changes wait for."""


class Unset(CashOnDelivery):
    """One that isn't set up."""

    def start(self, request: StartRequest) -> Result:
        """Refuse."""
        raise Misconfigured("no safe in the van")


@pytest.fixture(autouse=True)
def shop(settings: Any) -> None:
    """Cash on delivery, which confirms, and a bank transfer, which waits."""
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {"BACKEND": "tradepost.testing.gateways.ScriptedGateway"},
            "cod": {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "CONFIRM_ON": "placement"},
            "transfer": {
                "BACKEND": "tradepost.gateways.manual.BankTransfer",
                "OPTIONS": {"account_holder": "Shop", "iban": "DE02120300000000202051"},
            },
            "unset": {"BACKEND": f"{__name__}.Unset"},
        }
    }


def by(method: str, *variants: Variant, **values: Any) -> Basket:
    """A basket that is ready to be paid by a method."""
    basket = ready(*variants, **values)
    services.update(basket, payment_method=method)
    return Basket.objects.get(pk=basket.pk)


@pytest.fixture
def heard() -> Iterator[list[tuple[events.Event, str]]]:
    """Events of orders and payments, with the order's status in the database as they are told."""
    entries: list[tuple[events.Event, str]] = []

    def hear(event: Any) -> None:
        entries.append((event, Order.objects.get(pk=event.order_id).status))

    for kind in (OrderPlaced, PaymentSettled, OrderConfirmed):
        events.subscribe(kind, hear, when="within", name=f"tests.hear.{kind.__name__}", elsewhere=True)
    yield entries
    for kind in (OrderPlaced, PaymentSettled, OrderConfirmed):
        events.unsubscribe(kind, f"tests.hear.{kind.__name__}")


def test_cash_on_delivery_confirms_at_once(mug: Variant) -> None:
    """Order, payment, history, stock and basket are as two transactions would leave them."""
    basket = by("cod", mug, quantity=2)

    done = complete(basket, "25.00")

    order, payment = Order.objects.get(), Payment.objects.get()
    assert (done.order.pk, done.is_new, done.error, [p.pk for p in done.payments]) == (
        order.pk,
        True,
        None,
        [payment.pk],
    )
    assert (order.status, order.payment_status, order.payments_open, order.amount_secured) == (
        "confirmed",
        "pending",
        1,
        Decimal(25),
    )
    assert (payment.status, payment.told_status, payment.outcome_unknown, payment.lease_owner) == (
        "pending",
        "pending",
        False,
        "",
    )
    assert payment.reference.startswith(f"{order.number}-")
    assert (payment.provider_ref, payment.next_action["kind"]) == (payment.reference, "instructions")
    assert payment.state["start"] == {"return_url": "", "client_input": {}}
    history = OrderEvent.objects.order_by("pk").values_list("kind", "from_state", "to_state")
    assert list(history) == [("place", "", "pending"), ("confirm", "pending", "confirmed")]
    assert [(row.quantity, row.expires_at) for row in Reservation.objects.all()] == [(2, None)]
    assert (Basket.objects.get().status, Basket.objects.get().submissions) == ("closed", 1)


def test_a_bank_transfer_waits_with_its_instructions(mug: Variant) -> None:
    """The order is pending with a number, its stock held until it expires, its basket submitted."""
    done = complete(by("transfer", mug), "15.00")

    order, payment = Order.objects.get(), Payment.objects.get()
    assert (order.status, order.payment_status, order.number, order.payments_open) == ("pending", "pending", "10001", 1)
    assert payment.status == "requires_action"
    assert f"Reference: 10001-{payment.reference[6:]}" in payment.next_action["message"]
    assert Reservation.objects.get().expires_at == order.expires_at
    assert Basket.objects.get().status == "submitted"
    assert done.payment is not None
    assert done.payment.next_action == payment.next_action


def test_nothing_to_pay_is_confirmed_at_once() -> None:
    """A total of 0.00 has no payment."""
    free = make.variant(price="0.00", on_hand=5)
    basket = ready(free)
    FlatRate.objects.create(code="gratis", name="Gratis", currency="EUR", amount=Decimal(0))
    services.update(basket, shipping_method="gratis")

    done = complete(Basket.objects.get(pk=basket.pk), "0.00")

    order = Order.objects.get()
    assert (order.status, order.payment_status, done.payments) == ("confirmed", "paid", [])
    assert [row.expires_at for row in Reservation.objects.all()] == [None]
    assert Basket.objects.get().status == "closed"


def test_events_are_told_in_the_order_of_things(mug: Variant, heard: list[Any]) -> None:
    """Each once, and what they tell of is in the database."""
    complete(by("cod", mug))

    order, payment = Order.objects.get(), Payment.objects.get()
    assert heard == [
        (OrderPlaced(order.pk), "pending"),
        (PaymentSettled(payment.pk, order.pk, "pending"), "pending"),
        (OrderConfirmed(order.pk, at_once=True), "confirmed"),
    ]


def test_a_refusal_of_the_method_leaves_the_order_to_be_paid_another_way(mug: Variant) -> None:
    """It is told as it would be by a provider that is asked after the commit."""
    done = complete(by("unset", mug))

    assert done.error is not None
    assert done.error.code == "payment_unavailable"
    assert (Order.objects.get().status, Payment.objects.get().status) == ("pending", "failed")
    assert done.order.status == "pending"


def test_one_card_among_them_is_charged_outside_the_transaction(mug: Variant) -> None:
    """Then nothing is begun before the order is committed: who declines the card shall owe no cash."""
    basket = by("cod", mug)
    services.update(basket, payments=[{"method": "card", "amount": "5.00"}, {"method": "cod", "amount": None}])

    order = prepare_or_find(basket, Visit(), begins=True).order

    assert {payment.status for payment in order.payments.all()} == {"created"}


def test_asked_again_it_is_the_same_order(mug: Variant) -> None:
    """However often, and whatever is said with it then."""
    basket = by("cod", mug)
    first = complete(basket)

    again = services.complete(basket, Visit(), {"email": "eve@example.com", "payment_method": "transfer"})

    assert (again.order.pk, again.is_new) == (first.order.pk, False)
    assert (Order.objects.get().email, Payment.objects.get().method) == ("ada@example.com", "cod")
    assert Checkout.objects.get().email == "ada@example.com"


FIELDS = {
    "email": "ada@example.com",
    "phone": "+49 30 1",
    "shipping_address": HOME,
    "shipping_method": "parcel",
    "payment_method": "cod",
    "note": "Ring twice",
    "consents": {"terms": "3"},
    "metadata": {"gift": True},
}


def empty(mug: Variant) -> Basket:
    """A basket at whose checkout nothing was said."""
    ready(make.variant(price="1.00", on_hand=1))  # there is a way to deliver
    basket = baskets.open_basket()
    baskets.add(basket, mug)
    return basket


def test_what_the_checkout_needs_may_come_with_the_order(mug: Variant) -> None:
    """One call gives what two give."""
    basket = empty(mug)

    done = services.complete(basket, Visit(expected_total=Decimal(15), expected_currency="EUR"), FIELDS)

    order = Order.objects.get(pk=done.order.pk)
    assert (order.status, order.email, order.phone, order.customer_note) == (
        "confirmed",
        "ada@example.com",
        "+49 30 1",
        "Ring twice",
    )
    assert (order.shipping_address["city"], order.metadata, order.total) == ("Berlin", {"gift": True}, Decimal(15))
    checkout = Checkout.objects.get(basket=basket)
    assert (checkout.email, checkout.deliveries, checkout.consents) == (order.email, {"": "parcel"}, {"terms": "3"})


@pytest.mark.parametrize(
    ("fields", "total", "refusal"),
    [
        (FIELDS, "14.00", TotalChanged),
        ({**FIELDS, "payment_method": "barter"}, "15.00", RequirementsUnmet),
    ],
)
def test_a_refused_order_keeps_nothing_of_it(
    mug: Variant, fields: dict[str, Any], total: str, refusal: type[Exception]
) -> None:
    """The basket is open, and nothing is known of the buyer."""
    basket = empty(mug)

    with pytest.raises(refusal):
        services.complete(basket, Visit(expected_total=Decimal(total), expected_currency="EUR"), fields)

    assert not Checkout.objects.filter(basket=basket).exists()
    assert (Basket.objects.get(pk=basket.pk).status, Basket.objects.get(pk=basket.pk).metadata) == ("open", {})
    assert not Order.objects.exists()


@pytest.mark.usefixtures("without_own_handlers")
@pytest.mark.parametrize("lines", [1, 20])
def test_one_call_places_by_so_many_statements(lines: int) -> None:
    """Whatever is in the basket; what becomes of the outbox comes after the commit."""
    make.order()  # the counter of numbers is there
    make.tax("0.19")
    basket = empty(make.variant(price="10.00", on_hand=1))
    for _ in range(lines - 1):
        baskets.add(basket, make.variant(price="1.00", on_hand=1))

    with count_queries() as sent:
        services.complete(basket, Visit(), {name: value for name, value in FIELDS.items() if name != "metadata"})

    assert len(sent) <= PLACING, sent


def _as_json(order: Any) -> Any:
    return serializer_class("orders.Order")(order, context={}).data


@pytest.mark.usefixtures("without_own_handlers")
def test_the_answer_is_what_a_second_look_gives(mug: Variant) -> None:
    """The remembered rows are those in the database, and costs no query."""
    make.tax("0.19")
    sale = make.promotion("sale")
    AmountOff.objects.create(promotion=sale, target="order", amount="1.00", currency="EUR")
    done = complete(by("cod", mug, quantity=3))

    with count_queries() as sent:
        answer = _as_json(done.order)

    assert sent == []
    assert answer == _as_json(Order.objects.get())
    assert [row.pk for row in done.order.lines.filter(sku=mug.sku)] == [
        row.pk for row in Order.objects.get().lines.all()
    ]


def test_what_a_projects_own_handler_changed_is_in_the_answer(mug: Variant) -> None:
    """The order is read again after it, and keeps what it wrote."""

    def hold(event: OrderPlaced) -> None:
        orders.hold(Order.objects.get(pk=event.order_id), "fraud", by=By(Actor.STAFF))
        Order.objects.get(pk=event.order_id).lines.update(name="Renamed")

    events.subscribe(OrderPlaced, hold, when="within", name="tests.hold")
    try:
        done = complete(by("cod", mug))
    finally:
        events.unsubscribe(OrderPlaced, "tests.hold")

    assert (done.order.hold, done.order.status) == ("fraud", "confirmed")
    assert [row.name for row in done.order.lines.all()] == ["Renamed"]
    assert (Order.objects.get().hold, Order.objects.get().number) == ("fraud", "10001")


def test_a_basket_in_use_is_closed_later(mug: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who confirms the order doesn't wait for it: an event for the outbox says that it is still to be closed."""
    order = prepare(by("cod", mug), Visit())
    lock = db.lock

    def skip(rows: Any, **options: Any) -> Any:
        return lock(rows.none() if options.get("skip_locked") else rows, **options)

    monkeypatch.setattr(db, "lock", skip)
    orders.record_payments(order.pk, Sums(secured=order.total), unknown=0)
    orders.apply(order, "confirm", by=SYSTEM)

    assert Basket.objects.get().status == "submitted"
    due = Delivery.objects.get(event=BasketInUse.name())
    assert (due.payload, due.handler) == ({"order_id": order.pk}, "tradepost.checkout.handlers.close_basket")
    close_basket(BasketInUse(order.pk))
    assert Basket.objects.get().status == "closed"


def test_by_the_api_it_is_one_request(mug: Variant, client: Client) -> None:
    """The body of the checkout goes with the order; wrong fields are named as they are there."""
    basket = empty(mug)
    path = f"/api/v1/baskets/{basket.uuid}/checkout/complete/"
    body = {**FIELDS, "expected_total": {"amount": "15.00", "currency": "EUR"}}
    del body["metadata"]

    wrong = client.post(path, {**body, "email": "nonsense"}, content_type="application/json")
    answer = client.post(path, body, content_type="application/json", headers={"Idempotency-Key": "k"})
    again = client.post(path, body, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "email")
    assert (answer.status_code, answer.json()["order"]["status"]) == (201, "confirmed")
    assert (again.status_code, again.json()) == (201, answer.json())
    assert Order.objects.count() == 1


@pytest.mark.parametrize("is_customer", [True, False])
def test_unpaid_orders_keep_nobody_from_paying_at_the_door(mug: Variant, settings: Any, *, is_customer: bool) -> None:
    """An order that is covered as it is placed adds none that waits; one that would wait is refused, and nothing is written."""
    settings.TRADEPOST_CHECKOUT = {"MAX_PENDING_ORDERS": 1}
    ada = make.customer() if is_customer else None

    def basket(method: str) -> Basket:
        created = by(method, mug, customer=ada)
        Basket.objects.filter(pk=created.pk).update(visitor_key="" if is_customer else "one")
        return Basket.objects.get(pk=created.pk)

    waiting = complete(basket("transfer")).order
    with pytest.raises(TooManyPending) as refusal:
        complete(basket("transfer"))
    Basket.objects.filter(status="open").delete()
    paid = complete(basket("cod")).order

    assert refusal.value.context == {"most": 1}
    assert [(order.number, order.status) for order in Order.objects.order_by("pk")] == [
        (waiting.number, "pending"),
        (paid.number, "confirmed"),
    ]
    assert (Reservation.objects.count(), Payment.objects.count()) == (2, 2)
