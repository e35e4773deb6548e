"""Descriptions of events: what each tells, and the JSON Schema of what it carries, from its class alone."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from django.apps import apps

from .bus import Event, known

__all__ = ["EventDescription", "describe", "published_events"]

_PLAIN: Mapping[Any, Mapping[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    Decimal: {"type": "string", "format": "decimal"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}
_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n     .*)*)", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?([\w.]+)`")


@dataclass(frozen=True, slots=True)
class EventDescription:
    """The facts of an event that its class has.

    Attributes:
        name: Stable; deliveries carry it.
        meaning: Of the event, in a sentence or two.
        payload: JSON Schema of what it carries.
    """

    name: str
    meaning: str
    payload: Mapping[str, Any]


def published_events() -> list[EventDescription]:
    """Descriptions of the events of all installed apps, the project's own included, by their names."""
    for config in apps.get_app_configs():
        for module in {config.name, config.label.replace("tradepost_", "tradepost.", 1)}:
            if find_spec(module.partition(".")[0]) and _has(f"{module}.events"):
                import_module(f"{module}.events")
    return [describe(event) for event in known()]


@cache
def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def describe(event: type[Event]) -> EventDescription:
    """The description of an event's class: its docstring, its fields and their types."""
    text, _, attributes = (inspect.getdoc(event) or "").partition("Attributes:")
    meanings = {name: _words(meaning) for name, meaning in _ATTRIBUTE.findall(attributes)}
    hints = get_type_hints(event)
    properties = {}
    for field in fields(event):
        about = {"description": meanings[field.name]} if field.name in meanings else {}
        properties[field.name] = {**_schema_of(hints[field.name]), **about}
    required = [field.name for field in fields(event) if field.default is MISSING and field.default_factory is MISSING]
    payload = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return EventDescription(event.name(), _words(text), payload)


def _words(text: str) -> str:
    return " ".join(_ROLE.sub(r"`\1`", text).replace("``", "`").split())


def _schema_of(hint: Any) -> dict[str, Any]:
    """JSON Schema of a type that events may carry.

    Raises:
        TypeError: They may not.
    """
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        kinds = [{"type": "null"} if kind is type(None) else _schema_of(kind) for kind in inner]
        return {"anyOf": kinds}
    if origin in (list, Sequence):
        return {"type": "array", "items": _schema_of(inner[0])}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(inner[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(inner[1])}
    raise TypeError(f"An event carries ids and plain values, and no {hint!r}.")
