"""Telling the warehouse what to pack."""

from __future__ import annotations

from django.core.mail import send_mail

from tradepost.core.events import subscribe
from tradepost.orders.events import OrderConfirmed
from tradepost.orders.models import Order


def tell_warehouse(event: OrderConfirmed) -> None:
    """Mail a packing list. May run twice for one order, so it says which."""
    order = Order.objects.get(pk=event.order_id)
    rows = [f"{line.quantity} × {line.sku} {line.name}" for line in order.lines.all()]
    send_mail(f"Pack {order.number}", "\n".join(rows), None, ["warehouse@example.com"])


subscribe(OrderConfirmed, tell_warehouse, name="myshop.tell_warehouse")
