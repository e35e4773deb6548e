"""``tradepost_events`` lists events with who hears them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import call_command

from tradepost.core import events


@dataclass(frozen=True)
class GiftWrapped(events.Event):
    """A line was wrapped.

    More about it, which the list doesn't show.
    """

    line_id: int


def wrap(event: GiftWrapped) -> None:
    """Nothing."""


@pytest.fixture(autouse=True)
def _subscribed() -> object:
    events.subscribe(GiftWrapped, wrap, when="after", name="myshop.wrap")
    yield
    events.unsubscribe(GiftWrapped, "myshop.wrap")


def test_events_are_listed_with_their_handlers() -> None:
    """Those of a project beside the library's; when each handler runs is said."""
    printed = StringIO()
    call_command("tradepost_events", stdout=printed, no_color=True)

    lines = printed.getvalue().splitlines()
    own = lines.index(f"{GiftWrapped.name()}(line_id)")
    assert lines[own + 1 : own + 3] == ["  A line was wrapped.", "  after    myshop.wrap  (after the commit)"]
    cancelled = lines.index("tradepost.orders.events.OrderCancelled(order_id)")
    assert any(line.startswith("  within ") for line in lines[cancelled + 2 : cancelled + 6])


def test_events_as_json() -> None:
    """The same facts, for tools."""
    printed = StringIO()
    call_command("tradepost_events", json=True, stdout=printed)

    [own] = [event for event in json.loads(printed.getvalue()) if event["name"] == GiftWrapped.name()]
    assert own == {
        "name": GiftWrapped.name(),
        "about": "A line was wrapped.",
        "fields": ["line_id"],
        "handlers": [{"when": "after", "name": "myshop.wrap"}],
    }
