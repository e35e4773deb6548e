"""Looking for a kept answer before one is made, and keeping the one that was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from rest_framework.exceptions import APIException

from tradepost.core.errors import TradepostError
from tradepost.core.soft_cache import soft_cache_of

from ..clean_text import is_clean_path, is_clean_query
from ..conf import settings
from ..headers.etags import has_already
from ..headers.tags import tag
from ..parameters.unknown import HEADER
from .entries import Entry
from .guests import is_for_guests, is_guest
from .keys import Key

__all__ = ["Look", "answer", "early_answer"]

_SECONDS = 3600  # an answer that nobody looks for any more goes some day; none is wrong before
_PREFIX = "tradepost:answers:"


def early_answer(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
    """The kept answer to a guest's call, before DRF looks at it; ``None`` where it has to.

    Args:
        request: Django's.
    """
    if not (view.kept and request.method in ("GET", "HEAD") and settings().CACHE and is_for_guests(view)):
        return None
    if not (is_clean_path(kwargs) and is_clean_query(request.GET)):
        return None
    asked = view.initialize_request(request, *args, **kwargs)
    if view.action not in view.kept or not is_guest(view, asked):
        return None
    view.request, view.headers = asked, view.default_response_headers
    try:
        look = Look.at(view, asked)
        response = look and look.response(asked)
    except (TradepostError, APIException):  # it is told in the ordinary way
        return None
    view.look = look
    if response is None:
        return None
    try:
        view.check_throttles(asked)
    except APIException as refusal:
        view.refusal = refusal
        return None
    return view.finalize_response(asked, response, *args, **kwargs)


def answer(view: Any, handler: Callable[..., Any], request: Any, *args: Any, **kwargs: Any) -> Any:
    """The kept answer to a call, else the handler's, which is kept where it may be."""
    look = view.look
    if look is None:
        # In this order: a user who is named by a token isn't looked up for this.
        is_known = "Authorization" in request.headers or request.auth is not None or request.user.is_authenticated
        look = None if is_known or not settings().CACHE else Look.at(view, request)
        if look is None:
            return handler(request, *args, **kwargs)
        if (response := look.response(request)) is not None:
            return response
    response = handler(request, *args, **kwargs)
    if response.status_code == 200 and hasattr(response, "add_post_render_callback"):
        facts = view.facts_shown()
        _with_headers(response, look.key.with_facts(facts))
        response.add_post_render_callback(lambda rendered: _keep(look, facts, rendered))
    return response


class Look:
    """A look into the cache.

    Attributes:
        key: Of the call.
        facts: Of the answer's own, as they are now.
    """

    def __init__(self, view: Any, key: Key) -> None:
        self.view, self.key, self.facts = view, key, view.facts()
        self._has_gaps = bool(self.facts) and view.can_mark()

    @classmethod
    def at(cls, view: Any, request: Any) -> Look | None:
        """For a guest's call; ``None`` where its answer isn't kept."""
        key = Key.of(view, request)
        return None if key is None else cls(view, key)

    def response(self, request: Any) -> Any:
        """The kept answer, or that the caller has it; ``None`` where there is none."""
        name = self.key.with_facts(self.facts)
        if has_already(request, name, exists=False):
            return _with_headers(HttpResponseNotModified(), name)
        entry = soft_cache_of(settings().CACHE).get(self._place(self.facts))
        if not isinstance(entry, tuple):
            return None
        entry = Entry(*entry)
        content = entry.content(dict(self.facts))
        if content is None:
            return None
        return _with_headers(HttpResponse(content, content_type=entry.content_type), name)

    def keep(self, facts: Any, response: Any) -> None:
        """Keep an answer.

        Args:
            facts: Those that it shows.
        """
        entry = Entry.with_gaps(self.view, response, dict(facts)) if self._has_gaps else Entry.of(response)
        if entry is not None:
            soft_cache_of(settings().CACHE).set(self._place(facts), tuple(entry), _SECONDS)

    def _place(self, facts: Any) -> str:
        return _PREFIX + (self.key.name if self._has_gaps else self.key.with_facts(facts))


def _with_headers(response: Any, name: str) -> Any:
    response.headers["ETag"] = tag(name)
    return response


def _keep(look: Look, facts: Any, response: Any) -> None:
    """Keep an answer, unless something changed while it was made: a part of it might be older."""
    if not response.has_header(HEADER) and look.key.is_true():  # with unknown parameters anybody could fill the cache
        look.keep(facts, response)
