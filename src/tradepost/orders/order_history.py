"""Earlier orders of a buyer."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from tradepost.core.fsm import states_that

from .models import Order

__all__ = ["EarlierOrders"]


class EarlierOrders:
    """Orders of this shop; a port of promotions (:class:`tradepost.promotions.ports.OrderHistory`)."""

    def earlier(self, customer_id: int | None, email: str) -> QuerySet[Any]:
        who = Q(pk__in=[])
        if customer_id is not None:
            who |= Q(customer_id=customer_id)
        if email:
            who |= Q(email__iexact=email)
        return Order.objects.filter(who).exclude(status__in=states_that(Order, "is_called_off"))
