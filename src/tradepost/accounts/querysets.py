from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractAccountToken, AbstractEmailIdentity

I = TypeVar("I", bound="AbstractEmailIdentity", covariant=True)  # noqa: E741 - named by its model, as elsewhere
T = TypeVar("T", bound="AbstractAccountToken", covariant=True)


class EmailIdentityQuerySet(LockableQuerySet[I]):
    def current(self) -> Self:
        """Identities by which their users are known now, without addresses that are only kept for them."""
        return self.filter(is_current=True)


class AccountTokenQuerySet(LockableQuerySet[T]):
    def usable(self, now: datetime) -> Self:
        """Tokens that were neither used nor ended, and haven't expired."""
        return self.filter(used_at=None, expires_at__gt=now)
