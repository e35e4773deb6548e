"""A Redis that is gone slows the shop, and doesn't stop it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from tradepost.catalogue.models import Variant
from tradepost.core.soft_cache import soft_cache
from tradepost.orders.models import Order
from tradepost.promotions.models import PercentageOff
from tradepost.testing import factories as make

from .conftest import Visitor


@pytest.fixture(autouse=True)
def _gone(settings: Any, shop: None) -> Iterator[None]:
    """Nothing listens there."""
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1"}}
    yield
    soft_cache.wait_no_longer()


def test_the_control_no_cache_can_be_reached() -> None:
    """Who asks it without care has an error."""
    with pytest.raises(RedisError):
        cache.get("x")


def test_a_guest_buys_without_a_cache(guest: Visitor, mug: Variant) -> None:
    """With the menu, a badge, a coupon, and the order placed."""
    make.category("Cups")
    PercentageOff.objects.create(promotion=make.promotion(), percent="10", products=["mug"])
    for url in ("/", "/products/mug/", "/search/?q=mug"):
        assert guest.get(url).status_code == 200
    assert "Cups" in guest.text

    guest.add(mug)
    assert guest.post("/basket/coupon/", {"code": "NONE"}).status_code == 409
    guest.say(method="transfer")
    guest.place()
    order = Order.objects.get()

    assert (order.status, order.total) == ("pending", 14)
    assert Client().get(f"/orders/{order.number}/?token=x").status_code == 404


def test_the_api_sells_without_a_cache(guest: Visitor, mug: Variant) -> None:
    """Its throttles count nobody."""
    guest.add(mug)
    guest.say(method="transfer")
    form = guest.order_form()
    body = {"expected_total": {"amount": form["total"], "currency": form["currency"]}}
    url = f"/api/v1/baskets/{form['basket']}/checkout/complete/"

    answer = Client().post(url, body, content_type="application/json", headers={"Idempotency-Key": "k1"})

    assert (answer.status_code, Order.objects.count()) == (201, 1)
    assert Client().get("/api/v1/products/").status_code == 200
