"""Jobs of accounts."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from .services import ended_browsers, expiry, identities, tokens

__all__ = ["forget_access", "forget_kept_addresses", "forget_tokens", "sign_out_browsers"]


@job("tradepost.accounts.forget_access", every=timedelta(days=1))
def forget_access() -> int:
    """Delete sessions and API keys that ended long ago."""
    return expiry.forget_old_access()


@job("tradepost.accounts.sign_out_browsers", every=timedelta(minutes=10))
def sign_out_browsers() -> int:
    """Sign out browsers that were ended, where that failed the first time."""
    return ended_browsers.delete_left_browsers()


@job("tradepost.accounts.forget_tokens", every=timedelta(days=1))
def forget_tokens() -> int:
    """Delete mailed tokens that expired a month ago."""
    return tokens.forget_old()


@job("tradepost.accounts.forget_kept_addresses", every=timedelta(days=1))
def forget_kept_addresses() -> int:
    """Delete earlier addresses whose change can't be undone any more."""
    return identities.forget_kept()
