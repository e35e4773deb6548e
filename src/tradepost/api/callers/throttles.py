"""Rate limits by scope: the shop's own, with rates of the API's own where it names some."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import BaseThrottle

from tradepost.core.errors import TooManyRequests
from tradepost.core.requests import rate_limits
from tradepost.core.shop_settings import limits

from ..conf import settings

__all__ = ["SCOPES", "ScopeThrottle"]

SCOPES = ("any", "guess", "complete", "search", "register", "reset", "link")


class ScopeThrottle(BaseThrottle):
    """Counts calls of one user, or of one address, within a scope; those of the storefront count as well."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        own = settings().THROTTLE
        self.rate: str | None = own[scope] if scope in own else getattr(limits(), scope.upper(), None)
        self._wait = 0

    def allow_request(self, request: Any, view: Any) -> bool:
        """Whether this call is within the rate; it is counted."""
        if self.rate is None:
            return True
        try:
            rate_limits.count(self.scope, request, rate=self.rate)
        except TooManyRequests as refusal:
            self._wait = int(refusal.context["retry_after"])
            return False
        return True

    def wait(self) -> float:
        """Seconds after which to come again."""
        return self._wait
