"""Locking of orders, and writing of what is derived from them."""

from __future__ import annotations

from typing import TypeVar

from tradepost.core import db

from ..base import AbstractOrder
from ..models import Order, OrderLine
from ..states.statuses import (
    Units,
    fulfilment_status,
    payment_status,
)

__all__ = ["derive_fulfilment", "derive_payment", "locked", "locked_as"]

OrderT = TypeVar("OrderT", bound=AbstractOrder)


def locked(order_id: int) -> Order:
    """The order as it stands, locked until the transaction ends.

    Raises:
        Order.DoesNotExist: There is none.
    """
    return Order.objects.locked().get(pk=order_id)


def locked_as(order: OrderT) -> OrderT:
    """The same, as the class that was handed in: the project's own, or a proxy of it.

    Raises:
        ObjectDoesNotExist: There is none.
    """
    return db.lock(type(order)._base_manager.filter(pk=order.pk)).get()


def derive_payment(order: AbstractOrder) -> None:
    """Set ``payment_status`` by the order's own columns. The one place that does."""
    order.payment_status = payment_status(order.sums, total=order.total, credited=order.credited, due=order.due)


def derive_fulfilment(order: AbstractOrder) -> None:
    """Set ``fulfilment_status`` by the lines as they are stored. The one place that does."""
    lines = OrderLine.objects.filter(order_id=order.pk)
    order.fulfilment_status = fulfilment_status(
        Units(
            line.quantity - line.cancelled_quantity,
            line.shipped_quantity,
            line.delivered_quantity,
            line.returned_quantity,
        )
        for line in lines
    )
