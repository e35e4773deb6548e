"""Attempts to sign in, counted the same at every door: the storefront's page, the API, and that of Django's admin."""

from __future__ import annotations

from typing import Any

from .failure_delays import FailureDelay, delay_failure
from .rate_limits import Counted, count

__all__ = ["count_sign_in", "count_sign_in_form", "give_back"]

_LONGEST = 254  # letters of a name that are counted apart


def count_sign_in(request: Any, username: str) -> list[Counted | FailureDelay]:
    """Count an attempt before the password is looked at, whoever is signed in already.

    Whether there is such an account makes no difference: else a refusal would tell.

    Args:
        request: Django's.
        username: As it was typed.

    Raises:
        TooManyRequests: There were too many from this address, or too early after a failure for this account.
    """
    account = username.strip().lower()[:_LONGEST]
    by_account = count("sign_in_account", request, about=account, by_address=True)
    counted: list[Counted | FailureDelay] = [] if by_account is None else [by_account]
    try:
        if by_account is not None:
            counted.append(delay_failure(by_account.key))
        by_address = count("sign_in", request, by_address=True)
    except Exception:
        if by_account is not None:
            by_account.give_back()  # a refused attempt isn't counted
        raise
    return counted if by_address is None else [*counted, by_address]


def count_sign_in_form(request: Any) -> list[Counted | FailureDelay]:
    """Count an attempt by Django's form, if it is one: with a field left empty no password is looked at, and none was guessed.

    Such a form mustn't be counted and given back either, for that forgets the failures before it.

    Args:
        request: Django's, by POST.

    Raises:
        TooManyRequests: As for :func:`count_sign_in`.
    """
    username = request.POST.get("username", "")
    return count_sign_in(request, username) if username.strip() and request.POST.get("password") else []


def give_back(counted: list[Counted | FailureDelay]) -> None:
    """Count no more what turned out right: only failures are limited."""
    for call in counted:
        call.give_back()
