"""Descriptions of events, from their classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from tradepost.core.events import Event, known
from tradepost.core.events.description import describe, published_events
from tradepost.orders.events import OrderConfirmed


@dataclass(frozen=True)
class _Everything(Event):
    """One of each, as :class:`~tradepost.core.events.Event` may carry it.

    Attributes:
        amount: In major units,
            never rounded.
    """

    number: int
    amount: Decimal
    uuid: UUID
    at: datetime
    names: list[str]
    pairs: tuple[int, ...]
    facts: Mapping[str, int]
    note: str | None = None
    is_late: bool = False


def test_the_schema_is_of_what_is_stored() -> None:
    """A real payload fits it, one with another type doesn't, and neither does one with a field more."""
    event = _Everything(
        number=1,
        amount=Decimal("1.50"),
        uuid=UUID(int=7),
        at=datetime(2026, 5, 4, tzinfo=UTC),
        names=["a"],
        pairs=(1, 2),
        facts={"short": 2},
    )
    description = describe(_Everything)
    payload = {**event.payload(), "pairs": [1, 2]}

    jsonschema.validate(payload, description.payload)
    for wrong in ({**payload, "number": "1"}, {**payload, "more": 1}, {k: v for k, v in payload.items() if k != "at"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, description.payload)
    assert description.meaning == "One of each, as `Event` may carry it."
    assert description.payload["properties"]["amount"] == {
        "type": "string",
        "format": "decimal",
        "description": "In major units, never rounded.",
    }
    assert description.payload["properties"]["note"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert "note" not in description.payload["required"]


def test_every_event_of_ours_is_described() -> None:
    """By a sentence, and by a type for each field; ours are all there, private ones aren't."""
    by_name: dict[str, Any] = {description.name: description for description in published_events()}

    assert set(by_name) == {event.name() for event in known()}
    assert _Everything.name() not in by_name
    assert all(description.meaning for name, description in by_name.items() if name.startswith("tradepost."))
    confirmed = by_name[OrderConfirmed.name()].payload
    assert confirmed["properties"]["order_id"] == {"type": "integer"}
    assert confirmed["required"] == ["order_id"]


def test_what_no_event_may_carry_is_said() -> None:
    """A type without a form in JSON."""

    @dataclass(frozen=True)
    class _Odd(Event):
        """It can't be stored."""

        what: bytes

    with pytest.raises(TypeError, match="bytes"):
        describe(_Odd)
