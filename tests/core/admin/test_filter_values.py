"""Filters of the admin's lists that are asked for a value which they don't have."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.test import Client

from tradepost.core.admin.filter_values import FilterValuesMixin
from tradepost.testing import factories

LEVELS = "/admin/tradepost_inventory/stocklevel/"
ORDERS = "/admin/tradepost_orders/order/"
MIDNIGHT = "00:00:00%2B00:00"
LISTS, METHODS = "/admin/tradepost_pricing/pricelist/", "/admin/tradepost_shipping/shippingmethod/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("url", "query", "sentence"),
    [
        (LEVELS, "stock=much", "There is no such value to filter by: stock. All rows are shown."),
        (LEVELS, "location__id__exact=99", "There is no such value to filter by: location. All rows are shown."),
        (ORDERS, "status__exact=lost", "There is no such value to filter by: status. All rows are shown."),
        (LISTS, "currency=XXX", "There is no such value to filter by: currency. All rows are shown."),
        (LISTS, "is_active__exact=yes", "Rows can’t be filtered by that. All rows are shown."),
        (METHODS, "is_active__exact=2", "Rows can’t be filtered by that. All rows are shown."),
    ],
)
def test_an_unknown_value_shows_the_whole_list_with_a_sentence(
    admin_client: Client, url: str, query: str, sentence: str
) -> None:
    """The way of Django's admin with what it can't look up, and why."""
    for name in ("a", "b"):  # a filter with one row to choose from isn't shown
        factories.stock(on_hand=1, location=factories.location(name))

    answer = admin_client.get(f"{url}?{query}")

    assert (answer.status_code, answer["Location"]) == (302, f"{url}?e=1")
    [message] = get_messages(answer.wsgi_request)
    assert str(message) == sentence


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (LEVELS, ""),
        (LEVELS, "stock=low"),
        (LEVELS, "stock=low&_facets=True"),
        (ORDERS, "status__exact=pending"),
        (ORDERS, "status__in=pending,confirmed"),
        (
            "/admin/tradepost_customers/customer/",
            f"created_at__gte=2026-01-01+{MIDNIGHT}&created_at__lt=2026-01-05+{MIDNIGHT}",
        ),
        (LISTS, "is_active__exact=1"),
        ("/admin/tradepost_catalogue/variant/", "archived_at__isempty=1"),
    ],
)
def test_what_a_filter_has_is_looked_up(admin_client: Client, url: str, query: str) -> None:
    """Periods of any length among it."""
    assert admin_client.get(f"{url}?{query}").status_code == 200


def test_every_list_with_filters_says_so() -> None:
    """No admin of ours that has filters lacks it."""
    lacking = [
        type(row).__name__
        for model, row in admin.site._registry.items()
        if model._meta.app_label.startswith("tradepost_") and row.list_filter and not isinstance(row, FilterValuesMixin)
    ]
    assert lacking == []


def test_a_period_of_sales_that_is_not_offered_is_told(admin_client: Client) -> None:
    """The usual one is shown."""
    for days, shown, sentences in (("7", 7, 0), ("8", 30, 1), ("x", 30, 1), ("", 30, 0)):
        answer = admin_client.get(f"{ORDERS}sales/", {"days": days})
        assert (answer.context["days"], len(get_messages(answer.wsgi_request))) == (shown, sentences), days
