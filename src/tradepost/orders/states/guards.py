"""Guards of an order's transitions. Each reads the order's own columns only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tradepost.core.dates import clock
from tradepost.core.fsm import guard

from .statuses import FulfilmentStatus

if TYPE_CHECKING:
    from ..base import AbstractOrder

__all__ = [
    "is_covered",
    "is_due_to_expire",
    "is_fulfilled",
    "is_settled",
    "no_hold",
    "nothing_shipped",
    "payments_cover",
    "payments_settled",
    "unpaid",
]


@guard("not_covered", _("Payments do not cover the total."))
def is_covered(order: AbstractOrder) -> bool:
    return order.amount_secured >= order.total - order.credited


@guard("not_covered", _("Payments do not cover the total."))
def payments_cover(order: AbstractOrder) -> bool:
    return order.amount_secured >= order.total - order.credited > 0


@guard("on_hold", _("The order is on hold."))
def no_hold(order: AbstractOrder) -> bool:
    return not order.hold


@guard("already_shipped", _("Something has already been shipped."))
def nothing_shipped(order: AbstractOrder) -> bool:
    return order.fulfilment_status == FulfilmentStatus.UNFULFILLED


@guard("payment_in_progress", _("The outcome of a payment isn't known yet."))
def payments_settled(order: AbstractOrder) -> bool:
    return order.payments_unknown == 0


@guard("not_due", _("There is still time to pay."))
def is_due_to_expire(order: AbstractOrder) -> bool:
    return order.expires_at is not None and order.expires_at <= clock.now()


@guard("payment_in_progress", _("A payment is open, or money has been taken."))
def unpaid(order: AbstractOrder) -> bool:
    return order.payments_open == 0 and order.amount_authorised == 0 and order.amount_captured == 0


@guard("not_fulfilled", _("Not every unit has been shipped."))
def is_fulfilled(order: AbstractOrder) -> bool:
    return order.fulfilment_status in {FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED}


@guard("not_settled", _("The amount paid isn't exactly what is due."))
def is_settled(order: AbstractOrder) -> bool:
    return order.net_paid == order.due
