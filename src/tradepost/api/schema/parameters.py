"""Formats, patterns and bounds of parameters, by what they are called everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

from .components import named

__all__ = ["UUID_PATTERN", "shared", "with_bounds", "without_echoes"]

UUID_PATTERN = "^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"
_UUID = {"format": "uuid", "pattern": UUID_PATTERN}
_BOUNDS: Mapping[str, Mapping[str, Any]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "uuid": _UUID,
    "line": _UUID,
    "country": {"pattern": "^([A-Za-z]{2})?$"},  # empty as if it weren't there
    "currency": {"pattern": "^([A-Za-z]{3})?$"},
    "code": {"minLength": 1, "maxLength": 40},
}
_LONGEST = re.compile(r"\{1,([0-9]+)\}\$")
_LABEL = re.compile(r"\* `(?P<value>.*)` - (?P<label>.*)")
# By the name of a parameter; of several the first that it allows.
_EXAMPLES: Mapping[str, str | tuple[str, ...]] = {
    "Idempotency-Key": "7d1f2a9c-1",
    "address": "0b5c1f6e-6e0b-4c57-9a55-0d1c1a7a3f10",
    "alias": "card",
    "attribute": "colour",
    "batch": "spring",
    "code": ("WELCOME10", "DE"),
    "country": "DE",
    "currency": "EUR",
    "key": "newsletter",
    "line": "0b5c1f6e-6e0b-4c57-9a55-0d1c1a7a3f10",
    "method": "locker",
    "number": "10001",
    "postcode": "10115",
    "search": "mug",
    "sku": "MUG-BLUE",
    "slug": "stoneware-mug",
    "uuid": "cab9f379-63ac-4bf7-a9af-782a9ebc2432",
}
# Of many calls, so each is a component, which they refer to. Where they say two things of one name, staff's have another
# component, and those of a path one for each length that they may have; what else is said stands where it is said.
_SHARED = {
    "Idempotency-Key": "IdempotencyKey",
    "If-Match": "IfMatch",
    "If-None-Match": "IfNoneMatch",
    "Tradepost-Token": "OrderToken",
    "address": "Address",
    "atomic": "Atomic",
    "code": "Code",
    "country": "Country",
    "created_after": "CreatedAfter",
    "created_before": "CreatedBefore",
    "currency": "Currency",
    "cursor": "Cursor",
    "number": "Number",
    "fields": "Fields",
    "line": "Line",
    "page": "Page",
    "page_size": "PageSize",
    "pagination": "PaginationKind",
    "search": "Search",
    "sku": "Sku",
    "slug": "Slug",
    "token": "Token",
    "uuid": "Uuid",
    "variant": "Variant",
}


def shared(auto_schema: Any, parameter: dict[str, Any]) -> Any:
    """A reference to a parameter that many calls have; one of few as it is."""
    name = _SHARED.get(parameter["name"])
    components = auto_schema.registry._components  # noqa: SLF001 - it has no look-up by name
    longest = _LONGEST.search(parameter["schema"].get("pattern", ""))
    keys = [name, f"Staff{name}", *([f"{name}{longest[1]}"] if longest else [])] if name else []
    for key in keys:
        component = components.get((key, ResolvedComponent.PARAMETER))
        if component is None or component.schema == parameter:
            return named(auto_schema, key, ResolvedComponent.PARAMETER, parameter)
    return parameter


def without_echoes(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter whose description doesn't list its values again, where it has no more to say of them than they do."""
    text: str = parameter.get("description", "")
    plain, _, labels = text.rpartition("\n\n") if "\n\n* " in text else ("", "", text)
    lines = [_LABEL.fullmatch(line) for line in labels.split("\n")]
    if not labels or any(line is None or _plain(line["label"]) != _plain(line["value"]) for line in lines):
        return parameter
    rest = {key: value for key, value in parameter.items() if key != "description"}
    return {**rest, "description": plain} if plain else rest


def _plain(text: str) -> str:
    """Letters alone; what is sorted the other way round has a minus, or says so."""
    return re.sub(r"\W|_", "", text.replace("(descending)", "").lower())


def with_bounds(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter with what its name says of its form, and an example; what it says itself stays."""
    schema, name = parameter["schema"], parameter["name"]
    if _may_be_empty(parameter):
        parameter = {**parameter, "allowEmptyValue": True}
    if schema.get("type") != "string" or "enum" in schema:
        return parameter
    pattern = schema.get("pattern")
    bounds = _UUID if pattern == UUID_PATTERN or schema.get("format") == "uuid" else _BOUNDS.get(name, {})
    schema = {**bounds, **schema}
    examples = _EXAMPLES.get(name, ())
    fitting = [
        each
        for each in ((examples,) if isinstance(examples, str) else examples)
        if parameter["in"] != "query" and re.match(schema.get("pattern", ""), each)
    ]
    return {**parameter, "schema": schema, **({"example": fitting[0]} if fitting else {})}


def _may_be_empty(parameter: dict[str, Any]) -> bool:
    """Whether it is as if it weren't there then, and what it may hold doesn't say so already."""
    schema = parameter["schema"]
    is_text = schema.get("type") == "string" and not schema.keys() & {"enum", "format"}
    is_asked = parameter["in"] == "query" and not parameter.get("required", False)
    return is_asked and not is_text and parameter["name"] != "page_size"
