"""Orders of guests, which become a customer's once they have proven that the mailbox is theirs."""

from __future__ import annotations

from tradepost.core import db
from tradepost.core.actors import By

from ..models import Order
from .history import note, noted_together

__all__ = ["join"]


@db.atomic
def join(email_key: str, *, customer_id: int, by: By) -> int:
    """Give a customer the orders that guests placed with a mailbox. Call it only where the mailbox is proven to be theirs.

    Orders of another customer stay theirs. The links that guests were mailed go on working.

    Args:
        email_key: :func:`tradepost.core.inputs.email_keys.email_key` of the address.
        by: Who has proven it, for the history.

    Returns:
        How many orders there were.
    """
    if not email_key:
        return 0
    orders = list(db.lock(Order.objects.filter(customer=None, email_key=email_key)))
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(customer_id=customer_id)
    with noted_together():
        for order in orders:
            note(order, "join", by=by)
    return len(orders)
