"""Serializers of pickup points."""

from __future__ import annotations

from rest_framework import serializers

from .base import Nested, Shape

__all__ = ["PickupPointSerializer"]


class PickupPointSerializer(Shape):
    """A place where customers fetch their parcels."""

    code = serializers.CharField()
    name = serializers.CharField()
    address = Nested("checkout.Address", source="as_postal")
    opening_hours = serializers.CharField()
