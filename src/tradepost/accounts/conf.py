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
    """

    REGISTER_LIFETIME: timedelta = timedelta(days=1)
    RESET_LIFETIME: timedelta = timedelta(hours=1)
    CHANGE_LIFETIME: timedelta = timedelta(days=1)
    UNDO_LIFETIME: timedelta = timedelta(days=14)


def settings() -> AccountSettings:
    """``TRADEPOST_ACCOUNTS``."""
    return load("TRADEPOST_ACCOUNTS", AccountSettings)
