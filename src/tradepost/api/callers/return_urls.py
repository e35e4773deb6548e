"""Addresses that providers may send a browser back to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import Invalid
from tradepost.core.shop_settings import shop

from ..conf import settings

__all__ = ["checked_return_url", "prefix_problem"]

_OF_SCRIPTS = frozenset({"about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"})


def checked_return_url(url: str, request: Any) -> str:
    """A return address that is the shop's own, this host's, or begins as ``TRADEPOST_API["RETURN_URLS"]`` allows.

    Raises:
        Invalid: It is somebody else's, who could pose as the shop after a payment; or browsers read it otherwise than we do.
    """
    if not url:
        return ""
    own = {_origin(shop().URL), (request.scheme, request.get_host())} - {("", "")}
    if _is_plain(url) and (_origin(url) in own or any(_begins(url, allowed) for allowed in settings().RETURN_URLS)):
        return url
    raise Invalid(_("This return address is not allowed."), attr="return_url")


def prefix_problem(allowed: Any) -> str:
    """Say why an entry of ``RETURN_URLS`` is wrong; empty where it is right. It has a scheme, and for the web a host."""
    if not isinstance(allowed, str) or not _is_plain(allowed) or "://" not in allowed:
        return "isn't the beginning of a URL"
    scheme, host = _origin(allowed)
    if not scheme or scheme in _OF_SCRIPTS:
        return "has no scheme that a browser can return to"
    return "has no host" if scheme in ("http", "https") and not host.rpartition("@")[2].partition(":")[0] else ""


def _begins(url: str, allowed: str) -> bool:
    """Of the very host, where one is named: ``https://app.example`` doesn't allow ``https://app.example.evil.example``."""
    if prefix_problem(allowed) or not url.startswith(allowed):
        return False
    scheme, host = _origin(allowed)
    return not host or _origin(url) == (scheme, host)


def _is_plain(url: str) -> bool:
    """Without what browsers drop, mend or step over: blanks, control characters, backslashes, ``..``."""
    return bool(url) and all("!" <= char != "\x7f" and char != "\\" for char in url) and "/.." not in _path(url)


def _path(url: str) -> str:
    """The path as a browser reads it; an address that can't be split steps out of any path."""
    try:
        return urlsplit(url).path.lower().replace("%2e", ".")
    except ValueError:
        return "/.."


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc
