"""A clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tradepost.core.dates import clock

__all__ = ["FrozenClock", "frozen"]


class FrozenClock:
    """A fixed present moment for the library, in this thread."""

    def __init__(self) -> None:
        self._held = ExitStack()

    @property
    def now(self) -> datetime:
        """The moment at which it stands."""
        return clock.now()

    def set(self, moment: datetime | str) -> None:
        """Move it to a moment.

        Args:
            moment: Aware, or text as in ``"2026-11-20 12:00"``; text without an offset is in the project's time zone.
        """
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        aware = parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)
        self._held.close()
        self._held.enter_context(clock.at(aware))

    def tick(self, **delta: Any) -> None:
        """Move it on, by the arguments of :class:`~datetime.timedelta`."""
        self.set(clock.now() + timedelta(**delta))

    def release(self) -> None:
        """Let time go on as it does."""
        self._held.close()


@contextmanager
def frozen(moment: datetime | str | None = None) -> Iterator[FrozenClock]:
    """Hold the library's clock, at a moment or at the present one::

        with frozen("2026-12-24 18:00") as clock:
            order = Scenario().basket().placed()
            clock.tick(hours=2)
            expire_due()

    It holds :func:`tradepost.core.dates.clock.now`, which all of the library asks; not ``datetime.now()``, nor other threads.
    """
    held = FrozenClock()
    held.set(moment or timezone.now())
    try:
        yield held
    finally:
        held.release()
