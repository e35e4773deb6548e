"""Staff keep shipping methods and pickup points by the API, and ask what a delivery would cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Collection
from tradepost.shipping.models import FlatRate, PickupPoint, ShippingMethod
from tradepost.shipping.services import shipping_kinds
from tradepost.testing import factories

from .conftest import Staff, errors

pytestmark = pytest.mark.django_db

PARCEL = {
    "code": "parcel",
    "name": "Parcel",
    "currency": "EUR",
    "costs": {"kind": "flatrate", "amount": {"amount": "4.90", "currency": "EUR"}},
}
POINT = {
    "code": "kiosk",
    "name": "Kiosk",
    "methods": ["parcel"],
    "line1": "Main St 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}


def euros(amount: str) -> dict[str, str]:
    """As the API writes them."""
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def orders(staff: Callable[[str], Staff]) -> Staff:
    """Who keeps deliveries."""
    return staff("orders")


def test_a_method_is_made_read_changed_and_deleted(orders: Staff) -> None:
    """With its zones and what it excludes; lists replace those that are there."""
    factories.tax()
    product = factories.variant(sku="SOFA").product
    Collection.objects.create(name="Furniture", slug="furniture")
    created = orders.post(
        "shipping-methods/",
        {
            **PARCEL,
            "handling": euros("1.00"),
            "zones": ["home"],
            "excluded_products": [product.slug],
            "excluded_collections": ["furniture"],
            "max_weight": 30_000,
            "min_days": 1,
            "max_days": 3,
        },
    )

    assert created.status_code == 201, created.content
    assert created.json() == {
        "code": "parcel",
        "name": "Parcel",
        "description": "",
        "currency": "EUR",
        "costs": {"kind": "flatrate", "amount": euros("4.90"), "per_item": euros("0.00")},
        "handling": euros("1.00"),
        "tax_class": "standard",
        "zones": ["home"],
        "min_days": 1,
        "max_days": 3,
        "max_weight": 30_000,
        "max_side": None,
        "max_girth": None,
        "max_volume": None,
        "excluded_products": [product.slug],
        "excluded_collections": ["furniture"],
        "position": 0,
        "is_active": True,
    }
    changed = orders.patch(
        "shipping-methods/parcel/",
        {"costs": {"kind": "flatrate", "amount": euros("5.90")}, "excluded_products": [], "is_active": False},
    ).json()
    assert (changed["costs"]["amount"], changed["excluded_products"]) == (euros("5.90"), [])
    assert (changed["is_active"], changed["zones"]) == (False, ["home"])
    assert orders.get("shipping-methods/", is_active="false").json()["results"] == [changed]
    assert orders.send("delete", "shipping-methods/parcel/").status_code == 204
    assert not ShippingMethod.objects.exists()
    assert orders.get("shipping-methods/parcel/").status_code == 404


COSTS: dict[str, dict[str, Any]] = {
    "flatrate": {"amount": euros("4.90"), "per_item": euros("0.50")},
    "freeover": {"amount": euros("4.90"), "threshold": euros("50.00"), "after_discounts": False},
    "weighttable": {"bands": [["1000", "4.90"], ["5000", "7.90"]], "volume_divisor": 5000},
    "pricetable": {"bands": [["50", "4.90"]]},
    "quantitytable": {"bands": [["2", "4.90"]]},
    "pickup": {"amount": euros("0.00"), "address": {"city": "Berlin"}},
    "carrierservice": {"carrier": "acme", "service": "standard", "markup": "10", "fallback": euros("9.00")},
}


@pytest.mark.parametrize("kind", COSTS)
def test_every_kind_is_written_and_shown(orders: Staff, settings: Any, kind: str) -> None:
    """As it was sent."""
    settings.TRADEPOST_SHIPPING = {"CARRIERS": {"acme": {"BACKEND": "tests.docs.examples.swift_carrier.SwiftCarrier"}}}
    created = orders.post("shipping-methods/", {**PARCEL, "costs": {"kind": kind, **COSTS[kind]}})

    assert created.status_code == 201, created.content
    assert created.json()["costs"] == {"kind": kind, **COSTS[kind]}
    assert orders.get("shipping-methods/parcel/").json() == created.json()


def test_every_kind_of_ours_is_tried_above() -> None:
    """A new one needs an example; a project's own may be beside."""
    ours = {code for code, kind in shipping_kinds().items() if kind.__module__.startswith("tradepost.")}
    assert ours <= COSTS.keys()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ({"costs": {"kind": "teleport"}}, (400, "invalid_choice", "costs.kind")),
        ({"costs": {"kind": "flatrate"}}, (400, "required", "costs.amount")),
        ({"costs": {"kind": "flatrate", "amount": euros("-1.00")}}, (400, "min_value", "costs.amount")),
        (
            {"costs": {"kind": "flatrate", "amount": {"amount": "1", "currency": "USD"}}},
            (400, "invalid", "costs.amount"),
        ),
        ({"costs": {"kind": "flatrate", "amount": euros("1.00"), "bands": []}}, (400, "unknown_field", "costs.bands")),
        ({"costs": {"kind": "weighttable", "bands": [["5", "1.00"], ["5", "2.00"]]}}, (400, "invalid", "costs.bands")),
        ({"costs": {"kind": "weighttable", "bands": [["5", "1.001"]]}}, (400, "invalid", "costs.bands")),
        ({"costs": []}, (400, "invalid", "costs")),
        ({"handling": {"amount": "1", "currency": "USD"}}, (400, "invalid", "handling")),
        ({"currency": "XXX"}, (400, "invalid", "currency")),
        ({"zones": ["nowhere"]}, (400, "invalid", "zones")),
        ({"excluded_products": ["nothing"]}, (400, "invalid", "excluded_products")),
        ({"min_days": 3, "max_days": 2}, (400, "invalid", "max_days")),
        ({"position": -1}, (400, "min_value", "position")),
        ({"id": 7}, (400, "unknown_field", "id")),
        ({"code": "pickup here"}, (400, "invalid", "code")),
    ],
)
def test_what_is_wrong_is_named(orders: Staff, data: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    """And nothing is stored."""
    status, code, attr = refusal
    if "currency" in data:
        data = {**data, "costs": {"kind": "flatrate", "amount": {"amount": "1.00", "currency": "EUR"}}}
    refused = orders.post("shipping-methods/", {**PARCEL, **data})

    assert refused.status_code == status, refused.content
    if "currency" not in data:
        assert (code, attr) in errors(refused)
    assert not ShippingMethod.objects.exists()


def test_a_method_keeps_its_kind_and_its_amounts_their_meaning(orders: Staff) -> None:
    """Another currency needs all amounts in it."""
    orders.post("shipping-methods/", PARCEL)
    dollars = {"amount": "6.00", "currency": "USD"}

    assert errors(orders.patch("shipping-methods/parcel/", {"costs": {"kind": "pickup"}})) == [
        (400, ""),
        ("invalid", "costs.kind"),
    ]
    alone = orders.patch("shipping-methods/parcel/", {"currency": "USD"})
    assert errors(alone) == [(400, ""), ("invalid", "currency")]
    assert alone.json()["context"] == {"missing": ["handling", "amount", "per_item"]}
    whole = orders.patch(
        "shipping-methods/parcel/",
        {
            "currency": "USD",
            "handling": {"amount": "0", "currency": "USD"},
            "costs": {"kind": "flatrate", "amount": dollars, "per_item": {"amount": "0", "currency": "USD"}},
        },
    )
    assert whole.json()["costs"]["amount"] == dollars
    assert FlatRate.objects.values_list("currency", "amount").get() == ("USD", Decimal(6))
    assert errors(orders.post("shipping-methods/", PARCEL)) == [(400, ""), ("unique", "code")]


def test_a_point_is_kept_and_holds_its_method(orders: Staff) -> None:
    """A method that reaches points isn't deleted under them."""
    orders.post("shipping-methods/", PARCEL)

    assert errors(orders.post("pickup-points/", {**POINT, "methods": ["nope"]})) == [(400, ""), ("invalid", "methods")]
    assert errors(orders.post("pickup-points/", {**POINT, "methods": []}))[1][1] == "methods"
    assert errors(orders.post("pickup-points/", {**POINT, "country": "QQ"})) == [(400, ""), ("invalid", "country")]
    assert not PickupPoint.objects.exists()
    created = orders.post("pickup-points/", {**POINT, "opening_hours": "Mo–Fr"})
    assert (created.status_code, created.json()["methods"], created.json()["opening_hours"]) == (
        201,
        ["parcel"],
        "Mo–Fr",
    )
    refused = orders.send("delete", "shipping-methods/parcel/")
    assert errors(refused) == [(409, ""), ("in_use", None)]
    assert refused.json()["context"] == {"by": "pickup_points", "count": 1}
    assert orders.patch("pickup-points/kiosk/", {"position": 2}).json()["position"] == 2
    assert [row["code"] for row in orders.get("pickup-points/", method="parcel").json()["results"]] == ["kiosk"]
    assert orders.send("delete", "pickup-points/kiosk/").status_code == 204
    assert orders.send("delete", "shipping-methods/parcel/").status_code == 204


def test_what_a_delivery_would_cost_is_told_by_each_method(orders: Staff) -> None:
    """With the reason why one isn't on offer; nothing is written."""
    factories.variant(sku="MUG", price="10.00")
    orders.post("shipping-methods/", PARCEL)
    light = {**PARCEL, "code": "letter", "position": 1, "costs": {"kind": "quantitytable", "bands": [["1", "1.90"]]}}
    orders.post("shipping-methods/", light)
    body = {"items": [{"variant": "MUG"}, {"variant": "MUG", "quantity": 2}], "country": "DE"}

    with CaptureQueriesContext(connection) as queries:
        quotes = orders.post("shipping-methods/quotes/", body).json()

    assert [(row["code"], row["amount"], row["reason"]) for row in quotes["shipping_methods"]] == [
        ("parcel", euros("4.90"), ""),
        ("letter", None, "Not available for this parcel."),
    ]
    assert not [query for query in queries if query["sql"].startswith(('INSERT INTO "tradepost', 'UPDATE "tradepost'))]
    assert errors(orders.post("shipping-methods/quotes/", {"items": [{"variant": "NOPE"}]}))[0] == (400, "")
    assert errors(orders.post("shipping-methods/quotes/", {"items": []}))[0] == (400, "")


def test_a_list_costs_as_many_queries_for_many_methods(orders: Staff) -> None:
    """However many there are of each kind."""

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert orders.get("shipping-methods/").status_code == 200
        return len(queries)

    for number in range(2):
        orders.post("shipping-methods/", {**PARCEL, "code": f"parcel-{number}"})
    few = count()
    for number in range(2, 8):
        orders.post("shipping-methods/", {**PARCEL, "code": f"parcel-{number}"})

    assert count() == few
