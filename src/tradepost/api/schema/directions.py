"""Serializers by direction: a component for what is sent and one for what is answered, as ``COMPONENT_SPLIT_REQUEST`` makes them.

That setting is the project's own. Ours are apart whatever it says, and its own views stay as it wants them.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import spectacular_settings
from rest_framework import serializers
from rest_framework.fields import empty

from .examples import with_examples

__all__ = ["DirectedSchema"]

_HIDDEN = {"request": "readOnly", "response": "writeOnly"}


class DirectedSchema(AutoSchema):
    """Describes serializers by direction: ``Thing`` is answered, ``ThingRequest`` is sent."""

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: Any = None) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bool(bypass_extensions))
        if direction == "request":
            return name if spectacular_settings.COMPONENT_SPLIT_REQUEST else f"{name}Request"
        return name.removeprefix("Patched")

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: Any = None) -> Any:
        schema: Any = super()._map_serializer(serializer, direction, bool(bypass_extensions))  # type: ignore[no-untyped-call]
        if "properties" not in schema:
            return schema
        schema = _of_direction(schema, direction)
        if direction == "response":
            schema["properties"] = _as_read(schema["properties"], serializer)
        if direction == "request" and getattr(serializer, "refuses_unknown", False):
            schema["additionalProperties"] = False
        return with_examples(schema, self.registry, name=type(serializer).__name__, whole=direction == "request")

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> Any:
        meta: dict[str, Any] = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if direction == "request" and isinstance(field, serializers.CharField) and not field.allow_blank:
            meta["minLength"] = 1
        if direction == "response" and field.default is empty and getattr(_column_of(field), "null", False):
            meta["nullable"] = True  # of a column that isn't written, or of a relation, DRF doesn't say so
        return meta

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: Any = None) -> Any:
        schema: Any = super()._map_serializer_field(field, direction, bool(bypass_extensions))  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.DecimalField) and schema and schema.get("format") == "decimal":
            schema["pattern"] = _decimal_pattern(field)
        if isinstance(field, serializers.FileField) and direction == "request" and schema:
            schema = {**schema, "type": "string", "format": "binary"}
            schema.pop("nullable", None)
        return schema


def _as_read(properties: dict[str, Any], serializer: Any) -> dict[str, Any]:
    """Texts without the form that is asked of them when they are written, where a row may have none."""
    empty_ones = {
        name
        for name, field in serializer.fields.items()
        if isinstance(field, serializers.CharField) and getattr(_column_of(field), "blank", False)
    }
    return {
        name: {key: value for key, value in each.items() if name not in empty_ones or key not in ("format", "pattern")}
        for name, each in properties.items()
    }


def _column_of(field: Any) -> Any:
    """The column that a field of a row's serializer shows; none for what is computed, or read from another row."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or not isinstance(field.source, str):
        return None
    return next((column for column in model._meta.concrete_fields if column.name == field.source), None)


def _of_direction(schema: Any, direction: str) -> Any:
    """Without what isn't there in this direction, and without saying of the rest that it is."""
    hidden = _HIDDEN[direction]
    properties = {name: each for name, each in schema["properties"].items() if not each.get(hidden)}
    shown = {
        name: {key: value for key, value in each.items() if key not in _HIDDEN.values()}
        for name, each in properties.items()
    }
    required = [name for name in schema.get("required", []) if name in shown]
    rest = {key: value for key, value in schema.items() if key not in ("properties", "required")}
    return {**rest, "properties": shown, **({"required": required} if required else {})}


def _decimal_pattern(field: Any) -> str:
    """Digits before the point at least, so that neither an empty text nor a lone sign matches."""
    places = field.decimal_places or 0
    whole = max((field.max_digits or 40) - places, 1)
    return rf"^-?[0-9]{{1,{whole}}}" + (rf"(\.[0-9]{{1,{places}}})?$" if places else "$")
