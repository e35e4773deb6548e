"""Values that a project exposed of a row, under ``extra``; see :mod:`tradepost.core.extending.exposed_fields`."""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers

from tradepost.core.extending.exposed_fields import (
    PUBLIC,
    Exposed,
    exposed_of,
    readable,
)

from .fields import FIELD_OF_COLUMN, EnumField

__all__ = ["ExtraSerializer", "extra_class"]


class ExtraSerializer(serializers.Serializer[Any]):
    """Exposed fields by their names. Who may not read one doesn't see that it is there.

    Attributes:
        model: Label of the model.
        own: Its rows are shown to their buyer only.
        is_whole: All fields, whoever asks: for the schema.
    """

    model: str = ""
    own: bool = False
    is_whole: bool = False

    def get_fields(self) -> dict[str, Any]:
        """The fields that the caller may read."""
        if self.is_whole:
            return {entry.name: _field(entry) for entry in exposed_of(self.model)}
        user = getattr(self.context.get("request"), "user", None)
        return {entry.name: _field(entry) for entry in readable(self.model, user, own=self.own)}


def extra_class(model: str, *, own: bool = False) -> type[ExtraSerializer]:
    """The serializer for rows of a model.

    Args:
        model: Its label.
        own: They are shown to their buyer only.
    """
    name = f"{model.rpartition('.')[2]}Extra"
    return type(name, (ExtraSerializer,), {"__doc__": "What the shop added.", "model": model, "own": own})


def _field(entry: Exposed) -> serializers.Field[Any, Any, Any, Any]:
    """As a model serializer would read the column; null where there is no sidecar or no such key."""
    options: dict[str, Any] = {
        "source": entry.source,
        "label": entry.label,
        "allow_null": True,
        "required": entry.read is PUBLIC,  # in the schema: who may not read the others isn't given them
    }
    if entry.source == entry.name:
        del options["source"]
    if entry.key:
        return serializers.JSONField(**options)
    column = entry.field
    if column.help_text:
        options["help_text"] = str(column.help_text)
    if column.choices:
        enum = "".join(part.capitalize() for part in f"{entry.owner.__name__}_{entry.name}".split("_"))
        return EnumField(enum, [value for value, _label in column.flatchoices], **options)
    return _plain(column, options)


class _OfColumns(serializers.ModelSerializer[models.Model]):
    serializer_field_mapping = FIELD_OF_COLUMN


def _plain(column: models.Field[Any, Any], options: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    cls, derived = _OfColumns().build_standard_field(column.name, column)
    shape = {key: derived[key] for key in ("max_digits", "decimal_places", "max_length") if key in derived}
    return cls(**shape, **options)
