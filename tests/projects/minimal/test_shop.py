"""A shop without payments, API, storefront, shipments and commands takes orders all the same."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command

import tradepost
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.checkout import services as checkout
from tradepost.core.actors import SYSTEM
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.deliver import deliver_events

pytestmark = [pytest.mark.minimal, pytest.mark.django_db]

HOME = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
# What the optional apps need, and nothing else does.
THEIRS = {"rest_framework", "drf_spectacular", "django_filters", "celery", "stripe", "razorpay"}


def place() -> AbstractOrder:
    """An order of two mugs for 10.00 each, and 5.00 for the parcel."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(5))
    basket = baskets.open_basket(country="DE")
    baskets.add(basket, make.variant(price="10.00", on_hand=5), 2)
    view = checkout.update(basket, email="ada@example.com", shipping_address=HOME, shipping_method="parcel")
    assert (view.can_complete, view.payments) == (True, ())
    visit = checkout.Visit(expected_total=Decimal("25.00"), expected_currency="EUR")
    return checkout.complete(Basket.objects.get(pk=basket.pk), visit).order


def test_no_optional_app_is_installed() -> None:
    """Else the tests below would show nothing."""
    assert [name for name in tradepost.OPTIONAL_APPS if apps.is_installed(name)] == []


def test_an_order_is_confirmed_at_once() -> None:
    """Nothing is to be paid here: its stock is kept, its basket closed, and the customer is told."""
    order = Order.objects.get(pk=place().pk)

    assert (order.status, order.total, order.stage) == ("confirmed", Decimal("25.00"), "confirmed")
    assert (Basket.objects.get().status, StockLevel.objects.get().reserved) == ("closed", 2)
    assert Reservation.objects.get().expires_at is None
    deliver_events()
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


def test_a_cancelled_order_gives_its_stock_back() -> None:
    """By the same transitions as anywhere."""
    order = orders.apply(place(), "cancel", by=SYSTEM, reason="changed their mind")

    assert (order.status, StockLevel.objects.get().reserved) == ("cancelled", 0)


def test_what_isnt_installed_isnt_imported() -> None:
    """An order is placed without a module of an optional app, or of what only those need."""
    place()
    deliver_events()

    loaded = {name for name in sys.modules if name.startswith(tuple(tradepost.OPTIONAL_APPS))}
    assert loaded == set()
    assert {name.partition(".")[0] for name in sys.modules} & THEIRS == set()


def test_the_project_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """No check complains, and there is nothing to migrate."""
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True)

    assert "No changes detected" in capsys.readouterr().out
