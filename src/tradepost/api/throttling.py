"""How often a caller may ask, by scope, from our own settings."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from rest_framework.throttling import SimpleRateThrottle

from .conf import settings

__all__ = ["SCOPES", "ScopeThrottle", "parse"]

SCOPES = ("any", "guess", "complete")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse(rate: str) -> tuple[int, int]:
    """Calls and seconds of a rate like ``"60/min"``.

    Raises:
        ImproperlyConfigured: It isn't one.
    """
    try:
        number, period = rate.split("/")
        return int(number), _SECONDS[period[0]]
    except (AttributeError, ValueError, KeyError, IndexError):
        raise ImproperlyConfigured(f"{rate!r} is not a rate.") from None


class ScopeThrottle(SimpleRateThrottle):
    """Counts calls of one user, or of one address, within a scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.rate = settings().THROTTLE.get(scope)
        if self.rate is not None:
            self.num_requests, self.duration = parse(self.rate)

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By user where one is signed in."""
        user = getattr(request, "user", None)
        ident = f"user:{user.pk}" if user is not None and user.is_authenticated else self.get_ident(request)
        return f"tradepost.throttle.{self.scope}.{ident}"
