"""A shop at a live server, without throttles, whose customers and staff have access tokens."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from tests.api.conftest import mug, shop
from tradepost.accounts.services import write_roles
from tradepost.api.callers.throttles import SCOPES
from tradepost.catalogue.models import Collection, Variant
from tradepost.core.shop_settings import LimitSettings
from tradepost.promotions.models import PercentageOff
from tradepost.testing import factories

__all__ = ["mug", "shop"]

STAFF = ("catalogue", "orders", "finance", "support", "marketing", "administrator")


@pytest.fixture
def server(transactional_db: None, shop: Variant, live_server: Any, settings: Any) -> str:
    """Address of the API, whose shop sells mugs."""
    settings.TRADEPOST_API = {"THROTTLE": dict.fromkeys(SCOPES), "ACCESS_LIFETIME": timedelta(hours=10)}
    settings.TRADEPOST_LIMITS = dict.fromkeys(LimitSettings.__dataclass_fields__.keys() - {"TRUSTED_PROXIES"})
    factories.category("Cups", slug="cups")
    Collection.objects.create(name="Gifts", slug="gifts")
    PercentageOff.objects.create(promotion=factories.promotion(coupon="TEN"), percent=10)
    return f"{live_server.url}/api/v1/"


@pytest.fixture
def token_of(server: str) -> Any:
    """Access tokens: ``token_of("customer")``, ``token_of("orders")`` for a department."""
    write_roles()

    def sign_in(name: str) -> str:
        user = get_user_model().objects.create_user(name, f"{name}@example.com", "secret", is_staff=name in STAFF)
        user.groups.set(Group.objects.filter(name=f"Tradepost: {name}"))
        answer = Client().post(
            "/api/v1/auth/token/",
            {"email": name, "password": "secret"},  # by the username, for no address is verified
            content_type="application/json",
        )
        return str(answer.json()["access_token"])

    return sign_in


@pytest.fixture
def schema_file(server: str, tmp_path: Path) -> Path:
    """The schema, as a client's maker reads it."""
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(Client().get("/api/v1/schema/?format=json").json()))
    return path
