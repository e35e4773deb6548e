"""Reactions of the checkout to events of an order."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from tradepost.basket.events import BasketAdopted
from tradepost.basket.models import Basket
from tradepost.core import db, events
from tradepost.core.errors import Conflict
from tradepost.core.events import subscribe
from tradepost.core.fsm import states_that
from tradepost.core.mail import send
from tradepost.core.shop_settings import shop
from tradepost.customers.errors import Anonymised
from tradepost.customers.models import Consent, Customer
from tradepost.customers.services import Agreement, give_consent
from tradepost.orders.events import OrderCancelled, OrderConfirmed, OrderReinstated
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token

from .delivery_dates import arrivals, with_arrivals
from .events import BasketInUse, ConsentsGiven, OrderReplaced
from .models import Checkout
from .services.reopen import rows_of


def close_basket_at_once(event: OrderConfirmed) -> None:
    """The basket of a confirmed order is done with, unless somebody has it locked: here the order is locked already, and a
    basket comes before it, so that waiting could never end. Then :func:`close_basket` does it after the commit.
    """
    if not event.at_once and not _close(event.order_id, skip_locked=True):
        events.publish(BasketInUse(event.order_id))


@db.atomic
def close_basket(event: BasketInUse | OrderConfirmed | OrderCancelled) -> None:
    """The basket of a confirmed or cancelled order is done with, if it wasn't taken back."""
    _close(event.order_id)


def _close(order_id: int, *, skip_locked: bool = False) -> bool:
    """Close an order's basket; whether nothing is left to be done."""
    order = Order.objects.get(pk=order_id)
    submitted = rows_of(order).filter(status__in=states_that(Basket, "is_submitted"))
    basket = db.lock(submitted, skip_locked=skip_locked).first()
    if basket is not None and basket.source_key == order.source_key:
        basket.close()
        basket.save(update_fields=["status"])
    return basket is not None or not (skip_locked and submitted.exists())


def close_reinstated(event: OrderReinstated) -> None:
    """A late payment takes the basket along, unless it was ordered again: then the reinstatement is refused.

    The basket isn't waited for, see :func:`close_basket_at_once`; somebody is just doing something with it.
    """
    order = Order.objects.get(pk=event.order_id)
    try:
        with transaction.atomic():
            basket = db.lock(rows_of(order), nowait=True).first()
    except OperationalError:
        raise Conflict(_("The basket is in use."), order=order.number) from None
    if basket is None:
        return
    if basket.source_key != order.source_key:
        raise Conflict(_("The basket was ordered again meanwhile."), order=order.number)
    if basket.allows.is_submitted or basket.allows.is_open:
        basket.close()
        basket.save(update_fields=["status"])


def forget_consents(event: BasketAdopted) -> None:
    """Ask whoever has signed in for their own consent: a guest may have ticked the boxes, on a device that several use."""
    Checkout.objects.filter(basket=event.basket_id).update(consents={}, agreements={})


def mail_confirmation(event: OrderConfirmed) -> None:
    """Write to the customer that the order is confirmed."""
    order = _TO_TELL.get(order=event.order_id)
    if not order.email:
        return
    link = f"{shop().URL}/orders/{order.number}/?token={access_token(order)}"
    context = {"order": order, "link": link, "arrivals": arrivals(order)}
    send("order_confirmed", to=order.email, context=context, language=order.language)


def mail_replacement(event: OrderReplaced) -> None:
    """Write to the customer that staff have changed their order, and what is to be paid now."""
    order = _TO_TELL.get(order=event.order_id)
    if not order.email:
        return
    link = f"{shop().URL}/orders/{order.number}/?token={access_token(order)}"
    replaced = Order.objects.get(pk=event.replaced_id)
    context = {"order": order, "replaced": replaced, "link": link, "arrivals": arrivals(order)}
    send("order_replaced", to=order.email, context=context, language=order.language)


def write_consents(event: ConsentsGiven) -> None:
    """Write down what a customer agreed to with an order. What they said of it since counts more."""
    customer = Customer.objects.filter(pk=event.customer_id).first()
    if customer is None:
        return
    with suppress(Anonymised):  # they closed their account meanwhile
        for agreed in event.agreements:
            give_consent(
                customer,
                Agreement(**agreed),
                source=Consent.Source.CHECKOUT,
                reference=event.order_number,
                at=event.at,
            )


# our templates show lines and charges; others are asked for as they show
_TO_TELL: db.Prepared[Any] = db.Prepared(
    lambda p: with_arrivals(Order.objects.filter(pk=p.order).prefetch_related("lines", "charges")),
    order=db.key_of(Order),
)

subscribe(BasketAdopted, forget_consents, when="within", elsewhere=True)
subscribe(OrderConfirmed, close_basket_at_once, when="within", elsewhere=True)
subscribe(BasketInUse, close_basket)
subscribe(OrderCancelled, close_basket)
subscribe(OrderReinstated, close_reinstated, when="within")
subscribe(OrderConfirmed, mail_confirmation)
subscribe(OrderReplaced, mail_replacement)
subscribe(ConsentsGiven, write_consents)

if {"tradepost_fulfilment", "tradepost_payments"} <= apps.app_configs.keys():
    from tradepost.fulfilment.events import ShipmentShipped

    from .services.capture_on_shipment import capture_shipped

    subscribe(ShipmentShipped, capture_shipped)
