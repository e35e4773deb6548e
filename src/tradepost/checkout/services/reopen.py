"""Taking an order back to the basket, and letting unpaid ones expire: providers are asked first, outside any transaction."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.core import db
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.errors import Conflict
from tradepost.core.fsm import states_that
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.drafts import BY_STAFF
from tradepost.orders.models import Order
from tradepost.orders.states import End

from ..errors import OrderClosed
from ..view import payments_installed

__all__ = ["basket_of", "expire", "reopen", "stop_payments"]


def basket_uuid(order: AbstractOrder) -> UUID | None:
    """The basket that an order was made of, by its source key."""
    kind, _colon, rest = (order.source_key or "").partition(":")
    return UUID(rest.rpartition(":")[0]) if kind == "basket" else None


def rows_of(order: AbstractOrder) -> QuerySet[Basket]:
    """The row of the basket that an order was made of; none for other sources."""
    uuid = basket_uuid(order)
    return Basket.objects.filter(uuid=uuid) if uuid else Basket.objects.none()


def basket_of(order: AbstractOrder) -> AbstractBasket | None:
    """The basket of an order, if it still is the one of its present submission."""
    basket = rows_of(order).first()
    return basket if basket is not None and basket.source_key == order.source_key else None


def stop_payments(order: AbstractOrder, *, by: By, reason: str) -> None:
    """Cancel what is live at the providers, or learn what became of it.

    Raises:
        PaymentInProgress: One is taken, or can't be told for certain; nothing is lost.
    """
    if not payments_installed():
        return
    from tradepost.payments import services
    from tradepost.payments.errors import PaymentInProgress
    from tradepost.payments.models import Payment

    for live in Payment.objects.of_order(order.pk):
        payment = services.cancel(live, by=by, reason=reason)
        if payment.status not in ("failed", "cancelled", "refunded"):
            message = _("A payment for this order is being processed, or has been made.")
            raise PaymentInProgress(message, order=order.number, payment=str(payment.uuid))


def reopen(order: AbstractOrder, *, by: By, newer: AbstractBasket | None = None) -> AbstractBasket:
    """Take a pending order back to its basket: the order is cancelled, the basket is open again with its lines and codes.

    Args:
        order: Pending.
        by: Its customer, or staff.
        newer: What a guest has begun meanwhile; a customer's is found.

    Returns:
        The open basket; what the customer had begun meanwhile is in it.

    Raises:
        OrderClosed: It isn't pending, or it has no basket; a customer can't take back what staff prepared.
        PaymentInProgress: A payment's outcome isn't known, or it has been made.
    """
    db.outside("reopen()")
    if order.source == BY_STAFF and by.rights is Actor.CUSTOMER:
        raise _closed(order)
    if order.allows.awaits_payment:
        stop_payments(order, by=by, reason="back to the basket")
    return _take_back(order, by, newer)


def _lock_baskets(order: AbstractOrder, newer: AbstractBasket | None = None) -> AbstractBasket | None:
    """Lock the basket of an order, and those that may be merged into it, before the order is: baskets come first."""
    mine = Q(uuid=basket_uuid(order))
    if order.customer_id is not None:
        mine |= Q(customer=order.customer_id, status__in=states_that(Basket, "is_open"))
    if newer is not None:
        mine |= Q(pk=newer.pk)
    by_uuid = {basket.uuid: basket for basket in Basket.objects.filter(mine).locked()}
    uuid = basket_uuid(order)
    return by_uuid.get(uuid) if uuid else None


@db.durable
def _take_back(order: AbstractOrder, by: By, newer: AbstractBasket | None) -> AbstractBasket:
    basket = _lock_baskets(order, newer)
    locked = Order.objects.filter(pk=order.pk).locked().get()
    mine = basket is not None and basket.source_key == locked.source_key
    if basket is not None and mine and locked.allows.end is End.CANCELLED and basket.allows.is_open:
        return basket  # asked twice
    if basket is None or not mine or not locked.allows.awaits_payment:
        raise _closed(locked)
    orders.apply(locked, "cancel", by=by, reason="reopened")
    return baskets.reopen(basket, newer=newer)


def _closed(order: AbstractOrder) -> OrderClosed:
    message = _("This order can no longer be moved back to the basket.")
    return OrderClosed(message, order=order.number, status=str(order.status))


def expire(order: AbstractOrder) -> bool:
    """Let one overdue order expire; its basket is open again if the visitor has no newer one.

    Returns:
        False where a payment isn't certain: it stays pending, and is looked at again.
    """
    db.outside("expire()")
    try:
        stop_payments(order, by=SYSTEM, reason="time to pay has ended")
    except Conflict:
        return False
    return _let_expire(order)


@db.durable
def _let_expire(order: AbstractOrder) -> bool:
    basket = _lock_baskets(order)
    try:
        expired = orders.apply(order, "expire", by=SYSTEM)
    except Conflict:
        return False
    if basket is not None and basket.source_key == expired.source_key and basket.allows.is_submitted:
        baskets.reopen_if_alone(basket)
    return True
