"""Who has ordered before."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from .models import Order
from .states import Status

__all__ = ["EarlierOrders"]


class EarlierOrders:
    """Orders of this shop; a port of promotions (:class:`tradepost.promotions.ports.OrderHistory`)."""

    def earlier(self, customer_id: int | None, email: str) -> QuerySet[Any]:
        who = Q(pk__in=[])
        if customer_id is not None:
            who |= Q(customer_id=customer_id)
        if email:
            who |= Q(email__iexact=email)
        return Order.objects.filter(who).exclude(status__in=[Status.CANCELLED.value, Status.EXPIRED.value])
