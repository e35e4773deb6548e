"""Guests: calls of whom nobody needs to be asked who they are, and views that ask nothing more of them.

They are answered before Django REST framework begins. All that it would look at (the form, parameters, the address) is in the
key, so that what is found was once let through; throttles count as ever. Where a view or a project decides something there, the
call goes its ordinary way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rest_framework.authentication import BasicAuthentication, TokenAuthentication
from rest_framework.authentication import SessionAuthentication as Session
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny

from tradepost.core.access import ANYONE

from ..callers.authentication import ApiKeyAuthentication, BearerAuthentication, SessionAuthentication
from ..parameters.answer_format import Negotiation

__all__ = ["is_for_guests", "is_guest"]

_BY_HEADER_OR_SESSION = frozenset(
    {
        ApiKeyAuthentication,
        BearerAuthentication,
        SessionAuthentication,
        BasicAuthentication,
        TokenAuthentication,
        Session,
    }
)
_ASKED_FIRST = (
    "initial", "check_permissions", "determine_version", "get_content_negotiator", "get_format_suffix", "get_permissions",
    "perform_authentication", "perform_content_negotiation",
)  # fmt: skip
_NEGOTIATIONS = (DefaultContentNegotiation, Negotiation)
_OURS = ("tradepost.api.views.base", "tradepost.api.callers.access", "rest_framework")


def is_for_guests(view: Any) -> bool:
    """Whether a view lets everybody in, and leaves it to us to say so."""
    cls: Any = type(view)
    return (
        _asks_as_ours(cls)
        and list(view.permission_classes) == [AllowAny]
        and view.versioning_class is None
        and view.content_negotiation_class in _NEGOTIATIONS
    )


@lru_cache(maxsize=64)
def _asks_as_ours(cls: Any) -> bool:
    owners = [next(base for base in cls.__mro__ if name in vars(base)) for name in _ASKED_FIRST]
    return all(f"{owner.__module__}.".startswith(tuple(f"{name}." for name in _OURS)) for owner in owners)


def is_guest(view: Any, request: Any) -> bool:
    """Whether a call is known to be nobody's without asking authenticators. It doesn't look up whom a token names.

    Args:
        request: DRF's, of which nobody has asked for the user. If it is a guest's, it knows that now.
    """
    call = request._request  # noqa: SLF001 - DRF's own would ask the authenticators
    if view.access.get(view.action) is not ANYONE or "HTTP_AUTHORIZATION" in call.META:
        return False
    if any(type(each) not in _BY_HEADER_OR_SESSION for each in request.authenticators):
        return False
    user = getattr(call, "user", None)
    if user is not None and user.is_authenticated:
        return False
    request._not_authenticated()  # noqa: SLF001 - as DRF does once none of them knows the caller
    return True
