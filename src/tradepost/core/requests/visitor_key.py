"""By what a visitor without an account is known again: a secret of their session, of which rows keep a hash only."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import get_random_string, salted_hmac

__all__ = ["session_visitor", "visitor_key"]

_SESSION_KEY = "tradepost_visitor"


def visitor_key(secret: str) -> str:
    """The hash of a visitor's secret, as it is stored (64 hexadecimal digits); empty for none."""
    return salted_hmac("tradepost.visitor", secret, algorithm="sha256").hexdigest() if secret else ""


def session_visitor(request: Any, *, make: bool = False) -> str:
    """The secret in a visitor's session; empty where there is none.

    Args:
        request: Django's or DRF's, with or without a session.
        make: Write one into a session that has none yet.
    """
    session = getattr(request, "session", None)
    if session is None:
        return ""
    if make and not session.get(_SESSION_KEY):
        session[_SESSION_KEY] = get_random_string(32)
    return str(session.get(_SESSION_KEY) or "")
