"""An order whose taxes a service outside knows: asked before the transaction that places it, and never in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from tests.checkout.conftest import card, complete, ready
from tests.fakes.tax_server import TaxServer
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.errors import TotalChanged
from tradepost.core.soft_cache import soft_cache
from tradepost.inventory.models import Reservation
from tradepost.orders.models import Order
from tradepost.pricing.errors import TaxUnavailable
from tradepost.pricing.services import tax_is_known
from tradepost.testing.deliver import deliver_events
from tradepost.testing.gateways import ScriptedGateway, captured

pytestmark = pytest.mark.django_db
ENGINE = "tests.docs.examples.taxservice.TaxService"


@pytest.fixture(autouse=True)
def service(gateway: ScriptedGateway, settings: Any) -> Iterator[TaxServer]:
    """The shop's tax service: 19 % in Germany."""
    cache.clear()
    with TaxServer() as server:
        options = {"api_key": "tax_key", "base_url": server.url, "timeout": 5, "pause": 0}
        settings.TRADEPOST_PRICING = {"TAX": {"BACKEND": ENGINE, "OPTIONS": options}}
        yield server
    cache.clear()


def asked(service: TaxServer) -> int:
    """How many estimates the service was asked for."""
    return len(service.called("/v1/estimates"))


def test_the_answer_of_the_last_look_counts(service: TaxServer, mug: Variant) -> None:
    """The page asked; placing the order asks nobody, and the sale is told afterwards."""
    basket = ready(mug, quantity=2)
    services.look(basket)
    before = asked(service)
    card().play(captured)

    complete(basket, "25.00")

    order = Order.objects.get()
    assert (order.goods_tax, order.charges_tax, order.total) == (Decimal("3.19"), Decimal("0.80"), Decimal(25))
    assert asked(service) == before
    deliver_events()
    assert service.booked() == {str(order.uuid): Decimal("3.99")}


def test_an_answer_that_is_not_kept_any_more_is_asked_for_outside(service: TaxServer, mug: Variant) -> None:
    """Once, before the second attempt; the order has one submission."""
    basket = ready(mug, quantity=2)
    cache.clear()
    before = asked(service)
    card().play(captured)

    complete(basket, "25.00")

    assert asked(service) == before + 1
    assert Order.objects.get().goods_tax == Decimal("3.19")
    assert Basket.objects.get().submissions == 1


def test_a_service_that_is_down_refuses_the_order(service: TaxServer, mug: Variant) -> None:
    """Nothing is guessed: no order, no reservation, the basket as it was. When it is back, the order is placed."""
    basket = ready(mug)
    cache.clear()
    service.fault("error_500", times=99)

    view = services.look(basket)
    assert [(r.code, r.attr) for r in view.requirements] == [("tax_unavailable", "")]
    assert view.totals.errors == (
        {"code": "tax_unavailable", "message": "The tax can't be calculated right now. Please try again in a minute."},
    )
    assert [(e.stage, e.code) for e in view.totals.trail if not e.applied] == [("taxes", "tax_unavailable")]
    assert (view.totals.total, view.totals.tax) == (Decimal("15.00"), Decimal(0))
    with pytest.raises(TaxUnavailable):
        complete(basket, "15.00")
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()
    assert Basket.objects.get().status == "open"

    service.faults.clear()
    card().play(captured)
    complete(basket, "15.00")
    assert Order.objects.get().goods_tax == Decimal("1.60")


def test_another_answer_is_another_total(service: TaxServer, settings: Any, mug: Variant) -> None:
    """Net prices, and a rate that changed after the page was shown: the buyer sees both totals."""
    settings.TRADEPOST_PRICING = {**settings.TRADEPOST_PRICING, "PRICES_INCLUDE_TAX": False}
    mug.prices.get().price_list.__class__.objects.update(includes_tax=False)
    basket = ready(mug)
    assert services.look(basket).totals.total == Decimal("17.85")
    cache.clear()
    service.books.rates[("DE", "")] = [("USt", "0.21")]

    with pytest.raises(TotalChanged) as refusal:
        complete(basket, "17.85")

    assert refusal.value.context["total"] == {"amount": "18.15", "currency": "EUR"}
    assert not Order.objects.exists()


def test_whoever_adds_a_line_is_told_the_taxes(service: TaxServer, mug: Variant) -> None:
    """The service is asked after the transaction that writes the line."""
    basket = baskets.open_basket(country="DE")

    view = baskets.add_and_read(basket, mug, 2)

    assert tax_is_known(view.totals)
    assert (view.totals.tax, asked(service)) == (Decimal("3.19"), 1)


def test_what_a_buyer_says_is_answered_with_taxes(service: TaxServer, mug: Variant) -> None:
    """A new address is a new question, asked after the address is written."""
    basket = ready(mug)
    data = {"name": "Ada", "line1": "1 St", "city": "Portland", "postcode": "97201", "region": "OR", "country": "US"}

    view = services.update(basket, shipping_address=data)

    assert (view.totals.tax, view.totals.total) == (Decimal(0), Decimal(15))
    assert tax_is_known(view.totals)


def test_without_a_cache_the_process_keeps_the_answer(service: TaxServer, mug: Variant) -> None:
    """A Redis that is gone stops no order: it is placed with what was asked for outside its transaction."""
    backend = "django.core.cache.backends.redis.RedisCache"
    with override_settings(CACHES={"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1"}}):
        basket = ready(mug, quantity=2)
        card().play(captured)
        complete(basket, "25.00")
    soft_cache.wait_no_longer()

    assert Order.objects.get().goods_tax == Decimal("3.19")
