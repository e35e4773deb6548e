"""Bulk calls: a result for each row, the same again changes nothing, all or nothing where it is asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.api.models import IdempotencyRecord
from tradepost.catalogue.models import Product, Variant
from tradepost.core.actors import SYSTEM
from tradepost.inventory.models import Location, StockLevel, StockMovement
from tradepost.inventory.services import adjust
from tradepost.pricing.models import Price, PriceChange
from tradepost.testing import factories

from .conftest import Goods

pytestmark = pytest.mark.django_db


def price(sku: str, amount: str, *, currency: str = "EUR", price_list: str = "eur") -> dict[str, Any]:
    """A row of the call for prices."""
    return {"price_list": price_list, "variant": sku, "amount": {"amount": amount, "currency": currency}}


def outcome(answer: Any) -> list[tuple[int, Any]]:
    """The status of each row, with what changed or the code and the place of its first error."""
    return [
        (row["status"], row["data"].get("changed") if "data" in row else tuple(row["errors"][0].values())[::2])
        for row in answer.json()["results"]
    ]


ROWS = [
    price("MUG", "9.99"),
    price("NONE", "1"),
    price("CUP", "2", currency="USD"),
    price("CUP", "2", price_list="usd"),
    price("MUG", "8"),
    price("CUP", "-1"),
    {"variant": "CUP"},
    "CUP",
    price("POT", "3"),
]
OUTCOMES: list[tuple[int, Any]] = [
    (200, True),
    (400, ("invalid", "variant")),
    (400, ("invalid", "amount")),
    (400, ("invalid", "price_list")),
    (400, ("invalid", None)),
    (400, ("invalid", "amount")),
    (400, ("required", "amount")),
    (400, ("invalid", None)),
    (200, True),
]


@pytest.fixture
def shop() -> None:
    """Three variants and a list."""
    factories.price_list()
    factories.variant(sku="MUG", on_hand=1)
    factories.variant(sku="CUP")
    factories.variant(sku="POT")


def test_each_price_has_a_result(goods: Goods, shop: None) -> None:
    """Those that can be set are; the same call again changes nothing."""
    first = goods("post", "prices/bulk/", {"items": ROWS})
    again = goods("post", "prices/bulk/", {"items": ROWS})

    assert (first.status_code, outcome(first)) == (200, OUTCOMES)
    assert (first.json()["succeeded"], first.json()["failed"]) == (2, 7)
    assert [row["index"] for row in first.json()["results"]] == list(range(9))
    assert first.json()["results"][0]["data"] == {
        "price_list": "eur",
        "variant": "MUG",
        "min_quantity": 1,
        "changed": True,
    }
    assert [result for result in outcome(again) if result[0] == 200] == [(200, False), (200, False)]
    assert sorted(Price.objects.values_list("variant__sku", "amount")) == [("MUG", Decimal("9.99")), ("POT", 3)]
    assert PriceChange.objects.count() == 2


def test_one_wrong_row_and_nothing_is_written(goods: Goods, shop: None) -> None:
    """With ``atomic``; the rows say which one, in the form of every refusal."""
    answer = goods("post", "prices/bulk/?atomic=true", {"items": ROWS})
    body = answer.json()

    assert (answer.status_code, body["type"], body["errors"][0]["code"]) == (400, "validation_error", "bulk_refused")
    assert (body["succeeded"], body["failed"]) == (0, 7)
    assert [status for status, _ in outcome(answer)] == [status for status, _ in OUTCOMES]
    assert not Price.objects.exists()
    assert not PriceChange.objects.exists()

    good = goods("post", "prices/bulk/?atomic=true", {"items": [ROWS[0], ROWS[-1]]})

    assert (good.status_code, good.json()["succeeded"]) == (200, 2)


def test_a_stocktaking_is_booked(goods: Goods, shop: None) -> None:
    """One movement for each level that changes."""
    rows: list[dict[str, Any]] = [
        {"variant": "MUG", "location": "main", "counted": 4, "note": "Inventory 2027"},
        {"variant": "CUP", "location": "main", "counted": 0},
        {"variant": "CUP", "location": "moon", "counted": 0},
        {"variant": "CUP", "location": "main", "counted": 9},
        {"variant": "NONE", "location": "main", "counted": 1},
    ]
    first = goods("post", "stock/bulk/", {"items": rows})
    again = goods("post", "stock/bulk/", {"items": rows[:2]})

    assert outcome(first) == [
        (200, True),
        (200, False),
        (400, ("invalid", "location")),
        (400, ("invalid", None)),
        (400, ("invalid", "variant")),
    ]
    assert outcome(again) == [(200, False), (200, False)]
    assert sorted(StockLevel.objects.values_list("variant__sku", "on_hand")) == [("CUP", 0), ("MUG", 4)]
    assert list(StockMovement.objects.values_list("on_hand_delta", "note")) == [(3, "Inventory 2027")]


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_a_stocktaking_whose_answer_was_lost_is_booked_once(goods: Goods, shop: None, query: str) -> None:
    """The same again by its key doesn't bring back what was sold since; by another key it is another stocktaking."""
    rows = [
        {"variant": "MUG", "location": "main", "counted": 4, "note": "shelf"},
        {"variant": "CUP", "location": "main", "counted": 3},
    ]
    first = goods("post", f"stock/bulk/{query}", {"items": rows}, key="k1")
    IdempotencyRecord.objects.all().delete()  # as when the process died before it was written
    adjust(Variant.objects.get(sku="MUG").pk, Location.objects.get().pk, -1, by=SYSTEM)

    again = goods("post", f"stock/bulk/{query}", {"items": rows}, key="k1")
    levels = sorted(StockLevel.objects.values_list("variant__sku", "on_hand"))
    other = goods("post", f"stock/bulk/{query}", {"items": rows}, key="k2")

    assert outcome(first) == outcome(again) == [(200, True), (200, True)]
    assert levels == [("CUP", 3), ("MUG", 3)]
    assert outcome(other) == [(200, True), (200, False)]
    assert sorted(StockLevel.objects.values_list("variant__sku", "on_hand")) == [("CUP", 3), ("MUG", 4)]


PRODUCTS: list[dict[str, Any]] = [
    {
        "slug": "mug",
        "name": "Mug",
        "product_type": "goods",
        "option_names": ["Colour"],
        "variants": [
            {"sku": "MUG-R", "options": {"Colour": "red"}},
            {"sku": "MUG-B", "options": {"Colour": "blue"}, "metadata": {"shelf": 3}},
        ],
    },
    {"slug": "old", "summary": "Still here."},
    {"slug": "new"},
    {"slug": "thief", "name": "Thief", "product_type": "goods", "variants": [{"sku": "OLD"}]},
    {"slug": "odd", "name": "Odd", "product_type": "shoes"},
]


def test_products_are_made_and_changed(goods: Goods) -> None:
    """By slug and SKU; a row that is refused takes no other along, and the same again writes nothing."""
    factories.variant(sku="OLD", product=factories.product(slug="old"))

    first = goods("post", "products/bulk/", {"items": PRODUCTS})
    state = list(Product.objects.order_by("slug").values())
    again = goods("post", "products/bulk/", {"items": PRODUCTS})

    assert outcome(first) == [
        (201, None),
        (200, None),
        (400, ("required", "name")),
        (400, ("unique", "sku")),
        (400, ("invalid", "product_type")),
    ]
    assert [status for status, _ in outcome(again)] == [200, 200, 400, 400, 400]
    assert list(Product.objects.order_by("slug").values()) == state
    assert [row["slug"] for row in state] == ["mug", "old"]
    assert Variant.objects.get(sku="MUG-B").metadata == {"shelf": 3}


def test_an_upsert_changes_options_with_their_variants(goods: Goods) -> None:
    """An option more, with a value for each variant, and another variant."""
    factories.product_type()
    goods("post", "products/bulk/", {"items": PRODUCTS[:1]})
    change = {
        "slug": "mug",
        "option_names": ["Colour", "Size"],
        "variants": [
            {"sku": "MUG-R", "options": {"Colour": "red", "Size": "S"}},
            {"sku": "MUG-B", "options": {"Colour": "blue", "Size": "S"}},
            {"sku": "MUG-L", "options": {"Colour": "blue", "Size": "L"}},
        ],
    }

    assert outcome(goods("post", "products/bulk/", {"items": [change]})) == [(200, None)]
    assert list(Variant.objects.values_list("sku", "options")) == [
        ("MUG-R", {"Colour": "red", "Size": "S"}),
        ("MUG-B", {"Colour": "blue", "Size": "S"}),
        ("MUG-L", {"Colour": "blue", "Size": "L"}),
    ]


def test_all_products_or_none(goods: Goods) -> None:
    """A row that only the database or a service refuses undoes the others, too."""
    factories.variant(sku="OLD", product=factories.product(slug="old"))

    answer = goods("post", "products/bulk/?atomic=true", {"items": PRODUCTS})

    assert (answer.status_code, answer.json()["failed"]) == (400, 3)
    assert list(Product.objects.values_list("slug", "summary")) == [("old", "")]


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", {}, 400),
        ("", {"items": []}, 400),
        ("", {"items": {}}, 400),
        ("", {"items": [1] * 20_001}, 400),
        ("", {"items": [1], "more": 1}, 400),
        ("?atomic=perhaps", {"items": [1]}, 400),
        ("", {"items": ["x" * 10_500_000]}, 413),
    ],
)
@pytest.mark.parametrize("path", ["prices", "stock", "products"])
def test_a_call_that_is_none_is_refused(goods: Goods, path: str, query: str, body: Any, status: int) -> None:
    """As a whole."""
    answer = goods("post", f"{path}/bulk/{query}", body)

    assert (answer.status_code, bool(answer.json()["errors"][0]["code"])) == (status, True)


def test_a_body_may_be_larger_than_elsewhere(goods: Goods, shop: None) -> None:
    """A thousand rows are."""
    rows = [price("MUG", "1") | {"min_quantity": number} for number in range(1, 1001)]
    padding = {"variant": "CUP", "amount": None, "price_list": "x" * 50}

    answer = goods("post", "prices/bulk/", {"items": [*rows[:999], padding]})

    assert (answer.status_code, answer.json()["succeeded"], answer.json()["failed"]) == (200, 999, 1)
    assert Price.objects.count() == 999


def test_few_statements_whatever_the_number_of_rows(goods: Goods, shop: None) -> None:
    """For prices and counts."""
    factories.location("main")
    costs: dict[str, list[int]] = {"prices": [], "stock": []}
    goods("post", "prices/bulk/", {"items": [price("CUP", "1")]})
    for number in (1, 50):
        skus = [factories.variant().sku for _ in range(number)]
        bodies: dict[str, list[Any]] = {
            "prices": [price(sku, "1") for sku in skus],
            "stock": [{"variant": sku, "location": "main", "counted": 2} for sku in skus],
        }
        for path, rows in bodies.items():
            with CaptureQueriesContext(connection) as captured:
                assert goods("post", f"{path}/bulk/", {"items": rows}).json()["succeeded"] == number
            costs[path].append(len(captured))

    assert [len(set(queries)) for queries in costs.values()] == [1, 1], costs
