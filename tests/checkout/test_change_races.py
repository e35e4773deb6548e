"""Orders while staff change what they are placed by: none is placed by what was changed before it; with its control."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tests.checkout.conftest import ready
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout.services import Visit
from tradepost.checkout.services import prepare as preparing
from tradepost.checkout.services.placement import Placed
from tradepost.checkout.view import CheckoutView
from tradepost.core import versions
from tradepost.pricing.models import Price
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]

BUYERS, ORDERS = 4, 5


def committed(variant: Variant) -> Decimal:
    """The price of an order by the rows that are committed now, read around everything that is kept: goods and delivery."""
    tables = (Price, "amount", f"variant_id = {variant.pk}"), (FlatRate, "amount", "amount > 0")
    with connection.cursor() as cursor:
        total = Decimal(0)
        for model, column, where in tables:
            cursor.execute(f"SELECT MAX({column}) FROM {model._meta.db_table} WHERE {where}")
            total += Decimal(str(cursor.fetchone()[0]))
    return total


def race(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Buyers place orders while staff raise the price, and that of the delivery: stale orders, and all."""
    mug = make.variant(price="10.00", on_hand=1000)
    waiting = [[ready(mug, email=f"buyer{n}{m}@example.com") for m in range(ORDERS)] for n in range(BUYERS)]
    stale: list[bool] = []
    place = preparing.place

    def place_slowly(view: CheckoutView, visit: Visit, **facts: Any) -> Placed:
        placed = place(view, visit, **facts)
        time.sleep(0.03)
        stale.append(placed.order.total < committed(mug))
        return placed

    monkeypatch.setattr(preparing, "place", place_slowly)

    def buy(baskets: list[AbstractBasket]) -> None:
        for basket in baskets:
            preparing.prepare(basket, Visit())

    def change() -> None:
        while len(stale) < BUYERS * ORDERS and time.monotonic() < end:
            time.sleep(0.005)
            for model in (Price, FlatRate):
                for row in model.objects.all():
                    row.amount += 1
                    row.save()

    end = time.monotonic() + 30
    results = together([*(lambda mine=mine: buy(mine) for mine in waiting), change])
    assert results == [None] * (BUYERS + 1)
    assert Basket.objects.filter(status="open").count() == 0
    return sum(stale), len(stale)


def test_no_order_is_placed_by_what_was_changed_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices are read in the transaction, and methods are kept: neither is older than the order."""
    assert race(monkeypatch) == (0, BUYERS * ORDERS)


def test_without_the_lock_some_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: versions that are read first in the transaction are old by its end."""
    monkeypatch.setattr(preparing.versions, "hold", versions.forget_read)

    stale, orders = race(monkeypatch)

    assert orders == BUYERS * ORDERS
    assert stale > 0
