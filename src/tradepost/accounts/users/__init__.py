"""Users of accounts: an abstract model for new projects, and the store that works with any model."""

from __future__ import annotations

from .email_user import AbstractEmailUser, EmailUserManager

__all__ = ["AbstractEmailUser", "EmailUserManager"]
