"""Stock as staff see it, and what they book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from tradepost.core.inputs.numbers import MAX_COUNT
from tradepost.inventory.models import Location, StockLevel, StockMovement

from ..base import Nested, Shape, TradepostSerializer
from ..fields import CountField, EnumField
from .base import Input, TextField, TruthField

__all__ = [
    "AdjustInputSerializer",
    "CountInputSerializer",
    "LimitsInputSerializer",
    "LocationInputSerializer",
    "LocationSerializer",
    "MoveInputSerializer",
    "ReceiveInputSerializer",
    "StockLevelSerializer",
    "StockLevelsSerializer",
    "StockMovementSerializer",
]

_SMALL = 32_767


class LocationSerializer(TradepostSerializer[Location]):
    """A place that holds stock."""

    class Meta:
        model = Location
        fields: Sequence[str] = ("code", "name", "priority", "is_active")
        read_only_fields: Sequence[str] = fields


class LocationInputSerializer(Input):
    """A location, to be made or changed."""

    code = TextField(max_length=50)
    name = TextField(max_length=100)
    priority = CountField(required=False, min_value=-_SMALL, max_value=_SMALL, help_text="The lowest is used first.")
    is_active = TruthField(required=False)


class StockLevelSerializer(TradepostSerializer[StockLevel]):
    """Units of a variant at a location."""

    variant = serializers.SlugRelatedField[Any](slug_field="sku", read_only=True)
    location = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    available = serializers.IntegerField(read_only=True, help_text="Units that nobody was promised; may be below zero.")
    sellable = serializers.IntegerField(read_only=True, help_text="Units that may be promised, backorders included.")

    class Meta:
        model = StockLevel
        fields: Sequence[str] = (
            "variant",
            "location",
            "on_hand",
            "reserved",
            "available",
            "sellable",
            "backorder_limit",
            "low_stock_at",
        )
        read_only_fields: Sequence[str] = fields


class StockLevelsSerializer(Shape):
    """The levels of both locations of a move."""

    levels = Nested("staff.StockLevel", many=True)


class StockMovementSerializer(TradepostSerializer[StockMovement]):
    """A change of a level; their sums are the level."""

    variant = serializers.SlugRelatedField[Any](slug_field="sku", read_only=True)
    location = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    kind = EnumField("StockMovementKind", StockMovement.Kind.values, read_only=True)

    class Meta:
        model = StockMovement
        fields: Sequence[str] = (
            "variant",
            "location",
            "kind",
            "on_hand_delta",
            "reserved_delta",
            "cause_kind",
            "cause_key",
            "actor",
            "note",
            "created_at",
        )
        read_only_fields: Sequence[str] = fields


class _Place(Input):
    variant = TextField(max_length=255, help_text="SKU.")
    location = TextField(max_length=50, help_text="Its code.")


class _Booking(_Place):
    note = TextField(max_length=200, default="", allow_blank=True)


class ReceiveInputSerializer(_Booking):
    """Units that arrived."""

    quantity = CountField(min_value=1)


class CountInputSerializer(_Booking):
    """Units that were counted."""

    counted = CountField(min_value=0, help_text="Booked even if it is less than what is promised.")


class AdjustInputSerializer(_Booking):
    """Units that were found, or are broken or lost."""

    delta = CountField(min_value=-MAX_COUNT, help_text="Units more, or less where it is below zero.")


class MoveInputSerializer(Input):
    """Units that are carried to another location."""

    variant = TextField(max_length=255, help_text="SKU.")
    quantity = CountField(min_value=1)
    source = TextField(  # type: ignore[assignment]
        max_length=50, help_text="Code of the location that they leave."
    )
    target = TextField(max_length=50, help_text="Code of the location where they arrive.")
    note = TextField(max_length=200, default="", allow_blank=True)


class LimitsInputSerializer(_Place):
    """The limits of a level; one that isn't given stays."""

    backorder_limit = CountField(required=False, min_value=0, help_text="Units that may be sold before they are there.")
    low_stock_at = CountField(required=False, allow_null=True, min_value=0, help_text="Reported at so many or fewer.")
