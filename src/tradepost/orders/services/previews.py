"""Previews: what an act would do to an order's money, by the service that would do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tradepost.core import db
from tradepost.core.money import ZERO

from ..base import AbstractOrder
from .locks import locked

__all__ = ["MoneyPreview", "OrderMoney", "money_of", "preview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """An order's money at a moment, in its currency.

    Attributes:
        total: As it was placed.
        credited: Taken off since.
        due: Owed in all; nothing once the order is cancelled or expired.
        paid: Received, less refunds and chargebacks.
        missing: Still to be paid.
        surplus: Paid beyond what is due, and so to be given back.
    """

    currency: str
    status: str
    payment_status: str
    total: Decimal
    credited: Decimal
    due: Decimal
    paid: Decimal
    missing: Decimal
    surplus: Decimal


@dataclass(frozen=True, slots=True)
class MoneyPreview:
    """An order's money as it is, and as it would be."""

    before: OrderMoney
    after: OrderMoney


def money_of(order: AbstractOrder) -> OrderMoney:
    """The money of an order, by its own columns."""
    return OrderMoney(
        currency=order.currency,
        status=str(order.status),
        payment_status=str(order.payment_status),
        total=order.total,
        credited=order.credited,
        due=order.due,
        paid=order.net_paid,
        missing=max(order.due - order.net_paid, ZERO),
        surplus=max(order.net_paid - order.due, ZERO),
    )


def preview(order: AbstractOrder, act: Callable[[], object]) -> MoneyPreview:
    """Do something to an order, see what it comes to, and undo it: nothing is written, told or sent.

    Args:
        order: Is read again and locked.
        act: Calls one service of orders that needs no transaction of its own, such as ``cancel_units``. What it refuses is
            raised.
    """
    with db.rolled_back():
        before = money_of(locked(order.pk))
        act()
        after = money_of(locked(order.pk))
    return MoneyPreview(before, after)
