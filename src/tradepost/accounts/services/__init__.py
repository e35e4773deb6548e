"""Use cases of accounts."""

from __future__ import annotations

from .sessions import (
    SignedIn,
    begin,
    check_password,
    end,
    end_all,
    end_by_token,
    end_one_of,
    end_others,
    refresh,
    sessions_of,
    sign_in,
)

__all__ = [
    "SignedIn",
    "begin",
    "check_password",
    "end",
    "end_all",
    "end_by_token",
    "end_one_of",
    "end_others",
    "refresh",
    "sessions_of",
    "sign_in",
]
