"""Shipments, as the buyers of their orders see them."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework import serializers

from tradepost.fulfilment.base import AbstractShipment
from tradepost.fulfilment.models import Shipment, ShipmentLine

from .base import TradepostSerializer
from .fields import EnumField, states_of

__all__ = ["ShipmentLineSerializer", "ShipmentSerializer"]


class ShipmentLineSerializer(TradepostSerializer[ShipmentLine]):
    """A quantity of an order's line."""

    line = serializers.UUIDField(source="line.uuid", help_text="Of the order's line.")
    sku = serializers.CharField(source="line.sku")

    class Meta:
        model = ShipmentLine
        fields = ("line", "sku", "quantity")
        read_only_fields = fields


class ShipmentSerializer(TradepostSerializer[Shipment]):
    """A parcel, a pickup or a download."""

    kind = EnumField("ShipmentKind", AbstractShipment.Kind.choices)
    status = EnumField("ShipmentStatus", states_of(Shipment))
    lines = ShipmentLineSerializer(many=True)

    class Meta:
        model = Shipment
        fields: Sequence[str] = (
            "uuid",
            "kind",
            "status",
            "carrier",
            "tracking_number",
            "tracking_url",
            "shipped_at",
            "delivered_at",
            "lines",
        )
        read_only_fields: Sequence[str] = fields
