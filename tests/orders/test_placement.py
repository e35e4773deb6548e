"""A draft becomes an order: all rows, snapshots of everything, a constant number of queries."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue import services as catalogue
from tradepost.core.actors import Actor, By
from tradepost.core.errors import Misused
from tradepost.orders import services
from tradepost.orders.errors import OrderEmpty
from tradepost.orders.models import (
    Order,
    OrderAdjustment,
    OrderCharge,
    OrderEvent,
    OrderLine,
    OrderTax,
)
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    """Rows of every table of an order."""
    return [m.objects.count() for m in (Order, OrderLine, OrderCharge, OrderAdjustment, OrderTax, OrderEvent)]


def test_a_draft_becomes_rows_that_sum_up() -> None:
    """3×10.00 less 1.00 and 5.00 shipping, 19 % included: 29.00 = 24.37 + 4.63, and 34.00 in all."""
    variant = factories.variant()
    draft = factories.draft(factories.line_row("10.00", 3, variant=variant, off="1.00"), shipping="5.00")

    order = Order.objects.get(pk=services.create(draft).pk)

    line, charge = order.lines.get(), order.charges.get()
    assert (line.quantity, line.unit_price, line.subtotal, line.discount) == (3, 10, 30, 1)
    assert (line.net, line.tax, line.total) == (Decimal("24.37"), Decimal("4.63"), Decimal("29.00"))
    assert (line.sku, line.name, line.variant_id) == (variant.sku, variant.product.name, variant.pk)
    assert (charge.kind, charge.net, charge.tax, charge.total) == ("shipping", Decimal("4.20"), Decimal("0.80"), 5)
    assert (order.goods_total, order.charges_total, order.total, order.discount) == (29, 5, 34, 1)
    assert [(tax.line_id, tax.charge_id, tax.amount) for tax in order.taxes.all()] == [
        (line.pk, None, Decimal("4.63")),
        (None, charge.pk, Decimal("0.80")),
    ]
    assert [(a.line_id, a.promotion_key, a.amount) for a in order.adjustments.all()] == [(line.pk, "sale", -1)]
    assert (order.status, order.payment_status, order.fulfilment_status) == ("pending", "unpaid", "unfulfilled")
    assert order.stage == "awaiting_payment"


def test_numbers_are_counted_without_gaps() -> None:
    """Two orders have the first two numbers."""
    assert [factories.order().number for _ in range(2)] == ["10001", "10002"]


def test_numbers_come_from_the_settings(settings: Any) -> None:
    """A prefix, a start and leading zeros."""
    settings.TRADEPOST_ORDERS = {
        "NUMBERS": {
            "BACKEND": "tradepost.orders.numbers.Sequential",
            "OPTIONS": {"prefix": "T-", "start": 7, "digits": 5},
        }
    }

    assert [factories.order().number for _ in range(2)] == ["T-00007", "T-00008"]


def test_a_number_may_be_given_last() -> None:
    """Without a number an order has a unique one that nobody shows, until it is given its own."""
    order = services.create(factories.draft(), numbered=False)
    assert order.number == order.uuid.hex

    services.give_number(order)

    assert Order.objects.get().number == "10001"


def test_the_history_begins_with_the_placement() -> None:
    """Who placed it, and from what."""
    services.create(factories.draft(source="staff"), by=By(Actor.STAFF, label="anna"))

    entry = OrderEvent.objects.get()
    assert (entry.kind, entry.from_state, entry.to_state) == ("place", "", "pending")
    assert (entry.actor_kind, entry.actor_label, entry.facts) == ("staff", "anna", {"source": "staff"})


def test_an_order_of_nothing_to_pay_is_paid() -> None:
    """Total 0.00."""
    order = factories.order(factories.line_row("0.00"))

    assert (order.total, order.payment_status) == (0, "paid")


def test_an_empty_draft_is_refused() -> None:
    """Nothing is written, and no number is used up."""
    draft = dataclasses.replace(factories.draft(), lines=[])

    with pytest.raises(OrderEmpty):
        services.create(draft)

    assert counts() == [0, 0, 0, 0, 0, 0]
    assert factories.order().number == "10001"


@pytest.mark.parametrize("name", ["goods_total", "charges_total", "total"])
def test_totals_that_do_not_sum_up_are_refused(name: str) -> None:
    """A mistake of the caller never becomes an order."""
    draft = factories.draft(shipping="5.00")
    wrong = dataclasses.replace(draft.totals, **{name: Decimal("1.00")})

    with pytest.raises(Misused):
        services.create(dataclasses.replace(draft, totals=wrong))

    assert counts() == [0, 0, 0, 0, 0, 0]


def test_lines_of_other_totals_are_refused() -> None:
    """Each line has its row, by key."""
    draft = dataclasses.replace(factories.draft(), totals=factories.draft().totals)

    with pytest.raises(Misused):
        services.create(draft)

    assert counts() == [0, 0, 0, 0, 0, 0]


def test_one_source_makes_one_order() -> None:
    """A second order of the same source key is refused by the database."""
    services.create(factories.draft(source_key="basket:1:1"))

    with pytest.raises(IntegrityError), transaction.atomic():
        services.create(factories.draft(source_key="basket:1:1"))

    assert Order.objects.count() == 1


def test_a_placed_order_shows_what_was_bought() -> None:
    """The product is renamed, repriced and archived; the order's rows are as they were."""
    variant = factories.variant(price="10.00", sku="OLD")
    order = factories.order(factories.line_row("10.00", 2, variant=variant), reserve=False)
    before = list(OrderLine.objects.values()), Order.objects.values().get(pk=order.pk)

    variant.product.name = "Another name"
    variant.product.save()
    variant.prices.update(amount="99.00")
    type(variant).objects.filter(pk=variant.pk).update(sku="NEW")
    catalogue.archive(variant.product)

    assert (list(OrderLine.objects.values()), Order.objects.values().get(pk=order.pk)) == before
    assert order.lines.get().sku == "OLD"


# SQLite takes 999 parameters, so Django splits what is longer there.
@pytest.mark.usefixtures("without_own_handlers")
@pytest.mark.parametrize("lines", [1, 30, pytest.param(50, marks=pytest.mark.postgres)])
def test_placing_costs_nine_queries_for_any_number_of_lines(lines: int) -> None:
    """Order, lines, charges, adjustments, taxes, history, number (two), coupons."""
    factories.order()  # the sequence of numbers is made at its first use
    rows = [factories.line_row("10.00", 2, off="1.00", coupon="TEN") for _ in range(lines)]
    draft = factories.draft(*rows, shipping="5.00")

    with CaptureQueriesContext(connection) as queries:
        services.create(draft)

    sql = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(sql) == 9
