"""The time, in one place, so that a test can hold it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

__all__ = ["at", "now"]

_held: ContextVar[datetime | None] = ContextVar("tradepost_clock", default=None)


def now() -> datetime:
    """The present moment, aware; or the one that :func:`at` holds."""
    return _held.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock of this context (not of other threads) at a moment."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
