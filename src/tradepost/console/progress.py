"""A line that tells how far a command is, where somebody watches."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from django.core.management.base import OutputWrapper

__all__ = ["Progress"]

_WIDTH = 30
_EVERY = 0.1  # seconds


class Progress:
    """A bar on one line of a terminal; nothing at all where the output is not one.

    Args:
        total: What :meth:`add` comes to in the end.
    """

    def __init__(self, out: OutputWrapper, *, total: int) -> None:
        self._out = out
        self._shown = out.isatty() and total > 0
        self._total, self._done, self._next = total, 0, 0.0

    def add(self, amount: int) -> None:
        """Advance the bar."""
        self._done = min(self._total, self._done + amount)
        if self._shown and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            share = self._done / self._total
            self._out.write(f"\r{'█' * round(share * _WIDTH):░<{_WIDTH}} {share:4.0%}", ending="")
            self._out.flush()

    def close(self) -> None:
        """Take the line away again."""
        if self._shown:
            self._out.write(f"\r{'':{_WIDTH + 5}}\r", ending="")
            self._out.flush()

    def over(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines; each that is read counts with its characters."""
        for line in lines:
            self.add(len(line))
            yield line
