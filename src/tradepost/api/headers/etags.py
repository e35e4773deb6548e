"""ETags: what the caller has already isn't sent again."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.cache import get_conditional_response

__all__ = ["with_etag"]


def with_etag(request: Any, response: Any, *, private: bool) -> Any:
    """Give a 200 to a GET an ETag of its content, and answer 304 where the caller has it.

    Args:
        private: For this caller only: caches in between must not keep it.
    """
    if request.method not in ("GET", "HEAD") or response.status_code not in (200, 304):
        return response
    response.headers.setdefault("Cache-Control", "private, no-cache" if private else "no-cache")
    if response.status_code == 304:
        return response
    if not hasattr(response, "add_post_render_callback"):  # it is rendered already
        return _conditional(request, response)
    response.add_post_render_callback(lambda rendered: _conditional(request, rendered))
    return response


def _conditional(request: Any, response: Any) -> Any:
    if not response.has_header("ETag"):
        digest = hashlib.sha256(response.content).hexdigest()[:32]
        response.headers["ETag"] = f'W/"{digest}"'
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)
