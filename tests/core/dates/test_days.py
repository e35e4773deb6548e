"""Days begin where Python's zone data say so, whatever the database knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tradepost.core.admin import DaysMixin
from tradepost.core.dates import clock
from tradepost.core.dates.days import (
    day_of,
    periods_with_rows,
    start_of_day,
    starts_between,
    today,
)
from tradepost.customers.models import Customer
from tradepost.testing import factories


def test_a_moment_lies_in_a_day_of_the_shop(settings: Any) -> None:
    """Neither of the visitor's time zone, nor of UTC."""
    settings.TIME_ZONE = "Europe/Berlin"
    late, later = datetime(2026, 6, 30, 21, 30, tzinfo=UTC), datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"), clock.at(later):
        assert (day_of(late), day_of(later), today()) == (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 1))


def test_periods_touch_the_days_that_are_asked_for() -> None:
    """Days, months and years by their first days; none where nothing is between."""
    assert starts_between(date(2026, 2, 27), date(2026, 3, 1), "day") == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    assert starts_between(date(2025, 12, 31), date(2026, 1, 1), "month") == [date(2025, 12, 1), date(2026, 1, 1)]
    assert starts_between(date(2025, 12, 31), date(2026, 1, 1), "year") == [date(2025, 1, 1), date(2026, 1, 1)]
    assert starts_between(date(2026, 1, 2), date(2026, 1, 1), "day") == []


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/Ciudad_Juarez", "Asia/Kathmandu"])
def test_periods_with_rows_are_those_of_the_shops_clock(settings: Any, zone: str) -> None:
    """Zones of which databases have other data, or none; no statement names the zone."""
    settings.TIME_ZONE = zone
    first, second = start_of_day(date(2026, 3, 28)), start_of_day(date(2026, 3, 31))
    for moment in (first, second, second):
        Customer.objects.filter(pk=factories.customer().pk).update(created_at=moment)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        values = {
            kind: periods_with_rows(Customer.objects.all(), "created_at", kind) for kind in ("day", "month", "year")
        }

    assert values == {
        "day": [first, second],
        "month": [start_of_day(date(2026, 3, 1))],
        "year": [start_of_day(date(2026, 1, 1))],
    }
    assert len(asked) == 6
    assert not any(zone in statement["sql"] or "convert_tz" in statement["sql"].lower() for statement in asked)
    assert periods_with_rows(Customer.objects.none(), "created_at", "day") == []


def test_every_date_hierarchy_of_ours_is_bounded_so() -> None:
    """Django's own asks the database to convert."""
    others = [
        type(page).__name__
        for model, page in admin.site._registry.items()
        if model._meta.app_label.startswith("tradepost_") and page.date_hierarchy and not isinstance(page, DaysMixin)
    ]

    assert others == []


@pytest.mark.django_db
def test_the_admins_days_are_offered_and_lead_to_their_rows(admin_client: Client, settings: Any) -> None:
    """By year, month and day."""
    settings.TIME_ZONE = "Europe/Kyiv"
    late = factories.customer(email="late@example.com")
    Customer.objects.filter(pk=late.pk).update(
        created_at=datetime(2026, 2, 28, 22, 30, tzinfo=UTC)
    )  # the first of March
    early = factories.customer(email="early@example.com")
    Customer.objects.filter(pk=early.pk).update(created_at=datetime(2025, 5, 5, 12, tzinfo=UTC))
    url = reverse("admin:tradepost_customers_customer_changelist")

    page = admin_client.get(url).content.decode()
    assert "created_at__year=2025" in page
    assert "created_at__year=2026" in page
    page = admin_client.get(url, {"created_at__year": 2026, "created_at__month": 3}).content.decode()
    assert "created_at__day=1" in page
    assert "late@example.com" in page
    assert "early@example.com" not in page
