from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractCustomer

C = TypeVar("C", bound="AbstractCustomer", covariant=True)


class CustomerQuerySet(LockableQuerySet[C]):
    def for_user(self, user: Any) -> Self:
        """The customer of a signed-in user; none for an anonymous one."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()
