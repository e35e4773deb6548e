"""The answers from the page of the checkout become the order's own, in the transaction that places it."""

from __future__ import annotations

from tradepost.core.events import subscribe
from tradepost.orders.events import OrderPlaced
from tradepost.orders.models import Order


def write_card(event: OrderPlaced) -> None:
    order = Order.objects.get(pk=event.order_id)
    if message := order.metadata.get("gift_message"):
        Order.objects.filter(pk=order.pk).update(gift_message=message)


subscribe(OrderPlaced, write_card, when="within")
