from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractPayment, AbstractSavedMethod

P = TypeVar("P", bound="AbstractPayment", covariant=True)
S = TypeVar("S", bound="AbstractSavedMethod", covariant=True)

LIVE = ("created", "pending", "requires_action", "authorised")


class PaymentQuerySet(LockableQuerySet[P]):
    def live(self) -> Self:
        """Only those that may still bring money, without another act of the customer's or with one."""
        return self.filter(status__in=LIVE)

    def of_order(self, order_id: int) -> Self:
        """Of one order."""
        return self.filter(order_id=order_id)


class SavedMethodQuerySet(LockableQuerySet[S]):
    def usable(self) -> Self:
        """Only those that nobody asked to delete. One whose card has expired is among them: banks let some go on."""
        return self.filter(forget_asked_at__isnull=True)

    def for_user(self, user: Any) -> Self:
        """Of a signed-in user's customer; none for an anonymous one."""
        return self.filter(customer__user_id=user.pk) if user.is_authenticated else self.none()
