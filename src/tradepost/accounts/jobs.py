"""Jobs of accounts."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

__all__ = ["forget_access"]


@job("tradepost.accounts.forget_access", every=timedelta(days=1))
def forget_access() -> int:
    """Delete sessions and API keys that ended long ago."""
    from .services.expiry import forget_old_access

    return forget_old_access()
