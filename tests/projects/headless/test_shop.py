"""A purchase over HTTP alone, where there is nothing but the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.checks import run_checks
from django.test import Client

from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.deliver import deliver_events

pytestmark = [pytest.mark.headless, pytest.mark.django_db]

HOME = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}


def call(method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
    """The answer as JSON."""
    answer = getattr(Client(), method)(f"/api/v1/{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_neither_storefront_nor_admin_is_installed() -> None:
    """Else the tests below would show nothing; and no check misses them."""
    assert not any(apps.is_installed(name) for name in ("tradepost.storefront", "django.contrib.admin"))
    assert run_checks(tags=["tradepost"]) == []


def test_a_guest_buys() -> None:
    """From the list to a paid order, its token, and the mail."""
    make.tax("0.19")
    mug = make.variant(price="10.00", on_hand=5)
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(5))
    assert [result["slug"] for result in call("get", "products/")["results"]] == [mug.product.slug]

    basket = f"baskets/{call('post', 'baskets/', {}, status=201)['uuid']}"
    call("post", f"{basket}/lines/", {"variant": mug.sku, "quantity": 2}, status=201)
    expected = {
        "email": "ada@example.com",
        "shipping_address": HOME,
        "shipping_method": "parcel",
        "payment_method": "card",
    }
    assert call("patch", f"{basket}/checkout/", expected)["requirements"] == []
    total = {"amount": "25.00", "currency": "EUR"}
    done = call("post", f"{basket}/checkout/complete/", {"expected_total": total}, status=201)

    order = Order.objects.get()
    assert (order.status, order.payment_status, order.total) == ("confirmed", "paid", Decimal("25.00"))
    assert (StockLevel.objects.get().reserved, done["order"]["number"]) == (2, order.number)
    deliver_events()
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


def test_what_is_not_there_is_not_found() -> None:
    """The admin's address, a page of the shop, a stranger's order."""
    for path in ("/admin/", "/", "/api/v1/orders/1/"):
        assert Client().get(path).status_code in (401, 404), path
