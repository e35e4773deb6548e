"""Formats, patterns and bounds of parameters, by what they are called everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

from .components import named

__all__ = ["UUID_PATTERN", "shared", "with_bounds"]

UUID_PATTERN = "^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"
_UUID = {"format": "uuid", "pattern": UUID_PATTERN}
_BOUNDS: Mapping[str, Mapping[str, Any]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "uuid": _UUID,
    "line": _UUID,
    "country": {"pattern": "^([A-Za-z]{2})?$"},  # empty as if it weren't there
    "currency": {"pattern": "^([A-Za-z]{3})?$"},
    "code": {"minLength": 1, "maxLength": 40},
    "slug": {"pattern": r"^[-\w]{1,220}$"},
}
_EXAMPLES: Mapping[str, Any] = {
    "Idempotency-Key": "7d1f2a9c-1",
    "alias": "card",
    "code": "WELCOME10",
    "country": "DE",
    "currency": "EUR",
    "line": "0b5c1f6e-6e0b-4c57-9a55-0d1c1a7a3f10",
    "method": "locker",
    "number": "10001",
    "postcode": "10115",
    "search": "mug",
    "sku": "MUG-BLUE",
    "slug": "stoneware-mug",
    "uuid": "cab9f379-63ac-4bf7-a9af-782a9ebc2432",
}
# Of many calls, so each is a component, which they refer to; only as long as a call has nothing else to say of it.
_SHARED = {
    "Idempotency-Key": "IdempotencyKey",
    "If-Match": "IfMatch",
    "If-None-Match": "IfNoneMatch",
    "Tradepost-Token": "OrderToken",
    "code": "Code",
    "cursor": "Cursor",
    "number": "Number",
    "fields": "Fields",
    "page": "Page",
    "page_size": "PageSize",
    "pagination": "PaginationKind",
    "sku": "Sku",
    "slug": "Slug",
    "token": "Token",
    "uuid": "Uuid",
}


def shared(auto_schema: Any, parameter: dict[str, Any]) -> Any:
    """A reference to a parameter that many calls have; one of few as it is."""
    name = _SHARED.get(parameter["name"])
    if not name:
        return parameter
    key = (name, ResolvedComponent.PARAMETER)
    components = auto_schema.registry._components  # noqa: SLF001 - it has no look-up by name
    if key in components and components[key].schema != parameter:
        return parameter
    return named(auto_schema, name, ResolvedComponent.PARAMETER, parameter)


def with_bounds(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter with what its name says of its form, and an example; what it says itself stays."""
    schema, name = parameter["schema"], parameter["name"]
    if schema.get("type") != "string" or "enum" in schema:
        return parameter
    pattern = schema.get("pattern")
    bounds = _UUID if pattern == UUID_PATTERN or schema.get("format") == "uuid" else _BOUNDS.get(name, {})
    schema = {**bounds, **schema}
    example = _EXAMPLES.get(name)
    fits = example is not None and re.match(schema.get("pattern", ""), example)
    return {**parameter, "schema": schema, **({"example": example} if fits and parameter["in"] != "query" else {})}
