"""Orders that staff give: public keys, the first one first."""

from __future__ import annotations

from rest_framework import serializers

from ...fields import TextField
from ..base import Input

__all__ = [
    "AttributesInOrderSerializer",
    "CollectionsInOrderSerializer",
    "ImagesInOrderSerializer",
    "PickupPointsInOrderSerializer",
    "ShippingMethodsInOrderSerializer",
    "VariantsInOrderSerializer",
]

_MOST = 1000


def _keys(help_text: str) -> serializers.ListField:
    child = TextField(max_length=255)
    return serializers.ListField(child=child, allow_empty=False, max_length=_MOST, help_text=help_text)


class ImagesInOrderSerializer(Input):
    """Pictures of a product in their order; the others follow."""

    images = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=_MOST, help_text="The first is the main one."
    )


class VariantsInOrderSerializer(Input):
    """Variants of a product in their order; the others follow."""

    variants = _keys("SKUs.")


class AttributesInOrderSerializer(Input):
    """Attributes of a product type in their order; the others follow."""

    attributes = _keys("Codes.")


class CollectionsInOrderSerializer(Input):
    """Collections in their order; the others follow."""

    collections = _keys("Slugs.")


class ShippingMethodsInOrderSerializer(Input):
    """Shipping methods in their order; the others follow."""

    shipping_methods = _keys("Codes.")


class PickupPointsInOrderSerializer(Input):
    """Pickup points in their order; the others follow."""

    pickup_points = _keys("Codes.")
