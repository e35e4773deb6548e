"""Reports of payments and shipments to an order."""

from __future__ import annotations

from collections.abc import Mapping

from tradepost.core import db

from ..base import AbstractOrder
from ..models import OrderLine
from ..states.statuses import Sums
from .locks import (
    derive_fulfilment,
    derive_payment,
    locked,
)

__all__ = ["record_fulfilment", "record_payments", "set_payments"]

_SUMS = {
    "amount_authorised": "authorised",
    "amount_captured": "captured",
    "amount_refunded": "refunded",
    "amount_charged_back": "charged_back",
    "amount_secured": "secured",
    "payments_open": "open",
}
_OF_PAYMENTS = (*_SUMS, "payments_unknown", "payment_status")


@db.atomic
def record_payments(order_id: int, sums: Sums, *, unknown: int) -> AbstractOrder:
    """Write what payments come to, whatever it is, and derive ``payment_status``. No transition is made.

    Args:
        sums: Of all payments of the order, in its currency.
        unknown: Payments of which nobody knows whether money moved.
    """
    order = locked(order_id)
    order.save(update_fields=set_payments(order, sums, unknown=unknown))
    return order


def set_payments(order: AbstractOrder, sums: Sums, *, unknown: int) -> list[str]:
    """Set what payments come to, as :func:`record_payments` does, on an order that the caller has locked and saves.

    Returns:
        The fields that have changed.
    """
    before = {name: getattr(order, name) for name in _OF_PAYMENTS}
    for column, name in _SUMS.items():
        setattr(order, column, getattr(sums, name))
    order.payments_unknown = unknown
    derive_payment(order)
    return [name for name in _OF_PAYMENTS if getattr(order, name) != before[name]]


@db.atomic
def record_fulfilment(order_id: int, units: Mapping[int, tuple[int, int, int]]) -> AbstractOrder:
    """Write how many units of lines are shipped, delivered and back in all, and derive ``fulfilment_status``.

    Args:
        units: By the primary key of a line; lines that aren't named stay as they are.
    """
    order = locked(order_id)
    lines = list(OrderLine.objects.filter(order_id=order_id, pk__in=units))
    for line in lines:
        line.shipped_quantity, line.delivered_quantity, line.returned_quantity = units[line.pk]
    OrderLine.objects.bulk_update(lines, ["shipped_quantity", "delivered_quantity", "returned_quantity"])
    derive_fulfilment(order)
    order.save(update_fields=["fulfilment_status"])
    return order
