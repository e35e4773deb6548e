"""Shipments as they are shown with an order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from tradepost.core.fsm import states_that
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order, OrderLine
from tradepost.orders.querysets import OrderQuerySet

from .errors import ShipmentNotFound
from .models import Shipment, ShipmentLine

__all__ = ["find_shipment", "orders_to_pack", "orders_to_send", "shipments_of"]


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


def orders_to_pack() -> OrderQuerySet[Order]:
    """Orders that may be packed, and have units that are neither cancelled, shipped nor packed already."""
    states = states_that(Shipment, "is_packed")
    packed = ShipmentLine.objects.filter(line=OuterRef("pk"), shipment__status__in=states).order_by().values("line")
    units = Subquery(packed.annotate(units=Sum("quantity")).values("units"), output_field=IntegerField())
    open_units = F("quantity") - F("cancelled_quantity") - F("shipped_quantity")
    lines = OrderLine.objects.filter(GreaterThan(open_units, Coalesce(units, Value(0))), order=OuterRef("pk"))
    return Order.objects.that("can_ship").filter(Exists(lines), hold="")


def orders_to_send() -> OrderQuerySet[Order]:
    """Orders with a shipment that is packed and may leave."""
    shipments = Shipment.objects.filter(order=OuterRef("pk"), status__in=states_that(Shipment, "can_ship"))
    return Order.objects.that("can_ship").filter(Exists(shipments), hold="")
