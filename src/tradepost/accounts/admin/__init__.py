"""Accounts in the admin."""

from __future__ import annotations

from .access import ApiKeyAdmin, SessionAdmin
from .identities import AccountTokenAdmin, EmailIdentityAdmin

__all__ = ["AccountTokenAdmin", "ApiKeyAdmin", "EmailIdentityAdmin", "SessionAdmin"]
