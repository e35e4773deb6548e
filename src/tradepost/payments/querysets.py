from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from tradepost.core.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractPayment

P = TypeVar("P", bound="AbstractPayment", covariant=True)

LIVE = ("created", "pending", "requires_action", "authorised")


class PaymentQuerySet(LockableQuerySet[P]):
    def live(self) -> Self:
        """That may still bring money, without another act of the customer's or with one."""
        return self.filter(status__in=LIVE)

    def of_order(self, order_id: int) -> Self:
        """Of one order."""
        return self.filter(order_id=order_id)
