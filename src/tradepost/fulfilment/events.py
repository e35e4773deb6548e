"""Events of shipments."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["ShipmentDelivered", "ShipmentShipped"]


@dataclass(frozen=True)
class ShipmentShipped(Event):
    """A shipment has left."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True)
class ShipmentDelivered(Event):
    """A shipment has arrived."""

    shipment_id: int
    order_id: int
