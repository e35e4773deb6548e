"""Until when an order may be paid."""

from __future__ import annotations

from datetime import datetime

from tradepost.core import db

from ..base import AbstractOrder
from ..models import Order

__all__ = ["prolong"]


@db.atomic
def prolong(order: AbstractOrder, until: datetime) -> AbstractOrder:
    """Give an order until then to be paid, with its stock and coupons; never less time than it has. Locks the order."""
    row = Order.objects.filter(pk=order.pk).locked().get()
    if row.expires_at is not None and row.expires_at < until:
        row.expires_at = until
        row.save(update_fields=["expires_at"])
    return row
