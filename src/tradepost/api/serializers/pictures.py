"""Pictures."""

from __future__ import annotations

from rest_framework import serializers

from .base import Shape
from .fields import UrlField

__all__ = ["PictureSerializer"]


class PictureSerializer(Shape):
    """A picture, and what it shows."""

    url = UrlField()
    alt = serializers.CharField()
