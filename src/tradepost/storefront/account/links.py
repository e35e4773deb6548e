"""Tokens of links in mail: taken out of the address at once, and kept in the session for the page that asks.

So they stay out of what a browser sends as the page before, and a form can be posted from the page: browsers that may name no
page before send no origin either, and then Django refuses the form.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ..redirects import see

__all__ = ["forget_token", "keep_token", "kept_token"]

_LINKS = "tradepost_links"


def keep_token(request: HttpRequest, purpose: str, to: str) -> HttpResponse:
    """Keep the token of a link, and lead to the page that uses it.

    Args:
        to: Name of that page's address.
    """
    request.session[_LINKS] = {**_kept(request), purpose: request.GET.get("token", "")}
    answer = see(to)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def kept_token(request: HttpRequest, purpose: str) -> str:
    """The token of the link that was followed last; empty where there was none."""
    return str(_kept(request).get(purpose, ""))


def forget_token(request: HttpRequest, purpose: str) -> None:
    """It was used."""
    request.session[_LINKS] = {name: token for name, token in _kept(request).items() if name != purpose}


def _kept(request: HttpRequest) -> dict[str, str]:
    entries = request.session.get(_LINKS)
    return entries if isinstance(entries, dict) else {}
