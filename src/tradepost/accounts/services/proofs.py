"""Attempts to prove a password by somebody who is signed in, counted as those to sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tradepost.core.requests.sign_in import count_sign_in, give_back

from ..errors import WrongPassword

__all__ = ["counting_proof"]


@contextmanager
def counting_proof(request: Any) -> Iterator[None]:
    """Count a wrong password as a failed sign-in: a session left open must not be a way to guess. Whatever else is refused within
    is given back.

    Args:
        request: Django's or DRF's, of whoever is signed in.

    Raises:
        TooManyRequests: There were too many; nothing within is done.
    """
    counted = count_sign_in(request, request.user.get_username())
    try:
        yield
    except WrongPassword:
        raise
    except Exception:
        give_back(counted)
        raise
    give_back(counted)
