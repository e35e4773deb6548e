"""Attempts to sign in, counted the same at every door: the storefront's page, and that of Django's admin."""

from __future__ import annotations

from typing import Any

from .rate_limits import Counted, count

__all__ = ["count_sign_in", "give_back"]

_LONGEST = 254  # letters of a name that are counted apart


def count_sign_in(request: Any, username: str) -> list[Counted]:
    """Count an attempt before the password is looked at, whoever is signed in already.

    Args:
        request: Django's.
        username: As it was typed.

    Raises:
        TooManyRequests: There were too many from this address, or for this user.
    """
    account = username.strip().lower()[:_LONGEST]
    counted = (
        count("sign_in", request, by_address=True),
        count("sign_in_account", request, about=account, by_address=True),
    )
    return [call for call in counted if call is not None]


def give_back(counted: list[Counted]) -> None:
    """Count no more what turned out right: only failures are limited."""
    for call in counted:
        call.give_back()
