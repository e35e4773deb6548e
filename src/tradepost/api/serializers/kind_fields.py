"""Fields of what has several kinds, made of the columns of a kind: a project's own is read and shown as ours are."""

from __future__ import annotations

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .fields import CountField, EnumField, TextField, TruthField

__all__ = ["field_of"]

_MOST = 500
_DAYS = 7


class _KeyField(TextField):
    """A related row by its slug."""

    def to_representation(self, value: Any) -> str:
        """Its slug."""
        return str(value.slug)


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "array", "items": {"type": "string", "maxLength": 30}, "minItems": 2, "maxItems": 2},
        "maxItems": _MOST,
        "example": [["50", "4.90"], ["100", "7.90"]],
    }
)
class _PairsField(serializers.ListField):
    """A table: pairs of a limit and what holds up to it, or from it on, as texts."""

    child = serializers.ListField(child=TextField(max_length=30), min_length=2, max_length=2)


def _json_field(column: models.Field[Any, Any], options: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    if column.name == "weekdays":
        return serializers.ListField(child=CountField(min_value=1, max_value=_DAYS), max_length=_DAYS, **options)
    if column.name in ("tiers", "bands"):
        return _PairsField(max_length=_MOST, **options)
    if column.default is list:
        return serializers.ListField(child=TextField(max_length=255), max_length=_MOST, **options)
    return serializers.DictField(**options) if column.default is dict else serializers.JSONField(**options)


def field_of(column: models.Field[Any, Any], *, enum: str) -> serializers.Field[Any, Any, Any, Any]:
    """The field of a column.

    Args:
        enum: With what the names of enumerations begin in the schema.
    """
    needed = not (column.blank or column.null or column.has_default())
    options: dict[str, Any] = {"required": needed, "help_text": str(column.help_text)}
    if column.null:
        options["allow_null"] = True
    if isinstance(column, models.JSONField):
        return _json_field(column, options)
    if isinstance(column, models.ForeignKey):
        return _KeyField(max_length=255, **options)
    if column.choices:
        return EnumField(f"{enum}{column.name.capitalize()}", column.choices, **options)
    if isinstance(column, models.BooleanField):
        return TruthField(**options)
    if isinstance(column, models.DecimalField):
        return serializers.DecimalField(
            max_digits=column.max_digits, decimal_places=column.decimal_places, normalize_output=True, **options
        )
    if isinstance(column, models.IntegerField):
        return CountField(min_value=0, **options)
    if isinstance(column, models.TimeField):
        return serializers.TimeField(**options)
    return TextField(max_length=column.max_length, allow_blank=column.blank, **options)
