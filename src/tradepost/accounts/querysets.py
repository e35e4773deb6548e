from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Q

from tradepost.core.db.querysets import LockableQuerySet

from .conf import settings

if TYPE_CHECKING:
    from .base import AbstractAccountToken, AbstractApiKey, AbstractEmailIdentity, AbstractSession

I = TypeVar("I", bound="AbstractEmailIdentity", covariant=True)  # noqa: E741 - named by its model, as elsewhere
T = TypeVar("T", bound="AbstractAccountToken", covariant=True)
S = TypeVar("S", bound="AbstractSession", covariant=True)
K = TypeVar("K", bound="AbstractApiKey", covariant=True)


class EmailIdentityQuerySet(LockableQuerySet[I]):
    def current(self) -> Self:
        """Identities by which their users are known now, without addresses that are only kept for them."""
        return self.filter(is_current=True)


class AccountTokenQuerySet(LockableQuerySet[T]):
    def usable(self, now: datetime) -> Self:
        """Tokens that were neither used nor ended, and haven't expired."""
        return self.filter(used_at=None, expires_at__gt=now)


class SessionQuerySet(LockableQuerySet[S]):
    def alive(self, now: datetime) -> Self:
        """Sessions that were neither ended nor left unused for too long, and haven't come to their absolute end."""
        return self.filter(ended_at=None, expires_at__gt=now, last_used_at__gt=now - settings().SESSION_IDLE)

    def ended_browsers(self) -> Self:
        """Browsers that were ended, and whose session in Django isn't deleted yet."""
        return self.filter(ended_at__isnull=False, browser_key__isnull=False)


class ApiKeyQuerySet(LockableQuerySet[K]):
    def usable(self, now: datetime) -> Self:
        """Keys that were neither revoked nor have expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
