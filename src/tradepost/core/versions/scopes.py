"""Versions are read once for a request, and never kept beyond it.

Under WSGI a request is from Django's one signal to the other. Under ASGI that signal runs in a task of its own, whose context the
view never sees: there a request is what :func:`one_reading` surrounds. Our views do so; where nobody does, each call reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connections

from .tokens import Standing, alias, read_versions, standing

__all__ = ["current", "forget_read", "one_reading", "read_anew"]


@dataclass(slots=True)
class _Scope:
    """The reads of one request, by database, with what had been changed in it by then."""

    kept: dict[str, tuple[Standing, Mapping[str, int]]] = field(default_factory=dict)


_scope: ContextVar[_Scope | None] = ContextVar("tradepost_versions", default=None)


def current(using: str | None = None) -> Mapping[str, int]:
    """Versions of all kinds: read by the first who asks within a request, anew after a change of one's own.

    Outside of a request, and of :func:`one_reading`, each call reads.
    """
    using = using or alias()
    scope = _scope.get()
    if scope is None:
        return read_versions(using)
    own = standing(connections[using])
    kept = scope.kept.get(using)
    if kept is None or kept[0] != own:  # a note that went with its savepoint makes them differ, too
        kept = scope.kept[using] = own, read_versions(using)
    return kept[1]


@contextmanager
def one_reading() -> Iterator[None]:
    """Read versions once in this block, unless a block or a request around it does already.

    For use cases of some parts, and for views under ASGI: an async view has one reading in all threads that it calls from within.
    """
    if _scope.get() is not None:
        yield
        return
    token = _scope.set(_Scope())
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def read_anew() -> Iterator[None]:
    """Leave what a request has read aside in this block; for a job or a task that somebody runs within a request."""
    token = _scope.set(None)
    try:
        yield
    finally:
        _scope.reset(token)


def forget_read() -> None:
    """Forget what was read in this request: the next who asks reads anew."""
    scope = _scope.get()
    if scope is not None:
        scope.kept.clear()


def _begin(**_kwargs: Any) -> None:
    _scope.set(_Scope())


def _end(**_kwargs: Any) -> None:
    _scope.set(None)


request_started.connect(_begin, dispatch_uid="tradepost.versions.begin")
request_finished.connect(_end, dispatch_uid="tradepost.versions.end")
