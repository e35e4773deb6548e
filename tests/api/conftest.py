"""A shop that sells by the API: goods, a way to deliver, ways to pay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.catalogue.models import Variant
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories

ADDRESS = {"name": "Ada Byron", "line1": "Main St 1", "city": "Berlin", "postcode": "10115", "country": "DE"}
Call = Callable[..., Any]


@pytest.fixture
def post(client: Client) -> Call:
    """POST JSON: ``post("baskets/", {…}, key="…")``."""

    def call(path: str, data: Any = None, *, method: str = "post", key: str = "", by: Client = client) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return getattr(by, method)(f"/api/v1/{path}", data or {}, content_type="application/json", headers=headers)

    return call


@pytest.fixture
def mug() -> Variant:
    """Priced at 12.50, five in stock."""
    return factories.variant(product=factories.product(name="Mug", slug="mug"), sku="MUG", price="12.50", on_hand=5)


@pytest.fixture
def basket(post: Call) -> dict[str, Any]:
    """A guest's empty basket, as JSON."""
    body: dict[str, Any] = post("baskets/").json()
    return body


@pytest.fixture
def signed_in() -> Client:
    """A client with a signed-in user."""
    user = get_user_model().objects.create_user("anna", email="anna@example.com", password="secret")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shop(settings: Any, mug: Variant, tmp_path: Path) -> Variant:
    """Sells mugs: parcels cost 4.90, cards are charged at once, or cash is paid on delivery."""
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {
                "BACKEND": "tradepost.gateways.dummy.DummyGateway",
                "OPTIONS": {"path": str(tmp_path / "books.sqlite3"), "allow": True},
                "LABEL": "Card",
            },
            "cod": {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "CONFIRM_ON": "placement"},
        }
    }
    factories.tax("0.19")
    FlatRate.objects.create(code="parcel", name="Parcel", amount="4.90", currency="EUR")
    return mug
