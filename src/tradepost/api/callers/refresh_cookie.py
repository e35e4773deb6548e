"""The refresh token of a browser: in a cookie that no script reads, sent to the calls of signing in alone.

Whatever a cookie authorises must be meant by the page that calls, so CSRF is checked wherever it is set or read. Only refreshing
and signing out go by it; everything else wants an access token, which is in no cookie.
"""

from __future__ import annotations

from typing import Any

from django.middleware.csrf import get_token, rotate_token

from .authentication import SessionAuthentication

__all__ = ["check_csrf", "forget_cookie", "refresh_cookie", "set_cookie"]

_NAME = "tradepost-refresh"


def refresh_cookie(request: Any) -> str:
    """The token in the cookie; empty where there is none. CSRF has to be checked before it is used."""
    return str(request.COOKIES.get(_name(request), ""))


def check_csrf(request: Any) -> None:
    """Refuse what another site made the browser send.

    Raises:
        PermissionDenied: DRF's; the CSRF token is missing or wrong, or the origin is another one.
    """
    SessionAuthentication().enforce_csrf(request)


def set_cookie(request: Any, response: Any, token: str, *, expires: Any, is_new: bool = False) -> None:
    """Put a refresh token into the cookie, and the CSRF token, which the next call needs, into the body.

    Args:
        expires: When the session ends.
        is_new: Somebody has just signed in: a CSRF token that was known before is so no more.
    """
    django_request = request._request  # noqa: SLF001 - DRF has no other way to it
    if is_new:
        rotate_token(django_request)
    response.data["csrf_token"] = get_token(django_request)
    response.set_cookie(
        _name(request),
        token,
        expires=expires,
        path=_path(request),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def forget_cookie(request: Any, response: Any) -> None:
    """Have the browser delete it."""
    response.delete_cookie(_name(request), path=_path(request), samesite="Strict")


def _name(request: Any) -> str:
    """A browser takes a name that begins so by https only. ``__Host-`` would want it sent to every page of the host."""
    return f"__Secure-{_NAME}" if request.is_secure() else _NAME


def _path(request: Any) -> str:
    """The addresses of signing in, wherever the project mounts them: the call's own, up to its ``token/``."""
    path: str = request.path
    return path[: path.rindex("/token/") + 1]
