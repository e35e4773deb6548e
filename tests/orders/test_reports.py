"""Sales, in the currencies that were paid and in the shop's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.orders import services
from tradepost.orders.models import Order
from tradepost.orders.reports import sales
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.models import ExchangeRate
from tradepost.pricing.services import exchange_rate
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PAGE = "admin:tradepost_orders_sales"


@pytest.fixture(autouse=True)
def _rates(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD", "JPY", "KWD")}
    for currency, rate in (("USD", "0.92"), ("JPY", "0.0061"), ("KWD", "3")):
        ExchangeRate.objects.create(
            base="EUR", currency=currency, rate=Decimal(rate), valid_from=NOON - timedelta(days=400)
        )


def sell(price: str, at: datetime = NOON, *, currency: str = "EUR", **values: Any) -> Order:
    """An order that was placed, as a checkout does it, and paid at a moment."""
    base = pricing_settings().CURRENCY
    with clock.at(at):
        kept = {"base_currency": base, "exchange_rate": exchange_rate(currency, at)}
        return make.pay(make.order(make.line_row(price=price), currency=currency, **kept, **values))


def rows(first: date, last: date, **values: Any) -> list[tuple[str, str, int, str, str]]:
    """Start, currency, orders, total and total in euros of each row."""
    result = sales(first, last, **values).rows
    return [(str(r.start), r.currency, r.orders, str(r.total), str(r.base_total)) for r in result]


def test_each_day_and_currency_has_a_row() -> None:
    """By the rate that each order kept: a later rate changes nothing; days without sales have none."""
    sell("10.00")
    sell("20.00", currency="USD")
    ExchangeRate.objects.create(base="EUR", currency="USD", rate=Decimal("0.80"), valid_from=NOON + timedelta(hours=1))
    sell("30.00", NOON + timedelta(hours=2), currency="USD")
    sell("1650", NOON + timedelta(days=2), currency="JPY")
    sell("3.125", NOON + timedelta(days=2), currency="KWD")

    report = sales(date(2026, 3, 9), date(2026, 3, 12))

    assert rows(report.first, report.last) == [
        ("2026-03-10", "EUR", 1, "10.00", "10.00"),
        ("2026-03-10", "USD", 2, "50.00", "42.40"),
        ("2026-03-12", "JPY", 1, "1650", "10.07"),
        ("2026-03-12", "KWD", 1, "3.125", "9.38"),
    ]
    assert (report.orders, report.total, report.currency) == (5, Decimal("71.85"), "EUR")
    assert [str(amount) for amount in report.series] == ["0", "52.40", "0", "19.45"]


def test_only_what_is_sold_counts() -> None:
    """Not what is unpaid, cancelled, expired, of another day or channel; less what was credited."""
    kept = sell("10.00")
    services.credit(kept, Decimal("2.50"), by=SYSTEM, reason="goodwill")
    gone = sell("20.00")
    services.apply(gone, "cancel", by=SYSTEM)
    with clock.at(NOON):
        make.order(make.line_row(price="30.00"))
    sell("40.00", NOON - timedelta(days=1))
    sell("50.00", channel="pos")

    assert rows(NOON.date(), NOON.date()) == [("2026-03-10", "EUR", 2, "57.50", "57.50")]
    assert rows(NOON.date(), NOON.date(), channel="web") == [("2026-03-10", "EUR", 1, "7.50", "7.50")]
    assert rows(NOON.date() + timedelta(days=1), NOON.date() + timedelta(days=9)) == []


def test_a_day_is_one_of_the_shops_time_zone(settings: Any) -> None:
    """23:30 in London is the next day in Berlin, also where a summer begins."""
    settings.TIME_ZONE = "Europe/Berlin"
    sell("10.00", datetime(2026, 3, 28, 22, 59, tzinfo=UTC))
    sell("20.00", datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
    sell("30.00", datetime(2026, 3, 29, 21, 59, tzinfo=UTC))
    sell("40.00", datetime(2026, 3, 29, 22, 0, tzinfo=UTC))

    assert rows(date(2026, 3, 28), date(2026, 3, 29)) == [
        ("2026-03-28", "EUR", 1, "10.00", "10.00"),
        ("2026-03-29", "EUR", 2, "50.00", "50.00"),
    ]


def test_a_long_time_is_told_by_month() -> None:
    """Every month has a place in the series."""
    for days in (0, 1, 40):
        sell("10.00", NOON - timedelta(days=days))

    report = sales(date(2025, 12, 20), date(2026, 3, 22))

    assert [(str(row.start), row.orders) for row in report.rows] == [("2026-01-01", 1), ("2026-03-01", 2)]
    assert [str(start) for start in report.starts] == ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]
    assert report.series == [0, Decimal("10.00"), 0, Decimal("20.00")]


def test_orders_in_books_of_another_currency_stand_apart(settings: Any) -> None:
    """A shop that changed its own currency can't add them up."""
    sell("10.00")
    settings.TRADEPOST_PRICING = {"CURRENCY": "USD", "CURRENCIES": ("EUR", "USD")}
    sell("11.00", currency="USD")

    report = sales(NOON.date(), NOON.date())

    assert (report.currency, report.total, report.orders) == ("USD", Decimal("11.00"), 1)
    assert [(row.base_currency, row.base_total) for row in report.elsewhere] == [("EUR", Decimal("10.00"))]


def test_any_number_of_orders_costs_one_query() -> None:
    """The database adds up."""
    for number in range(12):
        sell("10.00", NOON - timedelta(days=number))

    with CaptureQueriesContext(connection) as seen:
        report = sales(NOON.date() - timedelta(days=30), NOON.date())

    assert (len(seen), report.orders, len(report.rows)) == (1, 12, 12)


def test_staff_see_a_chart_and_the_same_numbers(admin_client: Client) -> None:
    """For some periods; a nonsense one is thirty days; the list of orders links to it."""
    sell("1250.00", clock.now() - timedelta(days=2))
    sell("20.00", clock.now() - timedelta(days=60), currency="USD")

    page = admin_client.get(reverse(PAGE), {"days": "x"}).content.decode()
    assert page.count("<rect") == 1
    assert page.count("€1,250.00") >= 3
    assert "$20.00" not in page
    year = admin_client.get(reverse(PAGE), {"days": 365}).content.decode()
    assert "$20.00" in year
    assert "€1,268.40" in year
    assert (
        f'href="{reverse(PAGE)}"'
        in admin_client.get(reverse("admin:tradepost_orders_order_changelist")).content.decode()
    )


def test_without_sales_the_page_says_so(admin_client: Client) -> None:
    """And who may not see orders sees no sales."""
    assert "Nothing was sold in this period." in admin_client.get(reverse(PAGE)).content.decode()

    clerk = Client()
    clerk.force_login(get_user_model().objects.create_user("clerk", is_staff=True))
    assert clerk.get(reverse(PAGE)).status_code == 403
