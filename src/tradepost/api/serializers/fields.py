"""Fields that several serializers have."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .base import Shape

__all__ = ["EnumField", "PictureSerializer", "UrlField"]


@extend_schema_field({"type": "string", "format": "uri"})
class UrlField(serializers.CharField):
    """An address, absolute: what is a path becomes one of this host."""

    def to_representation(self, value: Any) -> str:
        """Absolute where the request is known."""
        request = self.context.get("request")
        return str(request.build_absolute_uri(str(value))) if request is not None else str(value)


class EnumField(serializers.ChoiceField):
    """One of some stable words, named in the schema.

    Args:
        enum: Its name there.
    """

    def __init__(self, enum: str, choices: Any, **kwargs: Any) -> None:
        self.enum = enum
        super().__init__(choices=choices, **kwargs)


class PictureSerializer(Shape):
    """A picture, and what it shows."""

    url = UrlField()
    alt = serializers.CharField()
