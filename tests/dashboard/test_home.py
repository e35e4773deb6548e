"""Numbers of the first page: what sold best, how many baskets became orders, and staff who come in by the shop's door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.basket.models import Basket
from tradepost.basket.services import conversion
from tradepost.core.dates import clock
from tradepost.core.dates.days import today
from tradepost.dashboard.registry import dashboard
from tradepost.orders.models import Order
from tradepost.testing import Scenario
from tradepost.testing import factories as make

from .conftest import Desk, buy

pytestmark = pytest.mark.django_db


def panel(desk: Desk, key: str) -> dict[str, Any]:
    """The context of a panel of the first page."""
    desk.get()
    entry: Any = dashboard.panels("home").get(key)
    page: Any = desk.page.context["page"]
    context: dict[str, Any] = entry.get_context(page)
    return context


def test_best_sellers_are_of_the_shops_own_currency(boss: Desk) -> None:
    """A towel for 1,739 yen is no better than a lamp for 100 euros."""
    lamp, towel = buy("LAMP", 1, price="100.00"), buy("TOWEL", 1, price="1739.00")
    Order.objects.filter(pk=towel.pk).update(currency="JPY")

    rows = panel(boss, "best-sellers")["rows"]

    assert [(total, share) for _name, _units, total, share in rows] == [("€100.00", 100), ("€8.00", 8)]
    assert lamp.currency == "EUR"


def test_baskets_with_something_in_them_are_counted(boss: Desk) -> None:
    """Of three one was ordered; an empty one and a draft are none, and neither is one of another time."""
    buy("MUG", 1)
    for _number in range(3):
        Scenario().basket(make.variant(price="5.00", on_hand=9))
    old, draft = _open_baskets()[:2]
    Basket.objects.filter(pk=old.pk).update(updated_at=clock.now() - timedelta(days=400))
    Basket.objects.create(currency="EUR")

    counted = conversion(today(), today())

    assert (counted.filled, counted.ordered) == (3, 1)
    Basket.objects.filter(pk=draft.pk).update(is_draft=True)
    assert conversion(today(), today()).filled == 2
    assert panel(boss, "conversion")["now"] == conversion(today() - timedelta(days=29), today())


def _open_baskets() -> list[Basket]:
    return list(Basket.objects.filter(status="open").order_by("pk"))


@pytest.mark.parametrize(
    ("user", "query", "address"),
    [
        ({"is_staff": True}, "", "/dashboard/"),
        ({"is_staff": True}, "?next=/basket/", "/basket/"),
        ({}, "", "/account/"),
    ],
)
def test_staff_who_sign_in_at_the_shops_door_come_to_the_dashboard(
    shop: None, user: dict[str, Any], query: str, address: str
) -> None:
    """Unless they were on their way elsewhere; customers come to their account."""
    get_user_model().objects.create_user("ada", "ada@example.com", "secret-enough", **user)

    answer: Any = Client().post(
        f"/account/sign-in/{query}", {"username": "ada", "password": "secret-enough", "next": query[6:]}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, address)
