"""The address that pages of the account show."""

from __future__ import annotations

from typing import Any

from tradepost.accounts import services as accounts

__all__ = ["email_of"]


def email_of(user: Any) -> str:
    """The address that a user has proven, else the one that the user model holds; empty where there is none."""
    identity = accounts.current_identity(user)
    return identity.address if identity is not None else str(getattr(user, user.get_email_field_name(), "") or "")
