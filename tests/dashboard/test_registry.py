"""The registry: add, replace, remove, by everybody in the same way; what doesn't fit is reported when the project starts."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.core.access import needs
from tradepost.core.errors import Misused
from tradepost.dashboard import checks, contents
from tradepost.dashboard.access import STAFF
from tradepost.dashboard.pages import Page
from tradepost.dashboard.registry import Collection, Column, Dashboard, Section
from tradepost.dashboard.registry import dashboard as ours


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    """One of the test's own, with all that ours has, which the checks look at."""
    own = Dashboard()
    contents.register(own)
    monkeypatch.setattr(checks, "dashboard", own)
    return own


def column(key: str) -> Column:
    """One that says its key."""
    return Column(key=key, title=key, value=lambda _row: key)


def keys(collection: Collection[Any]) -> list[str]:
    """In order."""
    return [entry.key for entry in collection]


def test_entries_have_a_place() -> None:
    """At the end, before or after another; the one that is put instead of another stays there."""
    columns: Collection[Column] = Collection("columns")
    for key in ("a", "b"):
        columns.add(column(key))
    columns.add(column("first"), before="a")
    columns.add(column("between"), after="a")
    other = column("a")
    columns.replace(other)

    assert keys(columns) == ["first", "a", "between", "b"]
    assert columns.get("a") is other
    columns.remove("between")
    assert (keys(columns), "between" in columns, len(columns)) == (["first", "a", "b"], False, 3)


@pytest.mark.parametrize("call", ["add", "replace", "remove", "before"])
def test_a_wrong_key_says_what_there_is(call: str) -> None:
    """And nothing is changed."""
    columns: Collection[Column] = Collection("columns of 'orders'")
    columns.add(column("number"))
    calls = {
        "add": lambda: columns.add(column("number")),
        "replace": lambda: columns.replace(column("numbr")),
        "remove": lambda: columns.remove("numbr"),
        "before": lambda: columns.add(column("x"), before="numbr"),
    }

    with pytest.raises(Misused, match=r"columns of 'orders'.*(number|replace\(\))"):
        calls[call]()

    assert keys(columns) == ["number"]


def test_ours_pass_the_checks(registry: Dashboard) -> None:
    """As they are."""
    assert checks.check_contents() == []
    assert len(registry.pages) >= 4


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (
            type("LostPage", (Page,), {"key": "lost", "section": "nowhere", "pattern": "lost/", "access": STAFF}),
            "tradepost.E861",
        ),
        (
            type("TwinPage", (Page,), {"key": "twin", "section": "orders", "pattern": "orders/", "access": STAFF}),
            "tradepost.E862",
        ),
        (
            type(
                "SecretPage",
                (Page,),
                {"key": "secret", "section": "orders", "pattern": "s/", "access": needs("tradepost_orders.look_order")},
            ),
            "tradepost.E864",
        ),
    ],
)
def test_a_page_that_does_not_fit_is_reported(registry: Dashboard, page: type[Page], problem: str) -> None:
    """No such section, an address that is taken, a permission that no model has."""
    registry.pages.add(page)

    assert [message.id for message in checks.check_contents()] == [problem]


def test_an_addition_to_a_page_that_is_not_there_is_reported(registry: Dashboard) -> None:
    """With those that are."""
    registry.columns("ordres").add(column("gift"))

    [message] = checks.check_contents()
    assert (message.id, "'ordres'" in message.msg, "orders" in str(message.hint)) == ("tradepost.E863", True, True)


def test_an_entry_needs_permissions_that_exist(registry: Dashboard) -> None:
    """A column that nobody could see is a slip."""
    registry.columns("orders").add(Column(key="x", title="X", value=str, access=needs("tradepost_orders.see_order")))

    [message] = checks.check_contents()
    assert (message.id, "columns of 'orders'" in message.msg) == ("tradepost.E864", True)


def test_settings_are_checked(settings: Any) -> None:
    """As those of every app."""
    settings.TRADEPOST_DASHBOARD = {"PAGESIZE": 10}

    [message] = checks.check_dashboard()
    assert (message.id, "PAGESIZE" in message.msg) == ("tradepost.E860", True)


def test_sections_without_pages_are_not_in_the_menu(boss: Any) -> None:
    """They come with their first page."""
    sections = {entry.section.key for entry in _menu(boss)}

    assert {"home", "orders", "customers", "finance"} <= sections
    assert sections == {page.section for page in ours.pages if page.in_menu}
    assert Section("marketing", "Marketing").icon == ""


def _menu(desk: Any) -> Any:
    from tradepost.dashboard.layout import Frame

    desk.get()
    return Frame(desk.page.wsgi_request).sections
