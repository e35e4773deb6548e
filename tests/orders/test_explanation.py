"""Explain an order's total, from its own rows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradepost.core.actors import SYSTEM
from tradepost.orders import services
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.orders.reports.explanation import explain, totals_of
from tradepost.orders.services import cancel_units, credit_goodwill
from tradepost.testing import placed

pytestmark = pytest.mark.django_db


def full(order: AbstractOrder) -> Order:
    """As a page of it is fetched."""
    return Order.objects.with_rows().get(pk=order.pk)


def test_the_totals_of_an_order_are_those_it_was_placed_with() -> None:
    """Every amount of every row, to the cent."""
    rows = (placed.line_row("10.00", 2, off="1.50", coupon="SPRING"), placed.line_row("3.33", 3))
    draft = placed.draft(*rows, shipping="4.90")
    order = services.create(draft)

    result = totals_of(full(order))

    assert result.goods == Decimal("29.99")
    for name in ("goods_net", "goods_tax", "goods_total", "charges_total", "discount", "tax", "total"):
        assert getattr(result, name) == getattr(draft.totals, name), name
    assert [row.left for row in result.lines] == [Decimal("18.50"), Decimal("9.99")]
    assert result.coupons == {"SPRING"}


def test_each_step_begins_where_the_one_before_ended() -> None:
    """From nothing to what is stored."""
    order = full(placed.order(placed.line_row("10.00", 2, off="1.50", coupon="SPRING"), shipping="4.90"))

    for row in explain(order).rows:
        assert row.steps[0].before == 0
        assert [step.after for step in row.steps[:-1]] == [step.before for step in row.steps[1:]]
        assert row.steps[-1].after == row.row.total


def test_what_was_credited_leads_from_the_total_to_what_is_left() -> None:
    """In the order in which it happened."""
    order = placed.order(placed.line_row("10.00", 3), shipping="4.90")
    cancel_units(order, {order.lines.get().pk: 1}, by=SYSTEM)
    credit_goodwill(Order.objects.get(), Decimal("2.50"), by=SYSTEM)

    result = explain(full(order)).credits

    assert [(step.rule, step.before, step.after) for step in result] == [
        ("cancelled", Decimal("34.90"), Decimal("24.90")),
        ("goodwill", Decimal("24.90"), Decimal("22.40")),
    ]


def test_an_order_in_the_shops_own_currency_has_no_rate() -> None:
    """In another one it has, rounded to the own currency's places."""
    order = full(placed.order())
    assert explain(order).exchange is None

    order.base_currency, order.exchange_rate = "JPY", Decimal("160.55")

    exchange = explain(order).exchange
    assert exchange is not None
    assert (exchange.currency, exchange.rate, exchange.total) == ("JPY", Decimal("160.55"), Decimal("1606"))


def test_an_order_that_was_fetched_with_its_rows_is_explained_without_a_query() -> None:
    """So a page that shows it pays nothing."""
    order = full(placed.order(*(placed.line_row(off="1") for _ in range(5)), shipping="4.90"))

    with CaptureQueriesContext(connection) as seen:
        explain(order)

    assert not seen.captured_queries


def test_staff_see_the_steps_in_the_admin(admin_client: Client) -> None:
    """Folded away until they are wanted."""
    order = placed.order(placed.line_row("10.00", 2, off="1.50", coupon="SPRING"))

    page = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk])).content.decode()

    assert "How the total was calculated" in page
    for part in ("2 × €10.00", "€20.00 → €18.50", "sale (SPRING)"):
        assert part in page
