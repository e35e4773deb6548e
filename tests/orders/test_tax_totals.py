"""Taxes of a period: sales on the day of the sale, credits on the day of the credit, and to the cent what the orders hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.orders import services as orders
from tradepost.orders.models import Credit, Order, OrderTax
from tradepost.orders.reports import TaxTotal, tax_totals
from tradepost.testing import factories, placed

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 3, 12, tzinfo=UTC)
STAFF = By(Actor.STAFF, label="ada")
IN_MAY, IN_JUNE = (date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2026, 6, 30))


def sold(price: str = "119.00", units: int = 1) -> Any:
    """An order of the 20th of May that is paid."""
    with clock.at(MAY):
        return placed.pay(placed.order(placed.line_row(price, units, variant=factories.variant()), reserve=False))


def credited(order: Any, amount: str, at: datetime = JUNE) -> None:
    """Take an amount off it at a moment."""
    row = orders.credit_goodwill(order, Decimal(amount), by=STAFF)
    Credit.objects.filter(pk=row.pk).update(created_at=at)


def sums(rows: list[TaxTotal]) -> list[tuple[str, str]]:
    """Net amounts and tax."""
    return [(f"{row.net:f}", f"{row.tax:f}") for row in rows]


def test_a_sale_and_its_credit_count_each_in_their_own_period() -> None:
    """May keeps what it was told, June is below zero."""
    order = sold()
    credited(order, "11.90")

    assert sums(tax_totals(*IN_MAY)) == [("100.00", "19.00")]
    [june] = tax_totals(*IN_JUNE)
    assert (june.sold, june.credited, june.credited_tax) == (Decimal(0), Decimal("10.00"), Decimal("1.90"))
    assert (june.net, june.tax, june.rate, june.currency) == (
        Decimal("-10.00"),
        Decimal("-1.90"),
        Decimal("0.19"),
        "EUR",
    )


def test_an_order_that_was_cancelled_later_stays_in_its_period() -> None:
    """Else a tax return that was handed in would be wrong; all of it is credited when it is cancelled."""
    order = sold()
    orders.apply(Order.objects.get(pk=order.pk), "cancel", by=STAFF, reason="out of stock")
    Credit.objects.update(created_at=JUNE)

    assert sums(tax_totals(*IN_MAY)) == [("100.00", "19.00")]
    assert sums(tax_totals(*IN_JUNE)) == [("-100.00", "-19.00")]


def test_what_was_never_confirmed_is_no_sale() -> None:
    """Neither while it waits for money nor once it is cancelled."""
    with clock.at(MAY):
        waiting = placed.order(placed.line_row("119.00", 1, variant=factories.variant()), reserve=False)
        called_off = placed.order(placed.line_row("119.00", 1, variant=factories.variant()), reserve=False)
        orders.apply(called_off, "cancel", by=STAFF, reason="changed my mind")
    Credit.objects.update(created_at=MAY)

    assert tax_totals(*IN_MAY) == []
    assert waiting.allows.awaits_payment


def test_all_of_it_is_what_the_orders_hold() -> None:
    """To the cent: many orders of odd amounts, a third of them credited in parts."""
    for number in range(12):
        order = sold(f"{7 + number}.{number:02d}", 1 + number % 3)
        if number % 3 == 0:
            credited(order, "3.33")

    rows = tax_totals(date(2026, 5, 1), date(2026, 6, 30))

    stored = sum(order.goods_tax + order.charges_tax for order in Order.objects.all())
    assert sum(row.sold_tax for row in rows) == stored == sum(OrderTax.objects.values_list("amount", flat=True))
    assert sum(row.credited_tax for row in rows) == sum(Credit.objects.values_list("tax", flat=True)) > 0
    assert sum(row.net for row in rows) == sum(o.goods_net + o.charges_net for o in Order.objects.all()) - sum(
        Credit.objects.values_list("net", flat=True)
    )


def test_a_tax_on_a_tax_is_on_the_amount_with_it() -> None:
    """Of what is credited as of what was sold."""
    order = sold()
    line = order.lines.get()
    OrderTax.objects.filter(line=line).delete()
    first = OrderTax.objects.create(
        order=order, line=line, name="GST", rate=Decimal("0.05"), base=Decimal(100), amount=Decimal(5)
    )
    second = OrderTax.objects.create(
        order=order, line=line, name="QST", rate=Decimal("0.1"), base=Decimal(105), amount=Decimal(14), compound=True
    )
    credited(order, "119.00")

    assert [(row.name, row.credited, row.credited_tax) for row in tax_totals(*IN_JUNE)] == [
        (second.name, Decimal("105.00"), Decimal("14.00")),
        (first.name, Decimal("100.00"), Decimal("5.00")),
    ]


def test_it_can_be_asked_of_one_country_and_currency() -> None:
    """Others aren't looked at."""
    sold()
    Order.objects.update(tax_country="DE")

    assert sums(tax_totals(*IN_MAY, country="DE", currency="EUR")) == [("100.00", "19.00")]
    assert tax_totals(*IN_MAY, country="FR") == tax_totals(*IN_MAY, currency="USD") == []


def test_days_that_make_no_period_are_refused() -> None:
    """By the name of the field."""
    with pytest.raises(Invalid) as backwards:
        tax_totals(IN_MAY[1], IN_MAY[0])
    with pytest.raises(Invalid) as early:
        tax_totals(date(1, 1, 1), IN_MAY[1])

    assert (backwards.value.context["attr"], early.value.context["attr"]) == ("until", "since")


def test_it_costs_the_same_whatever_was_sold(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """One query for sales, and for credits two and the look for more."""
    for _number in range(3):
        order = sold()
        credited(order, "1.19", MAY)

    with django_assert_num_queries(4):
        assert sums(tax_totals(*IN_MAY)) == [("297.00", "56.43")]
