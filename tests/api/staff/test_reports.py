"""Reports of the API: sales as JSON and CSV, and the stock's value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.core.dates import clock
from tradepost.inventory.models import StockLevel
from tradepost.testing import factories, placed

from .conftest import Staff

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def sold() -> None:
    """Two mugs and a cup, whose name a spreadsheet would calculate with."""
    mug, cup = factories.product(slug="mug", name="Mug"), factories.product(slug="cup", name="=1+1")
    with clock.at(NOON):
        for product, price, units in ((mug, "11.90", 2), (cup, "119.00", 1)):
            line = placed.line_row(price, units, variant=factories.variant(product=product))
            placed.pay(placed.order(line, reserve=False))


def test_sales_are_shown_by_product_and_best_sellers_first(staff: Callable[[str], Staff], sold: None) -> None:
    """By total, or by units; at most so many rows."""
    caller, query = staff("finance"), {"by": "product", "since": "2026-03-10", "until": "2026-03-10"}

    rows = caller.get("reports/sales/", **query).json()

    assert rows[0] == {
        "key": "cup",
        "label": "=1+1",
        "currency": "EUR",
        "orders": 1,
        "units": 1,
        "gross": {"amount": "119.00", "currency": "EUR"},
        "credited": {"amount": "0.00", "currency": "EUR"},
        "total": {"amount": "119.00", "currency": "EUR"},
        "net": {"amount": "100.00", "currency": "EUR"},
        "tax": {"amount": "19.00", "currency": "EUR"},
    }
    best = caller.get("reports/sales/", **query, sort="units", limit=1).json()
    assert [(row["key"], row["units"]) for row in best] == [("mug", 2)]


def test_the_last_thirty_days_are_shown_by_default(staff: Callable[[str], Staff], sold: None) -> None:
    """Today included."""
    caller = staff("finance")

    with clock.at(NOON):
        assert [row["key"] for row in caller.get("reports/sales/").json()] == ["2026-03-10"]
        assert caller.get("reports/sales/", until="2026-03-09").json() == []


def test_a_report_is_a_file_for_who_asks_for_csv(staff: Callable[[str], Staff], sold: None) -> None:
    """By the address or by the header; what a spreadsheet would calculate with is harmless, and a refusal stays JSON."""
    caller, days = staff("finance"), {"since": "2026-03-10", "until": "2026-03-10"}

    file = caller.get("reports/sales/", by="product", format="csv", **days)
    same = caller.client.get("/api/v1/staff/reports/sales/", {"by": "product", **days}, headers={"Accept": "text/csv"})
    refused = caller.get("reports/sales/", by="moon", format="csv")

    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file.content.decode().splitlines() == [
        "key,label,currency,orders,units,gross,credited,total,net,tax",
        "cup,'=1+1,EUR,1,1,119.00,0.00,119.00,100.00,19.00",
        "mug,Mug,EUR,1,2,23.80,0.00,23.80,20.00,3.80",
    ]
    assert same.content == file.content
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/json")
    assert refused.json()["errors"][0]["attr"] == "by"


@pytest.mark.parametrize("path", ["reports/stock/", "orders/"])
def test_a_form_that_no_answer_has_is_refused_by_its_name(staff: Callable[[str], Staff], path: str) -> None:
    """Where there are several forms, and where there is one."""
    answer = staff("finance").get(path, format="xlsx")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert [(error["code"], error["attr"]) for error in answer.json()["errors"]] == [("invalid_choice", "format")]


@pytest.mark.parametrize("path", ["orders/", "payments/"])
@pytest.mark.parametrize(("currency", "status"), [("eur", 200), ("", 200), ("0.5", 400), ("EURO", 400), ("XXQ", 400)])
def test_lists_are_filtered_by_a_currency_that_there_is(
    staff: Callable[[str], Staff], path: str, currency: str, status: int
) -> None:
    """In capitals or not; nothing found would be taken for no orders in it."""
    assert staff("finance").get(path, currency=currency).status_code == status


def test_questions_that_cannot_be_are_refused(staff: Callable[[str], Staff]) -> None:
    """400, whatever is asked."""
    caller = staff("finance")
    for query in (
        {"since": "yesterday"},
        {"since": "2026-03-10", "until": "2026-03-09"},
        {"since": "2020-01-01", "until": "2026-03-09"},
        {"until": "0001-01-01"},
        {"until": "9999-12-31"},
        {"currency": "€"},
        {"currency": "XXXX"},
        {"limit": "0"},
        {"limit": "9" * 30},
        {"sort": "luck"},
        {"by": "\x00"},
    ):
        assert caller.get("reports/sales/", **query).status_code == 400, query
    assert caller.get("reports/sales/", colour="red")["Unknown-Parameters"] == "colour"


def test_the_stock_has_a_value(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """At cost; what has none, and what is below zero, is left out and counted."""
    for sku, cost, units in (("A", "2.50", 4), ("B", None, 3), ("C", "9.00", -2)):
        factories.stock(factories.variant(sku=sku, unit_cost=cost), on_hand=units)
    StockLevel.objects.filter(variant__sku="A").update(reserved=1)
    StockLevel.objects.filter(variant__sku="B").update(reserved=5)  # two of them before they are there
    caller = staff("finance")

    with django_assert_num_queries(5):
        rows = caller.get("reports/stock/").json()

    assert [(row["location"], row["units"], row["value"], row["units_without_cost"]) for row in rows] == [
        ("main", 7, {"amount": "10.00", "currency": "EUR"}, 3)
    ]
    assert [row["reserved"] for row in rows] == [4]
