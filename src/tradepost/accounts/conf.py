"""Settings of accounts: ``TRADEPOST_ACCOUNTS``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tradepost.core.conf import load, settings_class

__all__ = ["AccountSettings", "settings"]


@settings_class("TRADEPOST_ACCOUNTS")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """``TRADEPOST_ACCOUNTS``.

    Attributes:
        REGISTER_LIFETIME: How long a link that ends a registration works.
        RESET_LIFETIME: How long a link to a new password works.
        CHANGE_LIFETIME: How long a link that proves a new address works.
        UNDO_LIFETIME: How long the owner of an earlier address can undo its change; as long nobody else can have it.
        SESSION_LIFETIME: When a session by token ends, however often it is refreshed.
        SESSION_IDLE: When it ends if nobody refreshes it.
        REFRESH_GRACE: How long the refresh token that was just replaced is answered with "superseded", and isn't taken for
            stolen: two tabs may refresh at the same moment, and an answer may get lost.
    """

    REGISTER_LIFETIME: timedelta = timedelta(days=1)
    RESET_LIFETIME: timedelta = timedelta(hours=1)
    CHANGE_LIFETIME: timedelta = timedelta(days=1)
    UNDO_LIFETIME: timedelta = timedelta(days=14)
    SESSION_LIFETIME: timedelta = timedelta(days=30)
    SESSION_IDLE: timedelta = timedelta(days=14)
    REFRESH_GRACE: timedelta = timedelta(seconds=10)


def settings() -> AccountSettings:
    """``TRADEPOST_ACCOUNTS``."""
    return load("TRADEPOST_ACCOUNTS", AccountSettings)
