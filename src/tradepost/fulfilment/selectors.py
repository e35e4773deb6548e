"""Shipments as they are shown with an order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.orders.base import AbstractOrder

from .errors import ShipmentNotFound
from .models import Shipment, ShipmentLine

__all__ = ["find_shipment", "shipments_of"]


def find_shipment(uuid: UUID | str) -> Shipment:
    """One shipment with its order; for staff.

    Raises:
        ShipmentNotFound: There is none.
    """
    shipment = Shipment.objects.select_related("order").filter(uuid=uuid).first()
    if shipment is None:
        raise ShipmentNotFound(_("There is no such shipment."))
    return shipment


def shipments_of(order: AbstractOrder) -> list[Shipment]:
    """Shipments of an order with their lines, by one query; none for an order that still is to be paid.

    Args:
        order: With its lines, which those of the shipments point at.
    """
    if order.allows.awaits_payment:
        return []
    lines: dict[int, Any] = {line.pk: line for line in order.lines.all()}
    rows = ShipmentLine.objects.filter(shipment__order_id=order.pk).select_related("shipment")
    shipments: dict[int, Any] = {}
    for row in rows.order_by("shipment_id", "pk"):
        shipment = shipments.setdefault(row.shipment_id, row.shipment)
        row.shipment = shipment
        row.line = lines[row.line_id]
        shipment.__dict__.setdefault("_prefetched_objects_cache", {}).setdefault("lines", []).append(row)
    return list(shipments.values())
