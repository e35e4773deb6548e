"""Lists: views, filters, search, columns, order, pages, CSV; all of it in the address."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tradepost.core.extending import exposed_fields
from tradepost.core.extending.exposed_fields import STAFF, expose
from tradepost.dashboard.models import SavedView
from tradepost.dashboard.registry import Column, dashboard
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.testing.queries import count_queries

from .conftest import Desk, buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(shop: None) -> tuple[Any, Any]:
    """A paid order of 33.00, and one of 113.00 that is on hold."""
    small, large = buy("MUG", 2), buy("LAMP", 1, price="100.00")
    orders.hold(large, "address", by=_staff())
    return small, large


def _staff() -> Any:
    from tradepost.core.actors import Actor, By

    return By(Actor.STAFF, label="ada")


def numbers(desk: Desk, **query: Any) -> list[str]:
    """Of the orders on the list."""
    desk.get("orders/", **query)
    assert desk.page.status_code == 200
    return [row.number for row, _url, _cells in desk.page.context["lines"]]


def test_the_latest_is_first(boss: Desk, two: Any) -> None:
    """Each row leads to its page, with words and no codes."""
    small, large = two

    assert numbers(boss) == [large.number, small.number]
    assert f'href="/dashboard/orders/{small.number}/"' in boss.page.content.decode()
    assert "On hold" in boss.text
    assert "1–2 of 2" in boss.text


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"view": "hold"}, [1]),
        ({"view": "to-pack"}, [0]),
        ({"view": "to-send"}, []),
        ({"view": "unpaid"}, []),
        ({"stage": "paid"}, [0]),
        ({"payment": "paid"}, [1, 0]),
        ({"payment": ["unpaid", "paid"], "hold": "no"}, [0]),
        ({"fulfilment": "shipped"}, []),
        ({"least": "100"}, [1]),
        ({"most": "50"}, [0]),
        ({"currency": "usd"}, []),
        ({"sku": "MUG"}, [0]),
        ({"country": "de"}, [1, 0]),
        ({"since": "2001-01-01"}, [1, 0]),
        ({"until": "2001-01-01"}, []),
        ({"email": "ADA@example.com"}, [1, 0]),
        ({"channel": "pos"}, []),
        ({"source": "basket"}, [1, 0]),
        ({"q": "lamp"}, [1]),
        ({"q": "lovelace"}, [1, 0]),
        ({"q": "no such thing"}, []),
        ({"order": "total"}, [0, 1]),
        ({"order": "-total"}, [1, 0]),
        ({"order": "secret"}, [1, 0]),
        ({"view": "gone"}, [1, 0]),
    ],
)
def test_the_address_chooses(boss: Desk, two: Any, query: dict[str, Any], places: list[int]) -> None:
    """Views, filters, words, an order; what isn't one is left out."""
    assert numbers(boss, **query) == [two[place].number for place in places]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"least": "1e3"},
        {"stage": "nonsense"},
        {"customer": "x"},
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"page": "x"},
        {"q": "\x00"},
        {"columns": "\x00"},
        {"view": "\x00"},
        {"email": "\x00"},
        {"sku": "\x00"},
    ],
)
def test_nonsense_is_no_error(boss: Desk, two: Any, query: dict[str, Any]) -> None:
    """A wrong value has its reason beside it, and chooses nothing."""
    boss.get("orders/", **query)

    assert boss.page.status_code == 200


def test_a_wrong_value_is_told_beside_its_field(boss: Desk, two: Any) -> None:
    """And the filters are open, so that it is seen."""
    assert len(numbers(boss, since="yesterday")) == 2
    assert "Enter a valid date" in boss.text
    assert '<details class="fold" open>' in boss.page.content.decode()


def test_the_two_kinds_of_nothing(boss: Desk) -> None:
    """No orders yet, and none that match."""
    boss.get("orders/")
    assert "No orders yet" in boss.text
    boss.get("orders/", q="x1")
    assert "Nothing matches these filters" in boss.text


def test_columns_are_chosen_and_stay(boss: Desk, two: Any) -> None:
    """For the one who chose them, until they choose others; a view has its own."""
    boss.client.post("/dashboard/orders/?payment=paid", {"do": "columns", "columns": ["number", "email", "nonsense"]})
    boss.get("orders/")

    assert [column.key for column in boss.page.context["choices"].shown_columns] == ["number", "email"]
    assert "ada@example.com" in boss.text
    boss.get("orders/", columns="total")
    assert [column.key for column in boss.page.context["choices"].shown_columns] == ["total"]
    usual = [column.key for column in dashboard.columns("orders") if column.is_default]
    boss.client.post("/dashboard/orders/", {"do": "columns", "columns": usual})
    assert not SavedView.objects.exists()


def test_a_view_is_kept_with_all_its_choices_shared_and_removed(boss: Desk, two: Any, as_role: Any) -> None:
    """Others see a shared one, and can't remove it."""
    small, _large = two
    query = "hold=no&q=mug&order=total&columns=number"
    boss.client.post(f"/dashboard/orders/?{query}", {"do": "save", "name": "Mugs", "shared": "yes"})
    view = SavedView.objects.get()
    key = f"{view.pk}-mugs"
    other = as_role("orders")

    for desk in (boss, other):
        assert numbers(desk, view=key) == [small.number]
        choices = desk.page.context["choices"]
        assert ([column.key for column in choices.shown_columns], choices.order) == (["number"], "total")
    other.client.post(f"/dashboard/orders/?view={key}", {"do": "forget", "name": "Mugs"})
    assert SavedView.objects.count() == 1
    boss.client.post(f"/dashboard/orders/?view={key}", {"do": "forget", "name": "Mugs"})
    assert not SavedView.objects.exists()


def test_a_view_of_ones_own_stays_ones_own(boss: Desk, as_role: Any) -> None:
    """Unless it is shared."""
    boss.client.post("/dashboard/orders/?q=mug", {"do": "save", "name": "Mine"})
    other = as_role("orders")
    other.get("orders/")

    assert "Mine" not in other.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00"])
def test_a_view_needs_a_name(boss: Desk, name: str) -> None:
    """And says so."""
    answer = boss.client.post("/dashboard/orders/", {"do": "save", "name": name})

    assert (answer.status_code, SavedView.objects.count()) == (422, 0)
    assert "Give the view a name" in answer.content.decode()


def test_csv_has_all_rows_and_the_shown_columns(boss: Desk, two: Any, settings: Any) -> None:
    """Plain numbers, times with their zone, and no cell that a spreadsheet would compute."""
    settings.TRADEPOST_DASHBOARD = {"PAGE_SIZE": 1}
    small, large = two
    Order.objects.filter(pk=small.pk).update(company="=1+1")
    answer: Any = boss.client.get(
        "/dashboard/orders/?format=csv&columns=number&columns=customer&columns=total&columns=placed"
    )
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))

    assert rows[0] == ["Order", "Placed", "Customer", "Total"]
    assert [row[0] for row in rows[1:]] == [large.number, small.number]
    assert (rows[2][2], rows[2][3]) == ("'=1+1", f"{small.total:.2f}")
    assert rows[2][1].endswith("+00:00")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_pages_follow_each_other(boss: Desk, two: Any, settings: Any) -> None:
    """With what was chosen; a page too far leads back."""
    settings.TRADEPOST_DASHBOARD = {"PAGE_SIZE": 1}
    small, large = two

    assert numbers(boss, payment="paid") == [large.number]
    assert "1–1 of 2" in boss.text
    assert "?payment=paid&amp;page=2" in boss.page.content.decode()
    assert numbers(boss, payment="paid", page=2) == [small.number]
    assert numbers(boss, page=9) == []
    assert "nothing on this page" in boss.text


@pytest.fixture
def exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the orders' metadata."""
    monkeypatch.setattr(exposed_fields, "_declared", {})
    expose("tradepost_orders.Order", "metadata.gift", read=STAFF, filter=True, label="Gift for")


def test_exposed_fields_are_columns_and_filters_by_themselves(boss: Desk, two: Any, exposed: None) -> None:
    """And on the order's own page."""
    small, _large = two
    Order.objects.filter(pk=small.pk).update(metadata={"gift": "Grace"})

    assert numbers(boss, **{"extra.gift": "Grace", "columns": ["number", "extra.gift"]}) == [small.number]
    assert "Gift for" in boss.text
    assert "Grace" in boss.text
    boss.get(f"orders/{small.number}/")
    assert "Gift for Grace" in boss.text


def test_a_plugin_adds_a_column_in_one_line(boss: Desk, two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks the database only while it is shown."""
    asked = []
    column = Column(
        key="length",
        title="Length",
        value=lambda order: len(order.number),
        prepare=lambda rows: asked.append(1) or rows,
        is_default=False,
    )
    columns = dashboard.columns("orders")
    monkeypatch.setattr(columns, "_entries", dict(columns._entries))
    columns.add(column, after="number")

    numbers(boss)
    assert asked == []
    numbers(boss, columns=["number", "length"])
    assert asked == [1]
    assert "Length" in boss.text


@pytest.mark.parametrize("query", ["", "?view=to-pack", "?q=ada&stage=paid&order=-total"])
def test_a_list_costs_the_same_with_one_row_and_with_fifty(as_role: Any, query: str) -> None:
    """Eight statements at most, whatever the columns; of them four are for who asks."""
    desk = as_role("orders")
    everything = "&".join(f"columns={column.key}" for column in dashboard.columns("orders"))
    address = f"/dashboard/orders/{query or '?'}&{everything}"
    buy("MUG", 2)
    desk.client.get(address)
    with count_queries() as first:
        desk.client.get(address)
    template = Order.objects.get()
    lines = list(template.lines.all())
    for number in range(49):
        copy(template, lines, number)
    with count_queries() as many:
        assert len(desk.client.get(address).context["lines"]) == 50

    assert len(many) == len(first) <= 8, many


def copy(template: Any, lines: list[Any], number: int) -> None:
    """Another order like one."""
    from uuid import uuid4

    order = Order.objects.get(pk=template.pk)
    order.pk, order.number, order.uuid, order.source_key = None, f"C{number}", uuid4(), None
    order._state.adding = True
    order.save(force_insert=True)
    for line in lines:
        line.pk, line.uuid, line.order = None, uuid4(), order
        line._state.adding = True
        line.save(force_insert=True)
