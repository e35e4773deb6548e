"""Sales broken down: what counts as sold, what was credited since, and on which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.orders import services
from tradepost.orders.models import Order
from tradepost.orders.reports import BREAKDOWNS, BreakdownRow, sales_breakdown
from tradepost.orders.reports.sales_breakdown import MOST_PERIODS
from tradepost.testing import factories, placed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = NOON.date()


@pytest.fixture(autouse=True)
def _utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def sell(*lines: Any, at: datetime = NOON, **values: Any) -> Order:
    """A paid order that was placed at a moment."""
    with clock.at(at):
        return placed.pay(placed.order(*lines, reserve=False, **values))


def figures(rows: list[BreakdownRow]) -> list[tuple[Any, ...]]:
    """Key, currency, orders, units, gross, credited, total, net, tax."""
    return [
        (r.key, r.currency, r.orders, r.units, *map(str, (r.gross, r.credited, r.total, r.net, r.tax))) for r in rows
    ]


def test_a_day_has_a_row_for_each_currency_less_what_was_credited() -> None:
    """Charges count, credits of later days too; the sums of net and tax follow."""
    order = sell(placed.line_row("119.00"), shipping="11.90")
    sell(placed.line_row("11.90"))
    sell(placed.line_row("20.00"), currency="USD", rate="0")
    with clock.at(NOON + timedelta(days=9)):
        services.credit_goodwill(order, Decimal("11.90"))

    assert figures(sales_breakdown(DAY, DAY, "day")) == [
        ("2026-03-10", "EUR", 2, None, "142.80", "11.90", "130.90", "110.00", "20.90"),
        ("2026-03-10", "USD", 1, None, "20.00", "0.00", "20.00", "20.00", "0.00"),
    ]
    assert figures(sales_breakdown(DAY, DAY, "day", currency="USD"))[0][:3] == ("2026-03-10", "USD", 1)
    assert sales_breakdown(DAY + timedelta(days=1), DAY + timedelta(days=9), "day") == []


def test_what_is_pending_or_cancelled_is_not_sold() -> None:
    """Nor what is expired."""
    with clock.at(NOON):
        placed.order(reserve=False)
        cancelled = placed.pay(placed.order(reserve=False))
        services.apply(cancelled, "cancel", by=SYSTEM)

    assert [sales_breakdown(DAY, DAY, by) for by in BREAKDOWNS] == [[]] * len(BREAKDOWNS)


def test_a_day_is_one_of_the_shops_time_zone(settings: Any) -> None:
    """In Auckland the eleventh has begun by then; months likewise."""
    sell(at=datetime(2026, 3, 31, 11, 30, tzinfo=UTC))
    settings.TIME_ZONE = "Pacific/Auckland"
    first = date(2026, 4, 1)

    assert figures(sales_breakdown(first, first, "day"))[0][0] == "2026-04-01"
    assert sales_breakdown(date(2026, 3, 31), date(2026, 3, 31), "day") == []
    assert [row[0] for row in figures(sales_breakdown(date(2026, 3, 1), first, "month"))] == ["2026-04-01"]


def test_countries_and_channels_are_those_of_the_order() -> None:
    """The greatest first; a filter leaves the others out."""
    sell(placed.line_row("10.00"))
    Order.objects.update(tax_country="DE")
    sell(placed.line_row("30.00"), channel="shop")
    Order.objects.filter(channel="shop").update(tax_country="AT")

    assert [row[:2] for row in figures(sales_breakdown(DAY, DAY, "country"))] == [("AT", "EUR"), ("DE", "EUR")]
    assert [row.key for row in sales_breakdown(DAY, DAY, "channel")] == ["shop", "web"]
    assert [row.key for row in sales_breakdown(DAY, DAY, "country", channel="web")] == ["DE"]
    assert [row.key for row in sales_breakdown(DAY, DAY, "channel", country="AT")] == ["shop"]


def test_products_and_skus_count_units_less_those_that_came_back() -> None:
    """Of two variants; an order with both counts once. Charges and goodwill on them aren't the goods'."""
    product = factories.product(name="Mug", slug="mug")
    red, blue = (factories.variant(product=product, sku=sku) for sku in ("RED", "BLUE"))
    order = sell(placed.line_row("11.90", 3, variant=red), placed.line_row("11.90", 1, variant=blue), shipping="5.95")
    services.cancel_units(order, {order.lines.get(sku="RED").pk: 2}, by=SYSTEM)

    assert figures(sales_breakdown(DAY, DAY, "product")) == [
        ("mug", "EUR", 1, 2, "47.60", "23.80", "23.80", "20.00", "3.80")
    ]
    assert [row[:4] for row in figures(sales_breakdown(DAY, DAY, "sku"))] == [
        ("BLUE", "EUR", 1, 1),
        ("RED", "EUR", 1, 1),
    ]
    assert sales_breakdown(DAY, DAY, "product")[0].label == "Mug"


def test_a_product_of_two_categories_counts_in_both_and_one_without_is_not_lost() -> None:
    """Goods deleted since are under no key."""
    mug, gone = factories.product(slug="mug"), factories.variant(sku="GONE")
    mug.categories.add(factories.category("Cups", slug="cups"), factories.category("Gifts", slug="gifts"))
    sell(placed.line_row("10.00", variant=factories.variant(product=mug)), placed.line_row("7.00", variant=gone))
    gone.delete()

    rows = sales_breakdown(DAY, DAY, "category")

    assert [(row.key, row.label, str(row.total)) for row in rows] == [
        ("cups", "Cups", "10.00"),
        ("gifts", "Gifts", "10.00"),
        ("", "", "7.00"),
    ]


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_any_number_of_orders_costs_two_queries(by: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """One for sales, and one for credits."""
    for number in range(20):
        sell(placed.line_row(), at=NOON - timedelta(days=number))

    with django_assert_num_queries(2):
        rows = sales_breakdown(DAY - timedelta(days=30), DAY, by)

    assert sum(row.orders for row in rows) == 20


def test_questions_that_cannot_be_are_refused() -> None:
    """With the field."""
    for first, last, by, attr in (
        (DAY, DAY, "moon", "by"),
        (DAY, DAY - timedelta(days=1), "day", "until"),
        (DAY - timedelta(days=MOST_PERIODS), DAY, "day", "since"),
    ):
        with pytest.raises(Invalid) as refusal:
            sales_breakdown(first, last, by)
        assert refusal.value.context["attr"] == attr
    assert sales_breakdown(DAY - timedelta(days=MOST_PERIODS - 1), DAY, "day") == []
