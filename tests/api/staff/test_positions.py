"""Staff give orders by the API: pictures, variants, attributes, collections, deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Attribute, Collection, Image, Product
from tradepost.shipping.models import FlatRate, Pickup, PickupPoint
from tradepost.testing import factories

from .conftest import Goods, Staff, errors

pytestmark = pytest.mark.django_db


def test_pictures_are_shown_as_they_are_named(goods: Goods) -> None:
    """The first is the main one; those that aren't named follow; the product has changed, once."""
    product = factories.product(slug="mug")
    images = [Image.objects.create(product=product, source_url=f"https://x.example/{n}.png") for n in range(3)]
    other = Image.objects.create(product=factories.product(), source_url="https://x.example/other.png")
    first, second, third = (str(image.uuid) for image in images)
    version = Product.objects.get(slug="mug").version

    shown = goods("post", "products/mug/images/in-order/", {"images": [third, first]}).json()["results"]
    assert [(row["uuid"], row["position"], row["is_main"]) for row in shown] == [
        (third, 0, True),
        (first, 1, False),
        (second, 2, False),
    ]
    assert Product.objects.get(slug="mug").version == version + 1
    with CaptureQueriesContext(connection) as queries:
        again = goods("post", "products/mug/images/in-order/", {"images": [third, first, third]})
    assert again.json()["results"] == shown
    assert not [query for query in queries if query["sql"].startswith('UPDATE "tradepost_catalogue')]
    for wrong in (str(other.uuid), str(uuid4())):
        refused = goods("post", "products/mug/images/in-order/", {"images": [first, wrong]})
        assert errors(refused) == [(400, ""), ("invalid", "images")]
        assert refused.json()["context"] == {"unknown": [wrong]}
    assert errors(goods("post", "products/mug/images/in-order/", {"images": ["x"]}))[0] == (400, "")
    assert errors(goods("post", "products/mug/images/in-order/", {"images": []}))[0] == (400, "")
    assert errors(goods("post", "products/nope/images/in-order/", {"images": [first]}))[0] == (404, "")


def test_variants_are_shown_as_they_are_named(goods: Goods) -> None:
    """Each that moved has another version."""
    product = factories.product(slug="mug", option_names=["size"])
    for number, size in enumerate("SML"):
        factories.variant(product=product, sku=f"MUG-{size}", options={"size": size}, position=number)

    answer = goods("post", "products/mug/variants/in-order/", {"variants": ["MUG-L"]})
    assert [row["sku"] for row in answer.json()["variants"]] == ["MUG-L", "MUG-S", "MUG-M"]
    assert set(product.variants.values_list("version", flat=True)) == {2}
    assert errors(goods("post", "products/mug/variants/in-order/", {"variants": ["CUP"]})) == [
        (400, ""),
        ("invalid", "variants"),
    ]


def test_attributes_and_collections_are_shown_as_they_are_named(goods: Goods) -> None:
    """Collections of one position are in the order of their names before."""
    kind = factories.product_type("clothing")
    for code in ("colour", "fit"):
        Attribute.objects.create(product_type=kind, code=code, name=code)
    for slug in ("b", "c", "a"):
        Collection.objects.create(slug=slug, name=slug.upper())

    answer = goods("post", "product-types/clothing/attributes/in-order/", {"attributes": ["fit"]})
    assert [row["code"] for row in answer.json()["attributes"]] == ["fit", "colour"]
    assert goods("post", "collections/in-order/", {"collections": ["c"]}).status_code == 204
    assert [row["slug"] for row in goods("get", "collections/").json()["results"]] == ["c", "a", "b"]
    assert errors(goods("post", "collections/in-order/", {"collections": ["x"]})) == [
        (400, ""),
        ("invalid", "collections"),
    ]


def test_deliveries_are_offered_as_they_are_named(staff: Callable[[str], Staff]) -> None:
    """Of several kinds, and their points."""
    orders = staff("orders")
    values: dict[str, Any] = {"currency": "EUR", "amount": "1.00"}
    FlatRate.objects.create(code="parcel", name="Parcel", **values)
    Pickup.objects.create(code="shop", name="Shop", **values)
    for code in ("a", "b"):
        PickupPoint.objects.create(code=code, name=code, line1="Main St 1", city="Berlin", country="DE")

    assert orders.post("shipping-methods/in-order/", {"shipping_methods": ["shop", "parcel"]}).status_code == 204
    assert [row["code"] for row in orders.get("shipping-methods/").json()["results"]] == ["shop", "parcel"]
    assert orders.post("pickup-points/in-order/", {"pickup_points": ["b"]}).status_code == 204
    assert [row["code"] for row in orders.get("pickup-points/").json()["results"]] == ["b", "a"]
    refused = orders.post("shipping-methods/in-order/", {"shipping_methods": ["nope"]})
    assert errors(refused) == [(400, ""), ("invalid", "shipping_methods")]
