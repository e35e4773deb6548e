"""An unpaid order that staff change: its copy is a draft, and it is cancelled in the transaction that places the draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.core.errors import Conflict
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.promotions import services as promotions

from ..errors import OrderClosed
from ..models import Draft
from ..view import payments_installed
from .reopen import basket_uuid

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment

__all__ = ["check_replaceable", "live_payments", "lock_replaced", "was_replaced"]


def lock_replaced(basket: AbstractBasket, *, is_trial: bool) -> AbstractOrder | None:
    """Lock the order that a draft replaces, and let go of its coupons, so that the draft's totals may count on them.

    Its stock is let go of when it is cancelled, for stock is locked last.

    Args:
        basket: A draft's, locked.
        is_trial: Payments that are still live are no reason to refuse.

    Returns:
        The order; ``None`` where there is none, or the draft has replaced it before.

    Raises:
        OrderClosed: It isn't pending any more.
        PaymentInProgress: It is paid, or may be paid at this moment.
    """
    key = Draft.objects.filter(basket=basket.pk).values_list("replaces", flat=True).first()
    if key is None:
        return None
    order = Order.objects.filter(pk=key).locked().get()
    if was_replaced(order, basket):
        return None
    check_replaceable(order)
    if not is_trial and (order.payments_open or order.payments_unknown or live_payments(order)):
        raise _in_progress(order)
    promotions.give_back("order", str(order.pk))
    return order


def was_replaced(order: AbstractOrder, basket: AbstractBasket) -> bool:
    """Whether a draft has replaced its order already, by an order that has ended since: placed again, it replaces none."""
    later = Order.objects.filter(replaces=order.pk).first()
    return later is not None and basket_uuid(later) == basket.uuid


def check_replaceable(order: AbstractOrder) -> None:
    """Refuse to change an order that isn't pending, or that money has come for.

    Raises:
        OrderClosed: It isn't pending any more.
        PaymentInProgress: Money was taken, or is held.
    """
    if not order.allows.awaits_payment:
        raise OrderClosed(_("This order can no longer be changed."), order=order.number, status=str(order.status))
    if order.amount_captured or order.amount_authorised:
        raise _in_progress(order)


def live_payments(order: AbstractOrder) -> Sequence[AbstractPayment]:
    """Payments of an order that may still bring money: they are cancelled before it is replaced."""
    if not payments_installed():
        return []
    from tradepost.payments.models import Payment

    return list(Payment.objects.of_order(order.pk).live())


def _in_progress(order: AbstractOrder) -> Conflict:
    from tradepost.payments.errors import PaymentInProgress

    message = _("A payment for this order is being processed, or has been made.")
    return PaymentInProgress(message, order=order.number)
