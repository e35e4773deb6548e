from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client, TestCase
from hypothesis import given

from tradepost.basket.calculation import calculate
from tradepost.basket.totals.snapshots import BasketSnapshot, Rules
from tradepost.checkout.jobs import expire_due
from tradepost.core.actors import SYSTEM
from tradepost.inventory.ports import Allocation, Level, Plan
from tradepost.orders.models import Order
from tradepost.payments import services
from tradepost.payments.models import Payment
from tradepost.testing import Scenario, assert_queries, deliver_events, frozen, scripted
from tradepost.testing import factories as make
from tradepost.testing.contracts import AllocatorContract
from tradepost.testing.gateways import cancelled, captured, declined, refunded
from tradepost.testing.strategies import baskets


@pytest.mark.django_db
def test_a_discounted_order_is_paid() -> None:
    order = Scenario().basket(lines=3, price="20.00").coupon("SPRING", percent="10").paid()

    assert (order.status, order.total) == ("confirmed", Decimal(54))


@pytest.mark.django_db
def test_my_own_goods() -> None:
    mug = make.variant(sku="MUG", price="12.50", on_hand=5)
    make.tax("0.19", country="DE")

    order = Scenario(city="Hamburg").basket(mug, quantity=2).says(email="ada@example.com").shipped()

    assert (order.fulfilment_status, order.goods_tax) == ("shipped", Decimal("3.99"))


@pytest.mark.django_db
def test_the_buyer_gets_one_mail() -> None:
    Scenario().basket().paid()

    deliver_events()

    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


@pytest.mark.django_db
def test_a_decline_and_a_refund() -> None:
    with scripted() as gateway:
        gateway.play(declined)
        order = Scenario().basket().says(payment_method="scripted").placed()
        assert order.status == "pending"

        gateway.play(captured, lambda asked: refunded(asked.price, "r1"))
        order = Scenario().basket().says(payment_method="scripted").paid()
        payment = Payment.objects.get(order=order.pk)
        services.refund(payment, by=SYSTEM, reason="returned")

    assert Order.objects.get(pk=order.pk).payment_status == "refunded"


@pytest.mark.django_db
def test_an_order_expires() -> None:
    with frozen("2026-12-24 18:00") as clock, scripted() as gateway:
        order = Scenario().basket().placed()
        clock.tick(days=8)
        gateway.play(cancelled)
        expire_due()

    assert Order.objects.get(pk=order.pk).status == "expired"


@pytest.mark.django_db
@pytest.mark.parametrize("lines", [1, 50])
def test_my_page_asks_the_same_with_many_lines(client: Client, lines: int) -> None:
    Scenario().basket(lines=lines)
    client.get("/")

    with assert_queries(at_most=8):
        client.get("/")


class PaidOrderTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.order = Scenario().basket(lines=2).paid()

    def test_it_is_paid(self) -> None:
        with assert_queries(at_most=1):
            self.order.refresh_from_db()
        assert self.order.stage == "paid"


class Nearest:
    """The place with the smallest number first."""

    def allocate(self, demand: dict[int, int], levels: Sequence[Level]) -> Plan:
        allocations, short = [], {}
        for variant, units in demand.items():
            rest = units
            for level in sorted(levels, key=lambda level: level.location_id):
                taken = min(rest, level.sellable) if level.variant_id == variant else 0
                if taken:
                    allocations.append(Allocation(variant, level.location_id, taken))
                    rest -= taken
            if rest:
                short[variant] = units - rest
        return Plan(allocations, short)


class TestNearest(AllocatorContract):
    def make_allocator(self) -> Any:
        return Nearest()


@given(baskets(currency="EUR"))
def test_totals_add_up(drawn: tuple[BasketSnapshot, Rules]) -> None:
    totals = calculate(*drawn)

    assert totals.total == totals.goods_total + totals.charges_total
