from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.services import Completion, Visit
from tradepost.customers.models import Customer
from tradepost.payments import conf
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway
from tradepost.testing.locks import watch_locks

SCRIPTED = "tradepost.testing.gateways.ScriptedGateway"
HOME = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}


@pytest.fixture
def gateway(settings: Any) -> ScriptedGateway:
    """The shop's only card provider."""
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {"BACKEND": SCRIPTED},
            "cod": {"BACKEND": SCRIPTED, "CONFIRM_ON": "placement"},
        }
    }
    return card()


def card() -> ScriptedGateway:
    """The provider; another one after each change of a setting."""
    provider = conf.gateway("card")
    assert isinstance(provider, ScriptedGateway)
    return provider


def ready(
    *variants: Variant, customer: Customer | None = None, quantity: int = 1, email: str = "ada@example.com"
) -> Basket:
    """A basket whose checkout lacks nothing; delivery costs 5.00."""
    FlatRate.objects.get_or_create(code="parcel", defaults={"name": "Parcel", "currency": "EUR", "amount": Decimal(5)})
    basket = baskets.basket_of(customer) if customer else baskets.open_basket()
    for variant in variants:
        baskets.add(basket, variant, quantity)
    services.update(basket, email=email, shipping_address=HOME, shipping_method="parcel", payment_method="card")
    return Basket.objects.get(pk=basket.pk)


def complete(basket: Basket, total: str | None = None, **values: Any) -> Completion:
    """Place the order."""
    expected = Decimal(total) if total else None
    return services.complete(basket, Visit(expected_total=expected, expected_currency="EUR", **values))


@pytest.fixture
def mug() -> Variant:
    """Something for 10.00, of which five are there."""
    return make.variant(price="10.00", on_hand=5)


@pytest.fixture(autouse=True)
def _locks_in_order(db: None) -> Iterator[None]:
    """Every test of the checkout watches the order of locks, where the database has them."""
    with watch_locks() as log:
        yield
    assert log.violations() == []
