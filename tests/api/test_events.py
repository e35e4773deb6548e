"""The list of events."""

from __future__ import annotations

from django.test import Client

from tradepost.orders.events import OrderPlaced


def test_anyone_reads_which_events_there_are(client: Client) -> None:
    """Without a query: nobody is asked who they are, and nothing of what happened is told."""
    answer = client.get("/api/v1/events/")

    assert answer.status_code == 200
    by_name = {event["name"]: event for event in answer.json()}
    assert list(by_name) == sorted(by_name)
    assert by_name[OrderPlaced.name()] == {
        "name": "tradepost.orders.events.OrderPlaced",
        "meaning": "An order was created, and is pending.",
        "payload": {
            "type": "object",
            "properties": {"order_id": {"type": "integer"}},
            "required": ["order_id"],
            "additionalProperties": False,
        },
    }
