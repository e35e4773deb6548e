"""The base of views for staff."""

from __future__ import annotations

from hashlib import sha256

from tradepost.api.callers.idempotency import HEADER
from tradepost.core.actors import By

from ..base import TradepostViewSet

__all__ = ["StaffViewSet"]


class StaffViewSet(TradepostViewSet):
    """For staff: each action needs permissions, and nothing is hidden from those who have them."""

    tag = "staff"

    @property
    def by(self) -> By:
        """Whoever calls, for histories and ledgers."""
        return By.user(self.request.user)

    def once_key(self) -> str:
        """The call's ``Idempotency-Key`` for a service that heeds one, so that work is done once though its answer was lost.

        It is the caller's own and this address's, as the header is; empty where there is none.
        """
        key = self.request.headers.get(HEADER, "")
        whole = f"{self.caller(self.request)}\n{self.request.path}\n{key}"
        return sha256(whole.encode()).hexdigest() if key else ""
