"""Rows that a body names, and that somebody deletes before they are written: refused, and no fault of ours."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.test import Client

from tradepost.catalogue.models import Collection, Product, Tag
from tradepost.core.db import row_values
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.models import PriceList, Zone
from tradepost.shipping.models import FlatRate, ShippingMethod
from tradepost.testing import factories
from tradepost.testing.races import together

PRICES = {"code": "eur-2", "name": "Prices", "currency": "EUR"}
METHOD = {
    "code": "parcel",
    "name": "Parcel",
    "currency": "EUR",
    "costs": {"kind": "flatrate", "amount": {"amount": "1.00", "currency": "EUR"}},
}
POINT = {"code": "kiosk", "name": "Kiosk", "line1": "Main St 1", "postcode": "10115", "city": "Berlin", "country": "DE"}
CASES: dict[str, tuple[str, dict[str, Any], type[Any]]] = {
    "price list, group": ("price-lists/", {**PRICES, "groups": ["gone"]}, CustomerGroup),
    "price list, zone": ("price-lists/", {**PRICES, "zones": ["gone"]}, Zone),
    "price list, list": ("price-lists/", {**PRICES, "converts": "gone"}, PriceList),
    "method, zone": ("shipping-methods/", {**METHOD, "zones": ["gone"]}, Zone),
    "method, product": ("shipping-methods/", {**METHOD, "excluded_products": ["gone"]}, Product),
    "method, collection": ("shipping-methods/", {**METHOD, "excluded_collections": ["gone"]}, Collection),
    "point, method": ("pickup-points/", {**POINT, "methods": ["gone"]}, ShippingMethod),
    "collection, product": ("collections/", {"slug": "a", "name": "A", "products": ["gone"]}, Product),
    "product, tag": (
        "products/",
        {"slug": "a", "name": "A", "product_type": "goods", "tags": ["gone"]},
        Tag,
    ),
}


@pytest.fixture
def root(db: None) -> Client:
    """May all; what they name is there."""
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.com", "secret"))
    kind = factories.product_type("goods")
    Product.objects.create(product_type=kind, slug="gone", name="Gone")
    Collection.objects.create(slug="gone", name="Gone")
    Tag.objects.create(slug="gone", name="Gone")
    CustomerGroup.objects.create(code="gone", name="Gone")
    Zone.objects.create(code="gone", name="Gone")
    factories.price_list("gone", currency="EUR")
    FlatRate.objects.create(code="gone", name="Gone", currency="EUR", amount="1.00")
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", CASES)
def test_a_row_that_is_deleted_meanwhile_is_told(root: Client, case: str) -> None:
    """Under the field that names it, by whichever statement or commit the database notices it."""
    if connection.vendor == "sqlite":
        pytest.skip("One transaction writes at a time there, so nothing is deleted meanwhile.")
    path, body, model = CASES[case]
    by_keys = row_values.by_keys

    def found_and_gone(which: type[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows: list[Any] = by_keys(which, *args, **kwargs)
        if which is model:
            keys = [row.pk for row in rows]
            together([lambda: which._default_manager.filter(pk__in=keys).delete()])
        return rows

    with patch.object(row_values, "by_keys", found_and_gone), _everywhere(found_and_gone):
        answer = root.post(f"/api/v1/staff/{path}", body, content_type="application/json")

    assert answer.status_code in (400, 409), answer.content
    if answer.status_code == 400:
        named = next(name for name, value in body.items() if value in ("gone", ["gone"]))
        assert answer.json()["errors"][0]["attr"] == named
    assert not model.objects.filter(**{"code" if hasattr(model, "code") else "slug": "gone"}).exists()


def test_what_is_there_is_blamed_for_nothing(root: Client) -> None:
    """A broken key that nobody's deletion explains is a fault of ours, and stays one."""
    with patch("tradepost.pricing.services.price_lists.write_values", side_effect=IntegrityError("no such row")):
        answer = root.post(
            "/api/v1/staff/price-lists/", {**PRICES, "groups": ["gone"]}, content_type="application/json"
        )

    assert answer.status_code == 500


def _everywhere(function: Any) -> Any:
    """In place of ``by_keys`` in the modules that imported it."""
    from contextlib import ExitStack

    stack = ExitStack()
    for name in (
        "pricing.services.price_lists",
        "shipping.services.method_values",
        "shipping.services.point_values",
        "catalogue.services.collections",
        "catalogue.services.product_values",
    ):
        stack.enter_context(patch(f"tradepost.{name}.by_keys", function))
    return stack
