"""Calls of the API within a document: the router's own views, in this process, for the caller of the document."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, URLPattern, reverse
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from tradepost.api.callers.authentication import authenticators
from tradepost.api.parsers import JSONParser
from tradepost.api.routers import Endpoint
from tradepost.core.errors import Misused

from .errors import Refused

__all__ = ["Caller", "Operation", "operations_of"]

_PLACE = re.compile(r"<(\w+)>")
_FALLBACK = "/api/v1/"
_SAFE = ("get", "head")
# What a header of the document's request would mean for each of its calls, and doesn't.
_NOT_HANDED_ON = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
_MADE_ANEW = ("headers", "GET", "POST", "_body", "_post", "_files", "_current_scheme_host", "accepted_types")
_CSRF = ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE")


class Caller:
    """Who sent a document: found out once for all its calls, by the API's own authenticators."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.cookies: list[Any] = []
        self._known: tuple[Any, Any] | None = None
        self._refusal: Exception | None = None
        self._is_asked = False

    def identity(self) -> tuple[Any, Any] | None:
        """The user and what they showed; ``None`` for a guest.

        Raises:
            APIException: What they showed opens nothing, or another site may have sent the document by their cookie.
        """
        if not self._is_asked:
            self._is_asked = True
            asked = Request(self._without_body(), parsers=[JSONParser()], authenticators=authenticators())
            try:
                self._known = next(
                    filter(None, (each.authenticate(asked) for each in asked.authenticators or ())), None
                )
            except Exception as refusal:  # noqa: BLE001 - told again by each call that wants to know
                self._refusal = refusal
        if self._refusal is not None:
            raise self._refusal
        return self._known

    def _without_body(self) -> HttpRequest:
        """The document's request for who only looks at headers: its body was read, and has no CSRF token in it."""
        request: Any = copy.copy(self.request)
        request.META = {**self.request.META, "CONTENT_LENGTH": "0"}
        request._body, request._read_started = b"", True  # noqa: SLF001 - as Django has them once a body was read
        return request  # type: ignore[no-any-return]

    def asks(self, operation: Operation, path: str, query: str, body: Any, headers: Mapping[str, str]) -> HttpRequest:
        """The request of one call."""
        request: Any = copy.copy(self.request)
        for name in _MADE_ANEW:
            request.__dict__.pop(name, None)
        raw = b"" if body is None else json.dumps(body).encode()
        request.META = {
            **{name: value for name, value in self.request.META.items() if name not in _NOT_HANDED_ON},
            "REQUEST_METHOD": operation.method.upper(),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_ACCEPT": "application/json",
            **headers,
        }
        request.META.update({name: value for name, value in headers.items() if value})
        request.method, request.path, request.path_info = operation.method.upper(), path, path
        request.GET = QueryDict(query)
        request.content_type, request.content_params = "application/json", {}
        request._body, request._read_started = raw, True  # noqa: SLF001 - as Django has them once a body was read
        request.tradepost_caller = self
        return request  # type: ignore[no-any-return]

    def take_over(self, request: HttpRequest, response: Any) -> None:
        """Hand on what a call sets for the browser."""
        self.cookies.extend(response.cookies.values())
        for name in _CSRF:
            if name in request.META:
                self.request.META[name] = request.META[name]


class _Known(BaseAuthentication):
    """Whoever sent the document."""

    def __init__(self, header: str) -> None:
        self.header = header

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The user and what they showed."""
        caller: Caller = request._request.tradepost_caller  # type: ignore[attr-defined]  # noqa: SLF001 - DRF wraps it
        return caller.identity()

    def authenticate_header(self, request: Request) -> str:
        """As the API's first one says how to come in."""
        return self.header


class _WithinDocument:
    """For views whose answer becomes part of another one: the caller is known, and the answer isn't kept as bytes."""

    kept: frozenset[str] = frozenset()
    pages: Any = None

    def get_authenticators(self) -> list[Any]:
        """None where the view asks for none, as for signing in."""
        own: list[Any] = super().get_authenticators()  # type: ignore[misc]
        if not own:
            return []
        return [_Known(own[0].authenticate_header(self.request) or "")]  # type: ignore[attr-defined]

    @property
    def paginator(self) -> Any:
        """The pages of the document's own arguments."""
        return self.request._request.tradepost_pages  # type: ignore[attr-defined]  # noqa: SLF001 - DRF wraps it


@cache
def _within(viewset: type[Any]) -> type[Any]:
    """The view, as part of a document. To whoever looks for its module it is the same."""
    return type(viewset.__name__, (_WithinDocument, viewset), {"__module__": viewset.__module__})


@dataclass(frozen=True)
class Operation:
    """One call of the API.

    Attributes:
        pattern: Of its address.
    """

    endpoint: Endpoint
    pattern: URLPattern

    @property
    def method(self) -> str:
        """In small letters."""
        return self.endpoint.method

    @property
    def viewset(self) -> Any:
        """The class that answers."""
        return self.endpoint.viewset

    @property
    def action(self) -> str:
        """Of it."""
        return self.endpoint.action

    @property
    def places(self) -> list[str]:
        """The names of what stands in its address, in order."""
        return _PLACE.findall(self.endpoint.path)

    @property
    def is_safe(self) -> bool:
        """Whether it only reads."""
        return self.method in _SAFE

    @property
    def has_pages(self) -> bool:
        """Whether it gives a list in pages."""
        return self.action == "list" and self.viewset.pagination_class is not None

    @property
    def is_list(self) -> bool:
        """Whether it gives a whole list."""
        return self.action == "list" and self.viewset.pagination_class is None

    @property
    def remembers(self) -> bool:
        """Whether it heeds an ``Idempotency-Key``."""
        return bool(self.viewset.remembers) and not self.is_safe

    @property
    def heeds_version(self) -> bool:
        """Whether it heeds ``If-Match``."""
        return self.action in self.viewset.conditional

    def run(
        self,
        caller: Caller,
        *,
        places: Mapping[str, str],
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        pages: Any = None,
    ) -> Any:
        """The data of the answer.

        Raises:
            Refused: With the API's status, codes and facts.
        """
        path = _PLACE.sub(lambda match: quote(places[match[1]], safe=""), self.endpoint.path)
        match = self.pattern.pattern.match(_unquoted(self.endpoint.path, places))
        if match is None:
            raise Refused.of(404, "not_found", "There is no such thing.")
        text = urlencode(query or {}, doseq=True)
        request: Any = caller.asks(self, api_address() + path, text, body, headers or {})
        request.tradepost_pages = pages
        response = self._view()(request, **match[2])
        caller.take_over(request, response)
        if response.status_code >= 400:
            raise Refused(response.status_code, response.data)
        return response.data

    def _view(self) -> Any:
        shown: Any = self.pattern.callback
        return _within(shown.cls).as_view(shown.actions, **shown.initkwargs)


def _unquoted(path: str, places: Mapping[str, str]) -> str:
    """An address as Django matches it."""
    return _PLACE.sub(lambda match: places[match[1]], path)


def api_address() -> str:
    """Where the API stands, so that a key and a cursor mean the same there and here."""
    try:
        return reverse("tradepost_api:index")
    except NoReverseMatch:
        return _FALLBACK


def operations_of(router: Any) -> dict[str, Operation]:
    """The calls of a router, by the names that its index and schema give them.

    Raises:
        Misused: Two have one name.
    """
    patterns: dict[tuple[str, str, str], URLPattern] = {}
    for pattern in router.urls:
        shown: Any = getattr(pattern, "callback", None)
        for method, action in (getattr(shown, "actions", None) or {}).items():
            patterns[shown.initkwargs.get("basename", ""), method, action] = pattern
    operations: dict[str, Operation] = {}
    for endpoint in router.endpoints():
        basename = endpoint.operation.removesuffix(f"_{endpoint.action}")
        if endpoint.operation in operations:
            raise Misused(f"The API has two calls {endpoint.operation}.")
        operations[endpoint.operation] = Operation(endpoint, patterns[basename, endpoint.method, endpoint.action])
    return operations
