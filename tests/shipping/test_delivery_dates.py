"""When an order is expected: told at the checkout, kept with the order, told again."""

from __future__ import annotations

import datetime
from datetime import UTC
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tradepost.checkout import services as checkout
from tradepost.checkout.delivery_dates import arrivals
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.orders import services as orders
from tradepost.orders.models import Order, OrderEvent
from tradepost.orders.tokens import access_token
from tradepost.shipping.models import FlatRate
from tradepost.testing import Scenario, deliver_events
from tradepost.testing.scenario import ADDRESS

pytestmark = pytest.mark.django_db
FRIDAY = datetime.datetime(2026, 11, 20, 9, tzinfo=UTC)


def method(**values: Any) -> FlatRate:
    given = {"code": "post", "name": "Post", "currency": "EUR", "amount": 5, "min_days": 1, "max_days": 3, **values}
    return FlatRate.objects.create(**given)


def told(order: Any) -> list[str]:
    return [f"{arrival.group}{arrival.method}: {arrival.estimate}" for arrival in arrivals(order)]


def test_an_order_keeps_how_long_its_delivery_takes() -> None:
    """A change of the method is for later orders."""
    method()
    with clock.at(FRIDAY):
        order = Scenario().basket().placed()
    FlatRate.objects.update(min_days=8, max_days=9)

    with clock.at(FRIDAY):
        assert told(order) == ["post: Mon 23 – Wed 25 November"]


def test_days_count_from_the_confirmation() -> None:
    """Until then from now: who pays on Wednesday gets it from Thursday on."""
    method()
    with clock.at(FRIDAY):
        order = Scenario().basket().placed()
    with clock.at(FRIDAY + datetime.timedelta(days=3)):
        assert told(order) == ["post: Tue 24 – Thu 26 November"]

    OrderEvent.objects.create(order=order, kind="confirm", to_state="confirmed", actor_kind="system")
    OrderEvent.objects.update(created_at=FRIDAY + datetime.timedelta(days=5))
    with clock.at(FRIDAY + datetime.timedelta(days=9)):
        assert told(order) == ["post: Thu 26 – Mon 30 November"]


def test_an_order_that_is_over_is_not_expected() -> None:
    """Nor one without days, for which nothing is written down."""
    post = method()
    cancelled = Scenario().basket().placed()
    orders.apply(cancelled, "cancel", by=SYSTEM, reason="test")
    FlatRate.objects.filter(pk=post.pk).update(min_days=None, max_days=None)
    order = Scenario().basket().placed()

    assert told(Order.objects.get(pk=cancelled.pk)) == told(order) == []
    assert cancelled.events.get(kind="place").facts["deliveries"] == [
        {"group": "", "method": "post", "min_days": 1, "max_days": 3}
    ]
    assert order.events.get(kind="place").facts == {"source": "basket"}


def test_the_mail_and_the_order_page_say_it(client: Client) -> None:
    """As the checkout did."""
    method()
    with clock.at(FRIDAY):
        order = Scenario().basket().paid()
        deliver_events()
        OrderEvent.objects.update(created_at=FRIDAY)
        page = client.get(reverse("tradepost:order", args=[order.number]), {"token": access_token(order)}, follow=True)

    text, html = mail.outbox[-1].body, str(mail.outbox[-1].alternatives[0][0])
    assert "Arrives " in text
    assert "Arrives " in html
    assert "Mon 23 – Wed 25 November" in page.content.decode()


def test_the_history_in_the_admin_says_what_was_told(admin_client: Client) -> None:
    """In days."""
    method()
    order = Scenario().basket().placed()

    page = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk])).content.decode()

    assert "From: basket; Delivery: post, 1–3 working days" in page


def test_the_api_says_it_of_quotes_and_orders(client: Client) -> None:
    """In dates; null where no days are known."""
    method()
    method(code="slow", position=1, min_days=None, max_days=None)
    scenario = Scenario().basket()
    with clock.at(FRIDAY):
        basket = scenario.ready()
        quotes = client.get(f"/api/v1/baskets/{basket.uuid}/checkout/").json()["shipping_methods"]
        order = scenario.placed()
        shown = client.get(f"/api/v1/orders/{order.number}/", {"token": access_token(order)}).json()

    days = {"earliest": "2026-11-23", "latest": "2026-11-25"}
    assert {quote["code"]: quote["estimate"] for quote in quotes} == {"post": days, "slow": None}
    assert shown["arrivals"] == [{"group": "", "method": "post", **days}]


def test_the_delivery_step_says_it(client: Client) -> None:
    """Beside each way to deliver."""
    method(description="By bike")
    basket = Scenario().basket().opened()
    checkout.update(basket, email="ada@example.com", shipping_address=ADDRESS)
    session = client.session
    session["tradepost_basket"] = str(basket.uuid)
    session.save()

    with clock.at(FRIDAY):
        page = client.get(reverse("tradepost:checkout")).content.decode()

    assert "<span>By bike</span><span>Arrives Mon 23 – Wed 25 November</span>" in page
