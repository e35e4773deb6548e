"""Fields that several serializers have."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.core.inputs.numbers import (
    MAX_COUNT,
    InvalidNumber,
    read_count,
)

__all__ = ["FIELD_OF_COLUMN", "CountField", "EnumField", "TextField", "TruthField", "UrlField", "UtcField", "states_of"]


@extend_schema_field({"type": "string", "format": "uri"})
class UrlField(serializers.CharField):
    """An address, absolute: what is a path becomes one of this host."""

    def to_representation(self, value: Any) -> str:
        """Absolute where the request is known; an empty one stays empty."""
        request = self.context.get("request") if value else None
        return str(request.build_absolute_uri(str(value))) if request is not None else str(value)


class TextField(serializers.CharField):
    """Text that is sent as text: a number or a yes isn't turned into one."""

    def to_internal_value(self, data: Any) -> str:
        """From JSON."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TruthField(serializers.BooleanField):
    """``true`` or ``false``, and no other word for it."""

    def to_internal_value(self, data: Any) -> bool:
        """From JSON."""
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:50])
        return data


class CountField(serializers.IntegerField):
    """Units in what a call takes: a whole number, or a text of plain digits, within 32 bits."""

    def to_internal_value(self, data: Any) -> int:
        """From JSON; the bounds of the field are checked after it."""
        try:
            return read_count(data, least=-MAX_COUNT)
        except InvalidNumber as refusal:
            if "most" in refusal.context:
                self.fail("max_value", max_value=MAX_COUNT if self.max_value is None else self.max_value)
            self.fail("invalid")


class EnumField(serializers.ChoiceField):
    """One of some stable words, named in the schema.

    Args:
        enum: Its name there.
    """

    def __init__(self, enum: str, choices: Any, **kwargs: Any) -> None:
        self.enum = enum
        super().__init__(choices=choices, **kwargs)


def states_of(model: type[models.Model]) -> list[str]:
    """Words of a model's states, those that a project added included."""
    return [str(value) for value, _label in model._meta.get_field("status").choices or ()]  # type: ignore[union-attr]


class UtcField(serializers.DateTimeField):
    """A moment in ISO 8601, in UTC whatever the project's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso-8601", default_timezone=UTC, **kwargs)


FIELD_OF_COLUMN = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.BooleanField: TruthField,
    models.CharField: TextField,
    models.DateTimeField: UtcField,
    models.TextField: TextField,
}
"""The field that shows a column, by the class of the column."""
