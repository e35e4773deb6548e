"""Use cases of fulfilment."""

from __future__ import annotations

from .shipments import cancel_shipment, create_shipment, deliver, left_to_ship, set_tracking, ship, ship_now

__all__ = [
    "cancel_shipment",
    "create_shipment",
    "deliver",
    "left_to_ship",
    "set_tracking",
    "ship",
    "ship_now",
]
