"""Shipments, as the shop's staff see them, and what they do with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.core.actors import Actor, By
from tradepost.core.fsm import steps
from tradepost.fulfilment.base import AbstractShipment

from ..fields import EnumField
from ..shipments import ShipmentSerializer
from .base import Input, TextField, TruthField
from .order_actions import UnitsSerializer
from .orders import StaffTransitionSerializer

__all__ = ["PackSerializer", "StaffShipmentSerializer", "TrackingSerializer"]

_LINES = 500


class StaffShipmentSerializer(ShipmentSerializer):
    """A shipment with its order, and what can be done with it now."""

    order = serializers.CharField(source="order.number")
    location = serializers.CharField(source="location.code", default=None, allow_null=True)
    transitions = serializers.SerializerMethodField()

    class Meta(ShipmentSerializer.Meta):
        fields: Sequence[str] = (
            *ShipmentSerializer.Meta.fields,
            "order",
            "group",
            "location",
            "created_at",
            "transitions",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(StaffTransitionSerializer(many=True))
    def get_transitions(self, shipment: AbstractShipment) -> Any:
        """List what leaves its state."""
        return StaffTransitionSerializer(steps(shipment, By(Actor.STAFF)), many=True).data


class PackSerializer(Input):
    """Units of an order that are packed."""

    order = TextField(max_length=32, help_text="Its number.")
    lines = UnitsSerializer(many=True, allow_empty=False, max_length=_LINES)  # type: ignore[call-arg]
    kind = EnumField("ShipmentKind", AbstractShipment.Kind.choices, default=AbstractShipment.Kind.PARCEL.value)
    carrier = TextField(default="", allow_blank=True, max_length=60)
    tracking_number = TextField(default="", allow_blank=True, max_length=100)
    tracking_url = serializers.URLField(default="", allow_blank=True, max_length=200)
    group = TextField(default="", allow_blank=True, max_length=40, help_text="The delivery group that it serves.")
    location = TextField(
        default="", allow_blank=True, max_length=50, help_text="Code; empty for where the stock was reserved."
    )
    shipped = TruthField(default=False, help_text="It has already left: its units leave the stock.")


class TrackingSerializer(Input):
    """How a shipment is followed; what isn't given stays."""

    carrier = TextField(required=False, allow_blank=True, max_length=60)
    tracking_number = TextField(required=False, allow_blank=True, max_length=100)
    tracking_url = serializers.URLField(required=False, allow_blank=True, max_length=200)
