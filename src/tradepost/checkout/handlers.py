"""What the checkout does when something happens to an order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradepost.basket.models import Basket
from tradepost.core.errors import Conflict
from tradepost.core.events import subscribe
from tradepost.core.mail import send
from tradepost.core.options import shop
from tradepost.orders.events import OrderConfirmed, OrderReinstated
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token

from .reopening import basket_uuid


def close_basket(event: OrderConfirmed) -> None:
    """The basket of a confirmed order is done with."""
    order = Order.objects.get(pk=event.order_id)
    uuid = basket_uuid(order)
    basket = Basket.objects.filter(uuid=uuid).locked().first() if uuid else None
    if basket is not None and basket.source_key == order.source_key and basket.status == Basket.Status.SUBMITTED:
        basket.close()
        basket.save(update_fields=["status"])


def close_reinstated(event: OrderReinstated) -> None:
    """A late payment takes the basket along, unless it was ordered again: then the reinstatement is refused."""
    order = Order.objects.get(pk=event.order_id)
    uuid = basket_uuid(order)
    basket = Basket.objects.filter(uuid=uuid).locked().first() if uuid else None
    if basket is None:
        return
    if basket.source_key != order.source_key:
        raise Conflict(_("The basket was ordered again meanwhile."), order=order.number)
    if basket.status in (Basket.Status.SUBMITTED, Basket.Status.OPEN):
        basket.close()
        basket.save(update_fields=["status"])


def mail_confirmation(event: OrderConfirmed) -> None:
    """Write to the customer that the order is confirmed."""
    order = Order.objects.with_rows().get(pk=event.order_id)
    if not order.email:
        return
    link = f"{shop().URL}/orders/{order.number}/?token={access_token(order)}"
    send("order_confirmed", to=order.email, context={"order": order, "link": link}, language=order.language)


subscribe(OrderConfirmed, close_basket, when="within")
subscribe(OrderReinstated, close_reinstated, when="within")
subscribe(OrderConfirmed, mail_confirmation)
