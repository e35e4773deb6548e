"""Reactions of shipments to events of an order, and mails to customers about them."""

from __future__ import annotations

from tradepost.core.actors import SYSTEM
from tradepost.core.events import subscribe
from tradepost.core.fsm import states_that
from tradepost.core.mail import send
from tradepost.core.shop_settings import shop
from tradepost.orders.events import OrderCancelled
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token

from .events import ShipmentShipped
from .models import Shipment
from .selectors import shipments_of
from .services.shipments import cancel_shipment

__all__ = ["mail_shipment", "unpack"]


def unpack(event: OrderCancelled) -> None:
    """Unpack the shipments of a cancelled order."""
    for shipment in Shipment.objects.filter(order_id=event.order_id, status__in=states_that(Shipment, "can_cancel")):
        cancel_shipment(shipment, by=SYSTEM)


def mail_shipment(event: ShipmentShipped) -> None:
    """Write to the customer what is on its way, and where it can be followed. Downloads don't travel, so nothing is written."""
    order = Order.objects.with_rows().get(pk=event.order_id)
    shipment = next((row for row in shipments_of(order) if row.pk == event.shipment_id), None)
    if shipment is None or shipment.kind == Shipment.Kind.DIGITAL or not order.email:
        return
    is_web_page = shipment.tracking_url.startswith(("https://", "http://"))
    context = {
        "order": order,
        "shipment": shipment,
        "lines": shipment.lines.all(),
        "tracking_link": shipment.tracking_url if is_web_page else "",
        "address": order.ship_to if shipment.kind == Shipment.Kind.PARCEL else None,
        "more_follows": any(line.open_quantity for line in order.lines.all()),
        "link": f"{shop().URL}/orders/{order.number}/?token={access_token(order)}",
    }
    send("shipment_shipped", to=order.email, context=context, language=order.language)


subscribe(OrderCancelled, unpack, when="within")
subscribe(ShipmentShipped, mail_shipment)
