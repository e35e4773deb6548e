"""ETags: what the caller has already isn't sent again."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponseNotModified

from .tags import ANY, tag, tags_of

__all__ = ["has_already", "with_etag"]

_KEPT = ("Cache-Control", "Content-Location", "Date", "Expires", "Last-Modified", "Vary")


def has_already(request: Any, text: str, *, exists: bool = True) -> bool:
    """Whether ``If-None-Match`` names a tag, or anything at all by a star.

    Args:
        exists: Whether it is known that there is an answer; a star stands for one that there is.
    """
    given = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(given) and bool(({text, ANY} if exists else {text}) & {*tags_of(given)})


def with_etag(request: Any, response: Any, *, private: bool, version: int | None = None) -> Any:
    """Give a 200 to a GET a strong ETag of its content, and answer 304 where the caller has it.

    Args:
        private: For this caller only: caches in between must not keep it.
        version: Of the row that is shown; the tag begins with it.
    """
    if request.method not in ("GET", "HEAD") or response.status_code not in (200, 304):
        return response
    response.headers.setdefault("Cache-Control", "private, no-cache" if private else "no-cache")
    if response.status_code == 304:
        return response
    if not hasattr(response, "add_post_render_callback"):  # it is rendered already
        return _conditional(request, response, version)
    response.add_post_render_callback(lambda rendered: _conditional(request, rendered, version))
    return response


def _conditional(request: Any, response: Any, version: int | None) -> Any:
    if not response.has_header("ETag"):
        digest = hashlib.sha256(response.content).hexdigest()[:32]
        response.headers["ETag"] = tag(digest if version is None else f"{version}.{digest}")
    if not has_already(request, response.headers["ETag"].strip('"')):
        return response
    unchanged = HttpResponseNotModified()
    for name in ("ETag", *_KEPT):
        if response.has_header(name):
            unchanged.headers[name] = response.headers[name]
    unchanged.cookies = response.cookies
    return unchanged
