"""What shipments do when something happens to an order."""

from __future__ import annotations

from tradepost.core.actors import SYSTEM
from tradepost.core.events import subscribe
from tradepost.core.fsm import states_that
from tradepost.orders.events import OrderCancelled

from .models import Shipment
from .services.shipments import cancel_shipment

__all__ = ["unpack"]


def unpack(event: OrderCancelled) -> None:
    """What was packed for a cancelled order doesn't leave."""
    for shipment in Shipment.objects.filter(order_id=event.order_id, status__in=states_that(Shipment, "can_cancel")):
        cancel_shipment(shipment, by=SYSTEM)


subscribe(OrderCancelled, unpack, when="within")
