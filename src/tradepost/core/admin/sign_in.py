"""The sign-in of Django's admin, with the limit that the storefront's has.

Django has no hook before a password is looked at: a backend or a form can refuse, but not with a status, and middleware is for
each project to list. So the view of the default site is wrapped, on the instance: a site class, a form, a template or a
decorator of the project's own stay in force, around ours or inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from ..errors import TooManyRequests
from ..requests.sign_in import count_sign_in_form, give_back

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

__all__ = ["is_limited", "limit_sign_in"]

_limited: WeakSet[Any] = WeakSet()


def limit_sign_in(site: AdminSite) -> None:
    """Limit the failed attempts to sign in to an admin site by ``TRADEPOST_LIMITS``; one too many is answered with 429.

    The default site (``django.contrib.admin.site``) is limited by installing the library; call it for each of your own, once.
    """
    if site not in _limited:
        _limited.add(site)
        site.login = _limiting(site.login)  # type: ignore[method-assign]


def _limiting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def login(request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":
            return view(request, extra_context)
        try:
            counted = count_sign_in_form(request)
        except TooManyRequests as error:
            return _refusal(view, request, extra_context, error)
        answer = view(request, extra_context)
        if answer.status_code == 302 and request.user.is_authenticated:
            give_back(counted)
        return answer

    return login


def _refusal(
    view: Callable[..., HttpResponse],
    request: HttpRequest,
    extra_context: Mapping[str, Any] | None,
    error: TooManyRequests,
) -> HttpResponse:
    """The page with an empty form, the sentence above it; what was posted isn't looked at."""
    asking = copy(request)
    asking.method = "GET"
    messages.error(request, str(error))
    answer = view(asking, extra_context)
    if answer.status_code == 200:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(error.context["retry_after"])
    return answer


def is_limited(site: AdminSite) -> bool:
    """Whether :func:`limit_sign_in` was called for a site."""
    return site in _limited
