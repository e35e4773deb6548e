"""How PostgreSQL reads baskets, orders, stock that is held and the outbox, where there are many: through indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from tests.plans import copies, plans_of
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.checkout.jobs import expire_due
from tradepost.core.dates import clock
from tradepost.core.events import outbox
from tradepost.core.models import Delivery
from tradepost.customers.models import Customer
from tradepost.inventory import services as inventory
from tradepost.inventory.models import Reservation
from tradepost.inventory.ports import Owner
from tradepost.orders.models import Order
from tradepost.orders.selectors import get_order, orders_of
from tradepost.testing import factories as make
from tradepost.testing.scenario import Scenario

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.usefixtures("vacuumed")]

MANY = 20_000
CUSTOMERS = 2_000
GREAT = {
    "tradepost_basket_basket",
    "tradepost_basket_basketline",
    "tradepost_core_delivery",
    "tradepost_customers_customer",
    "tradepost_inventory_reservation",
    "tradepost_orders_order",
    "tradepost_orders_orderline",
}


def test_no_great_table_is_read_as_a_whole(django_user_model: type) -> None:
    """By none of the statements of what happens all day; each takes the pages of memory that its few rows need."""
    for name, most, call in calls(django_user_model):
        plans = plans_of(call)

        assert not plans.scanned & GREAT, f"{name} reads whole tables: {sorted(plans.scanned & GREAT)}"
        assert plans.buffers <= most, f"{name} takes {plans.buffers} pages of memory, at most {most}."
    assert plans_of(Delivery.objects.filter(error="x").exists).scanned & GREAT, (
        "a control: nothing is indexed by errors"
    )


def calls(users: type) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Services, with the pages of memory that it may take at most, among many rows of the same kind."""
    user = users.objects.create_user("ada")  # type: ignore[attr-defined]
    customer = make.customer(user=user)
    order = Scenario(customer=customer).basket(lines=2).placed()
    basket = Scenario().basket(lines=3).ready()
    crowd(customer, Order.objects.get(pk=order.pk), Basket.objects.get(pk=basket.pk))

    yield "a basket by its UUID", 20, lambda: baskets.find_basket(uuid=basket.uuid, user=AnonymousUser())
    yield "a basket with its lines, prices and stock", 100, lambda: baskets.read(basket)
    yield "the orders of a customer", 40, lambda: list(orders_of(user)[:20])
    yield "an order by its number", 40, lambda: get_order(order.number, user=user)
    yield "an order by its number, with its rows", 60, lambda: Order.objects.with_rows().get(number=order.number)
    yield "twenty events of the outbox", 1200, lambda: outbox.relay(batch=20, limit=20)
    yield "an order's stock, let go", 200, lambda: inventory.release(Owner("order", str(order.pk)))
    yield "orders whose time to pay has ended", 200, expire_due


def crowd(customer: Customer, order: Order, basket: Basket) -> None:
    """Copies of everything, and statistics of them; the order is the only one whose time has ended, and 50 events are due."""
    copies(customer, CUSTOMERS, uuid="gen_random_uuid()", user_id="NULL", email="'buyer-' || n || '@example.com'")
    buyers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    keys = {"uuid": "gen_random_uuid()", "number": "'COPY-' || n", "source_key": "'copy-' || n"}
    copies(order, MANY, **keys, customer_id=f"{buyers[1]} + mod(n, {CUSTOMERS})", status="'confirmed'")
    copies(basket, MANY, uuid="gen_random_uuid()")
    first_order = Order.objects.filter(pk__gt=order.pk).earliest("pk").pk
    first_basket = Basket.objects.filter(pk__gt=basket.pk).earliest("pk").pk
    for line in order.lines.all():
        copies(line, MANY, uuid="gen_random_uuid()", order_id=f"{first_order} + n - 1")
    for row in basket.lines.all():
        copies(row, MANY, uuid="gen_random_uuid()", basket_id=f"{first_basket} + n - 1")
    held = Reservation.objects.filter(owner_key=str(order.pk))[0]
    copies(held, MANY, owner_key="'copy-' || n")
    due = Delivery.objects.create(event="copied", handler="nobody", due=clock.now() - timedelta(hours=1))
    copies(due, MANY, state="CASE WHEN mod(n, 400) = 0 THEN 'due' ELSE 'done' END")
    Order.objects.filter(pk=order.pk).update(expires_at=clock.now() - timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
