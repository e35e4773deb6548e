"""Authentication by Django's session; CSRF is enforced for signed-in callers."""

from __future__ import annotations

from typing import Any

from rest_framework import authentication

__all__ = ["SessionAuthentication"]


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's, but who isn't signed in is told 401, not 403."""

    def authenticate_header(self, request: Any) -> str:
        """Makes the answer a 401."""
        return "Session"
