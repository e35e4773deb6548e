"""Where providers may send a browser back to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import Invalid
from tradepost.core.options import shop

from .conf import settings

__all__ = ["checked_return_url"]


def checked_return_url(url: str, request: Any) -> str:
    """A return address that is the shop's own, this host's, or begins as ``TRADEPOST_API["RETURN_URLS"]`` allows.

    Raises:
        Invalid: It is somebody else's, who could pose as the shop after a payment.
    """
    if not url:
        return ""
    try:
        place = _origin(url)
    except ValueError:
        place = ("", "")
    own = {_origin(shop().URL), (request.scheme, request.get_host())}
    if place in own or any(_begins(url, place, allowed) for allowed in settings().RETURN_URLS):
        return url
    raise Invalid(_("This return address is not allowed."), attr="return_url")


def _begins(url: str, place: tuple[str, str], allowed: str) -> bool:
    """Of the very host, where one is named: ``https://app.example`` doesn't allow ``https://app.example.evil.example``."""
    scheme, host = _origin(allowed)
    return url.startswith(allowed) and (not host or place == (scheme, host))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
