"""Values: those of the API, each with one form in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from django.utils.functional import Promise
from strawberry.scalars import JSON

__all__ = ["JSON", "SCALARS", "Money", "MoneyInput", "plain"]


@strawberry.type(description="An amount with its currency.")
class Money:
    """An amount with its currency."""

    amount: str = strawberry.field(description="As text, to the currency's smallest unit: 12.50.")
    currency: str = strawberry.field(description="ISO 4217.")


@strawberry.input(description="An amount with its currency.")
class MoneyInput:
    """An amount with its currency."""

    amount: str = strawberry.field(description="As text: 12.50.")
    currency: str = strawberry.field(description="ISO 4217.")


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(_text(value))


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _number(value: Any) -> Decimal:
    try:
        return Decimal(_text(value))
    except InvalidOperation:
        raise ValueError("A number as text is expected.") from None


def _uuid(value: Any) -> UUID:
    return UUID(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("A text is expected.")  # noqa: TRY004 - what GraphQL tells its caller
    return value


def _json_shown(value: Any) -> Any:
    """With texts in the caller's language, which may be lazy."""
    if isinstance(value, Mapping):
        return {str(name): _json_shown(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_shown(each) for each in value]
    return str(value) if isinstance(value, (Promise, Decimal, UUID, date)) else value


SCALARS: Mapping[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime", description="A moment in ISO 8601, in UTC.", serialize=_shown, parse_value=_moment
    ),
    date: strawberry.scalar(name="Date", description="A day in ISO 8601.", serialize=_shown, parse_value=_day),
    Decimal: strawberry.scalar(
        name="Decimal", description="An exact number, as text.", serialize=_shown, parse_value=_number
    ),
    UUID: strawberry.scalar(name="UUID", description="A UUID, as text.", serialize=_shown, parse_value=_uuid),
    JSON: strawberry.scalar(
        name="JSON", description="Any JSON.", serialize=_json_shown, parse_value=lambda value: value
    ),
}


def plain(value: Any) -> Any:
    """A value of an argument, as it stands in a body of the API."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, UUID)) else value
