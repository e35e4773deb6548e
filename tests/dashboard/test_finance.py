"""Finance: reports that come to what the orders hold, and work lists of money."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.formats import date_format

from tradepost.core.dates import clock
from tradepost.core.dates.days import today
from tradepost.customers.models import CustomerGroup
from tradepost.orders import services as orders
from tradepost.orders.models import Credit, Order, OrderTax
from tradepost.payments import conf
from tradepost.payments.models import Discrepancy, Dispute, Payment
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

from .conftest import Desk, buy

pytestmark = pytest.mark.django_db


def table(desk: Desk, path: str, **query: Any) -> list[dict[str, str]]:
    """A report as CSV."""
    answer = desk.client.get(f"/dashboard/finance/{path}/", {**query, "format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return [*csv.DictReader(io.StringIO(answer.content.decode()))]


@pytest.fixture
def two(shop: None) -> tuple[Order, Order]:
    """Orders of 33.00 and 51.00, of which 4.00 were credited."""
    small, large = buy("MUG", 2), buy("LAMP", 3, price="12.67")
    orders.credit_goodwill(small, Decimal("4.00"))
    return small, large


def test_sales_are_the_orders_to_the_cent(boss: Desk, two: Any) -> None:
    """By day on the page, with a bar and a sum; by country and by channel the same."""
    held = sum(order.total - order.credited for order in Order.objects.all())

    boss.get("finance/sales/")

    assert boss.page.status_code == 200
    assert (len(boss.page.context["chart"]["bars"]), len(boss.page.context["lines"])) == (30, 1)
    boss.get("finance/sales/", by="month")
    assert date_format(today(), "YEAR_MONTH_FORMAT") in boss.text
    for by in ("day", "month", "country", "channel"):
        assert sum(Decimal(row["Total"]) for row in table(boss, "sales", by=by)) == held, by


def test_sales_by_product_and_group_show_names(boss: Desk, two: Any) -> None:
    """The greatest first, as shares; no sum, for a product may be in several groups."""
    group = CustomerGroup.objects.create(code="trade", name="Trade customers")
    customer = make.customer()
    customer.groups.add(group)
    Order.objects.filter(pk=two[0].pk).update(customer=customer)

    boss.get("finance/sales/", by="product")
    names = [name for name, _total, _share in boss.page.context["chart"]["shares"]]
    assert len(names) == 4
    assert boss.page.context["chart"]["shares"][0][2] == 100
    boss.get("finance/sales/", by="group")
    assert "Trade customers" in boss.text
    assert boss.page.context["sums"] == []


def test_taxes_are_those_of_the_orders_less_those_of_the_credits(boss: Desk, two: Any) -> None:
    """Rate in per cent, tax to the cent."""
    line = two[0].lines.first()
    facts = {"name": "VAT", "rate": Decimal("0.19"), "base": line.net, "amount": Decimal("3.80")}
    OrderTax.objects.create(order=two[0], line=line, **facts)

    boss.get("finance/taxes/")
    rows = table(boss, "taxes")

    owed = sum(OrderTax.objects.values_list("amount", flat=True)) - sum(Credit.objects.values_list("tax", flat=True))
    assert sum(Decimal(row["Tax owed"]) for row in rows) == owed
    assert "19 %" in boss.text
    assert boss.page.context["sums"][0][0] == "EUR"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "tomorrow"}, "since"),
        ({"since": "2026-02-02", "until": "2026-01-01"}, "until"),
        ({"currency": "XXQ"}, "currency"),
        ({"by": "moon"}, "by"),
        ({"since": "0001-01-01"}, "since"),
        ({"by": "day", "since": "2000-01-01"}, "since"),
        ({"country": "Germany"}, "country"),
    ],
)
def test_what_cannot_be_answered_is_said_at_its_field(boss: Desk, query: dict[str, str], field: str) -> None:
    """With what was typed; the same for who asks for a file."""
    boss.get("finance/sales/", **query)

    assert (boss.page.status_code, list(boss.page.context["form"].errors)) == (422, [field])
    assert boss.get("finance/sales/", **query, format="csv").status_code == 422


def test_an_empty_period_says_so(boss: Desk) -> None:
    """No chart, no table."""
    for path in ("sales", "taxes"):
        boss.get(f"finance/{path}/")
        assert (boss.page.status_code, "Nothing in this period." in boss.text) == (200, True)


def test_payments_are_found_by_what_stands_on_a_statement(boss: Desk, two: Any) -> None:
    """And lead to their order."""
    small, _large = two
    payment = Payment.objects.get(order=small)

    for text in (payment.reference, payment.provider_ref, small.number, small.number.lower()):
        boss.get("finance/payments/", q=text)
        assert [row.pk for row, _url, _cells in boss.page.context["lines"]] == [payment.pk], text
    [(_row, url, _cells)] = boss.page.context["lines"]
    assert url == f"/dashboard/orders/{small.number}/#panel-payments"
    boss.get("finance/payments/", view="unknown")
    assert boss.page.context["lines"] == []


def test_a_payment_that_does_not_fit_is_resolved(boss: Desk, two: Any) -> None:
    """With a reason, once; who comes later sees what was done, and the first page leads there."""
    payment = Payment.objects.get(order=two[0])
    row = Discrepancy.objects.create(payment=payment, order=two[0], kind="differs", facts={"ours": "33.00"}, key="x")
    assert "Payments that don’t fit" in boss.get().content.decode()

    boss.get("finance/discrepancies/", view="open")
    assert [each.pk for each, _url, _cells in boss.page.context["lines"]] == [row.pk]
    path = f"finance/discrepancies/{row.uuid}/"
    boss.get(path)
    assert "Provider and ledger differ" in boss.text
    boss.act(f"{path}act/dismiss/", note="")
    assert boss.page.status_code == 422
    boss.act(f"{path}act/dismiss/", note="a slip of theirs")

    row.refresh_from_db()
    assert (row.note, row.resolved_by) == ("a slip of theirs", boss.user)
    assert "a slip of theirs" in boss.get(path).content.decode()
    assert boss.get(f"{path}act/dismiss/").status_code in (302, 404, 409)


def test_who_gives_money_back_by_hand_is_told_that_none_is_moved(boss: Desk, two: Any, settings: Any) -> None:
    """A surplus of an offline method; of another one its provider is asked."""
    small, _large = two
    payment = Payment.objects.get(order=small)
    row = Discrepancy.objects.create(payment=payment, order=small, kind="paid_twice", key="twice")
    path = f"finance/discrepancies/{row.uuid}/act/refund/"

    assert "The provider is asked to refund it." in boss.get(path).content.decode()
    offline = next(alias for alias, _method in conf.methods().items() if conf.gateway(alias).capabilities.offline)
    Payment.objects.filter(pk=payment.pk).update(method=offline)
    assert "the shop moves no money for this method" in boss.get(path).content.decode()


def test_disputes_that_wait_for_an_answer_come_first(boss: Desk, two: Any) -> None:
    """The one that is due first at the head."""
    payment, now = Payment.objects.get(order=two[0]), clock.now()
    facts = {"payment": payment, "gateway": "bank", "amount": 33, "currency": "EUR", "opened_at": now}
    for name, days, closed in (("late", 9, None), ("soon", 1, None), ("over", 0, now)):
        status = "won" if closed else "needs_response"
        due = now + timedelta(days=days)
        Dispute.objects.create(provider_ref=name, status=status, evidence_due=due, closed_at=closed, **facts)

    boss.get("finance/disputes/")
    assert [row.provider_ref for row, _url, _cells in boss.page.context["lines"]] == ["soon", "late", "over"]
    boss.get("finance/disputes/", view="to-answer")
    assert len(boss.page.context["lines"]) == 2


def test_each_page_costs_the_same_whatever_there_is(boss: Desk, two: Any) -> None:
    """At most eight queries; the first one of a process, that reads settings, aside."""
    for path in ("sales", "taxes", "payments", "disputes", "discrepancies"):
        boss.get(f"finance/{path}/")
        with count_queries() as few:
            boss.get(f"finance/{path}/")
        buy(f"MORE-{path}", 1)
        with count_queries() as more:
            boss.get(f"finance/{path}/")
        assert len(few) == len(more) <= 8, path
