"""Examples for the schema: a value for each plain text by what the field is called, and a whole one for what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["example_of", "with_examples"]

_DEEP = 8  # levels; below them lists are empty, for a category's children are categories
_ADDRESS = {
    "name": "Ada Byron",
    "line1": "Main St 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}
# By the name of a text; what isn't here and has no format shows as "string".
_TEXTS: Mapping[str, str] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln",
    "alt": "A blue mug",
    "basket": "cab9f379-63ac-4bf7-a9af-782a9ebc2432",
    "brand": "Harbour",
    "carrier": "DHL",
    "channel": "web",
    "city": "Berlin",
    "code": "WELCOME10",
    "country": "DE",
    "coupon": "WELCOME10",
    "csrf_token": "q8ZsB0XNqk8o2VnbJ3hK0wVJp1yQyT3J",
    "currency": "EUR",
    "current_password": "an old secret of mine",
    "customer_note": "Please ring twice.",
    "detail": "The total has changed. Please check it again.",
    "email": "ada@example.com",
    "error_code": "card_declined",
    "kind": "parcel",
    "label": "Home",
    "language": "en",
    "line1": "Main St 1",
    "message": "Add 5.10 for free delivery.",
    "method": "parcel",
    "name": "Stoneware mug",
    "note": "Please ring twice.",
    "number": "10001",
    "order": "10001",
    "password": "a long secret of mine",
    "payment_method": "card",
    "phone": "+49 30 123456",
    "postcode": "10115",
    "reason": "It came too late.",
    "refresh_token": "1f0b.Zm9vYmFyYmF6cXV4",
    "return_url": "https://shop.example.com/paid/{payment}/",
    "shipping_method": "parcel",
    "sku": "MUG-BLUE",
    "slug": "stoneware-mug",
    "summary": "Holds 300 ml.",
    "tax_id": "DE123456789",
    "token": "4bbc814299b37cff8e3f8f1a7f0c2f6a",
    "tracking_number": "00340434161094021501",
    "url": "https://shop.example.com/",
    "variant": "MUG-BLUE",
    "variant_name": "Blue",
}
# Where not all that may be sent makes sense at once.
_WHOLE: Mapping[str, Mapping[str, Any]] = {
    "AddressSerializer": _ADDRESS,
    "NewBasketSerializer": {"country": "DE"},
    "UpdateCheckoutSerializer": {
        "email": "ada@example.com",
        "shipping_address": _ADDRESS,
        "shipping_method": "parcel",
        "payment_method": "card",
    },
    "CompleteSerializer": {"expected_total": {"amount": "29.90", "currency": "EUR"}},
    "PayAgainSerializer": {"method": "card"},
}
_FORMATS: Mapping[str, Any] = {
    "date": "2026-05-04",
    "date-time": "2026-05-04T09:30:00Z",
    "decimal": "1.00",
    "email": "ada@example.com",
    "ipv4": "192.0.2.1",
    "uri": "https://shop.example.com/",
    "uuid": "cab9f379-63ac-4bf7-a9af-782a9ebc2432",
}


def with_examples(schema: dict[str, Any], registry: Any, *, name: str, whole: bool) -> dict[str, Any]:
    """An object's schema, whose texts have examples.

    Args:
        registry: Of the components that it refers to.
        name: Of the serializer's class.
        whole: With an example of the object itself: what has to be sent, or everything where nothing has to be.
    """
    properties = {key: _with_example(key, each) for key, each in schema["properties"].items()}
    schema = {**schema, "properties": properties}
    if whole and "example" not in schema:
        schema["example"] = dict(_WHOLE.get(name) or example_of(schema, registry, only_required=True))
    return schema


def _with_example(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    is_plain = schema.get("type") == "string" and not {"enum", "format", "example", "default"} & schema.keys()
    text = _TEXTS.get(name)
    if not is_plain or text is None or len(text) > schema.get("maxLength", len(text)):
        return schema
    return {**schema, "example": text}


def example_of(schema: Mapping[str, Any], registry: Any, *, only_required: bool = False, deep: int = 0) -> Any:
    """A value that a schema allows, made of the examples in it.

    Args:
        registry: Of its components, or a mapping of them by name.
        only_required: Leave out what an object may lack, unless nothing has to be there.
        deep: Levels above; a list with too many is empty.
    """
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if "default" in schema:
        return schema["default"]
    parts = [_resolved(part, registry) for part in schema.get("allOf", ())]
    if len(parts) > 1 and all(part.get("type") == "object" for part in parts):
        examples = [example_of(part, registry, only_required=only_required, deep=deep + 1) for part in parts]
        return {name: value for example in examples for name, value in example.items()}
    if inner := _inner(schema, registry):
        return example_of(inner, registry, only_required=only_required, deep=deep + 1)
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        names = (schema.get("required") if only_required else None) or properties
        return {
            name: example_of(properties[name], registry, only_required=only_required, deep=deep + 1)
            for name in names
            if name in properties
        }
    if kind == "array":
        return (
            [example_of(schema["items"], registry, only_required=only_required, deep=deep + 1)] if deep < _DEEP else []
        )
    return _plain(schema)


def _inner(schema: Mapping[str, Any], registry: Any) -> Any:
    """The schema that it refers to or consists of, the first where there are several; none where it stands alone."""
    if "$ref" in schema:
        return _resolved(schema, registry)
    parts: Any = next((schema[key] for key in ("allOf", "oneOf", "anyOf") if schema.get(key)), [])
    return parts[0] if parts else None


def _resolved(schema: Mapping[str, Any], registry: Any) -> Any:
    """The component that it refers to; itself where it refers to none."""
    if "$ref" not in schema:
        return schema
    name = str(schema["$ref"]).rpartition("/")[2]
    if isinstance(registry, Mapping):
        return registry[name]
    component = registry._components.get((name, "schemas"))  # noqa: SLF001 - it has no look-up by name
    return component.schema if component else {}


def _plain(schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), "string"[: schema.get("maxLength", 6)])
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    return True if kind == "boolean" else {}
