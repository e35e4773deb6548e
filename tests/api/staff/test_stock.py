"""Staff book stock by the API: received, counted, adjusted, moved; each with its movement."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Variant
from tradepost.core.actors import SYSTEM
from tradepost.fulfilment.models import Shipment
from tradepost.inventory import services
from tradepost.inventory.models import Location, StockLevel, StockMovement
from tradepost.inventory.ports import Owner
from tradepost.testing import factories, placed

from .conftest import Goods, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Variant:
    """Five on hand at the main location, two of them promised; another location without any."""
    variant = factories.variant(sku="MUG", on_hand=5)
    services.reserve({variant.pk: 2}, owner=Owner("order", "1"))
    factories.location("shop")
    return variant


def units() -> dict[str, tuple[int, int]]:
    """On hand and reserved, by location."""
    rows = StockLevel.objects.values_list("location__code", "on_hand", "reserved")
    return {code: (on_hand, reserved) for code, on_hand, reserved in rows}


def test_units_are_received_counted_adjusted_and_moved(goods: Goods, mug: Variant) -> None:
    """The level is told after each; a movement says who and why."""
    at_main = {"variant": "MUG", "location": "main"}

    received = goods("post", "stock/receive/", {**at_main, "quantity": 4, "note": "Delivery 7"}).json()
    counted = goods("post", "stock/count/", {**at_main, "counted": 8}).json()
    adjusted = goods("post", "stock/adjust/", {**at_main, "delta": -1, "note": "Broken"}).json()
    moved = goods("post", "stock/move/", {"variant": "MUG", "quantity": 5, "source": "main", "target": "shop"}).json()

    assert received == {
        **at_main,
        "on_hand": 9,
        "reserved": 2,
        "available": 7,
        "sellable": 7,
        "backorder_limit": 0,
        "low_stock_at": None,
    }
    assert (counted["on_hand"], adjusted["on_hand"]) == (8, 7)
    assert [(row["location"], row["on_hand"], row["available"]) for row in moved["levels"]] == [
        ("main", 2, 0),
        ("shop", 5, 5),
    ]
    movements = goods("get", "stock-movements/?variant=MUG").json()["results"]
    assert [(row["location"], row["kind"], row["on_hand_delta"], row["note"]) for row in movements] == [
        ("shop", "moved", 5, ""),
        ("main", "moved", -5, ""),
        ("main", "adjusted", -1, "Broken"),
        ("main", "adjusted", -1, ""),
        ("main", "received", 4, "Delivery 7"),
        ("main", "reserved", 0, ""),
    ]
    assert movements[0]["cause_key"] == movements[1]["cause_key"] != ""
    assert {row["actor"] for row in movements[:5]} == {"catalogue@shop"}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("receive", {"quantity": 0}, [(400, ""), ("min_value", "quantity")]),
        ("receive", {"quantity": 1, "variant": "CUP"}, [(400, ""), ("invalid", "variant")]),
        ("receive", {"quantity": 1, "location": "moon"}, [(400, ""), ("invalid", "location")]),
        ("receive", {"quantity": 2_147_483_647}, [(400, ""), ("invalid", "quantity")]),
        ("receive", {"quantity": 1, "on_hand": 9}, [(400, ""), ("unknown_field", "on_hand")]),
        ("count", {"counted": -1}, [(400, ""), ("min_value", "counted")]),
        ("adjust", {"delta": 0}, [(400, ""), ("invalid", "delta")]),
        ("adjust", {"delta": -6}, [(400, ""), ("invalid", "delta")]),
        ("adjust", {"delta": 10**12}, [(400, ""), ("max_value", "delta")]),
        ("limits", {"backorder_limit": -1}, [(400, ""), ("min_value", "backorder_limit")]),
    ],
)
def test_what_cannot_be_booked_is_refused(
    goods: Goods, mug: Variant, path: str, body: dict[str, Any], expected: list[Any]
) -> None:
    """Nothing has changed."""
    assert errors(goods("post", f"stock/{path}/", {"variant": "MUG", "location": "main", **body})) == expected

    assert units() == {"main": (5, 2)}
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "expected", "facts"),
    [
        ({"quantity": 4}, [(409, ""), ("out_of_stock", None)], {"short": {"MUG": 3}}),
        (
            {"quantity": 1, "source": "shop", "target": "main"},
            [(409, ""), ("out_of_stock", None)],
            {"short": {"MUG": 0}},
        ),
        ({"quantity": 1, "target": "main"}, [(400, ""), ("invalid", "target")], None),
        ({"quantity": 1, "target": "moon"}, [(400, ""), ("invalid", "target")], {"unknown": ["moon"]}),
    ],
)
def test_what_is_promised_is_not_moved(
    goods: Goods, mug: Variant, body: dict[str, Any], expected: list[Any], facts: Any
) -> None:
    """The refusal says how many could be."""
    answer = goods("post", "stock/move/", {"variant": "MUG", "source": "main", "target": "shop", **body})

    assert (errors(answer), answer.json().get("context")) == (expected, facts)
    assert units() == {"main": (5, 2)}
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize("path", ["receive", "adjust", "move", "count"])
def test_a_call_that_is_made_again_books_once(goods: Goods, mug: Variant, path: str) -> None:
    """By its key."""
    body = {
        "receive": {"quantity": 1},
        "adjust": {"delta": 1},
        "count": {"counted": 6},
        "move": {"quantity": 1, "source": "main", "target": "shop"},
    }[path]
    place = {"variant": "MUG"} if path == "move" else {"variant": "MUG", "location": "main"}

    first, second = (goods("post", f"stock/{path}/", {**place, **body}, key="k") for _ in range(2))

    assert (first.status_code, first.json()) == (200, second.json())
    assert StockMovement.objects.count() == (3 if path == "move" else 2)


def test_limits_are_set(goods: Goods, mug: Variant) -> None:
    """One that isn't given stays; units aren't written."""
    at_main = {"variant": "MUG", "location": "main"}
    goods("post", "stock/limits/", {**at_main, "backorder_limit": 10, "low_stock_at": 3})
    level = goods("post", "stock/limits/", {**at_main, "low_stock_at": None}).json()

    assert (level["backorder_limit"], level["low_stock_at"], level["sellable"]) == (10, None, 13)
    assert units() == {"main": (5, 2)}


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("", ["MUG", "CUP"]),
        ("?state=low", ["CUP"]),
        ("?state=out", ["CUP"]),
        ("?search=mu", ["MUG"]),
        ("?location=shop", []),
        ("?ordering=on_hand", ["CUP", "MUG"]),
        ("?variant=CUP", ["CUP"]),
    ],
)
def test_levels_are_filtered(goods: Goods, mug: Variant, query: str, skus: list[str]) -> None:
    """By what staff look for."""
    factories.stock(factories.variant(sku="CUP", product=factories.product(name="Cup")), on_hand=0, low_stock_at=1)

    assert [row["variant"] for row in goods("get", f"stock/{query}").json()["results"]] == skus


def test_locations_are_kept(goods: Goods, mug: Variant) -> None:
    """One with a history isn't deleted."""
    created = goods("post", "locations/", {"code": "depot", "name": "Depot", "priority": -1})
    twice = goods("post", "locations/", {"code": "depot", "name": "Again"})
    changed = goods("patch", "locations/depot/", {"is_active": False})
    deleted, used = goods("delete", "locations/depot/"), goods("delete", "locations/main/")

    assert (created.status_code, errors(twice)) == (201, [(400, ""), ("unique", "code")])
    assert changed.json() == {"code": "depot", "name": "Depot", "priority": -1, "is_active": False}
    assert (deleted.status_code, errors(used)) == (204, [(409, ""), ("in_use", None)])
    assert set(Location.objects.values_list("code", flat=True)) == {"main", "shop"}


def test_a_location_that_shipments_leave_from_is_not_deleted(goods: Goods) -> None:
    """Though it never held stock: goods without stock of their own are packed there."""
    Shipment.objects.create(order=placed.order(reserve=False), location=factories.location("depot"))

    refused = goods("delete", "locations/depot/")

    assert (errors(refused), refused.json()["context"]) == (
        [(409, ""), ("in_use", None)],
        {"by": "shipments", "count": 1},
    )
    assert Location.objects.filter(code="depot").exists()


def test_lists_cost_the_same_for_one_and_for_fifty(goods: Goods) -> None:
    """Levels, movements and locations."""
    costs: dict[str, list[int]] = {"stock/": [], "stock-movements/": [], "locations/": []}
    goods("get", "stock/")
    for number in (1, 49):
        for step in range(number):
            variant = factories.variant()
            place = factories.location(f"place-{number}-{step}")
            services.receive(variant.pk, place.pk, 3, by=SYSTEM)
        for path, queries in costs.items():
            with CaptureQueriesContext(connection) as captured:
                assert goods("get", f"{path}?page_size=100").json()["count"] == (1 if number == 1 else 50)
            queries.append(len(captured))

    assert [len(set(queries)) for queries in costs.values()] == [1, 1, 1], costs
