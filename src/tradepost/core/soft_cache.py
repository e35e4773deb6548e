"""Django's cache where the shop can do without: a cache server that is gone makes pages slower, and stops none.

While it is gone, questions are answered as if nothing were kept. After a failure it is left alone for some seconds, so that not
every page waits for the same time-out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.core.cache import caches

__all__ = ["SoftCache", "soft_cache", "soft_cache_of"]

T = TypeVar("T")
logger = logging.getLogger(__name__)
PAUSE = 5  # seconds


class SoftCache:
    """One of ``CACHES``, by its alias; no method raises."""

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias
        self._asked_again_at = 0.0

    def get(self, key: str, default: Any = None) -> Any:
        """The value that is kept under a key, else the default."""
        return self._try(lambda: caches[self.alias].get(key, default), otherwise=default)

    def set(self, key: str, value: Any, timeout: float) -> bool:
        """Keep a value for some seconds; ``False`` where that can't be."""

        def kept() -> bool:
            caches[self.alias].set(key, value, timeout)
            return True

        return bool(self._try(kept, otherwise=False))

    def add(self, key: str, value: Any, timeout: float) -> bool:
        """Keep a value where none is kept yet; of several callers one is given ``True``, and all where the cache is gone."""
        return bool(self._try(lambda: caches[self.alias].add(key, value, timeout), otherwise=True))

    def delete(self, key: str) -> None:
        """Forget what is kept under a key. While the cache is gone it stays until its time is over."""
        self._try(lambda: caches[self.alias].delete(key), otherwise=None)

    def count(self, key: str, step: int, timeout: float) -> int | None:
        """Add to a number that lasts some seconds from its first time; atomic where the cache is.

        Returns:
            The number; ``None`` where it can't be told.
        """

        def counted() -> int:
            cache = caches[self.alias]
            cache.add(key, 0, timeout)
            try:
                return int(cache.incr(key, step))
            except ValueError:  # its time was over between the two
                return step

        number: int | None = self._try(counted, otherwise=None)
        return number

    def wait_no_longer(self) -> None:
        """Ask again at once: it was mended, or another one is configured."""
        self._asked_again_at = 0.0

    def _try(self, call: Callable[[], T], *, otherwise: T | None) -> Any:
        if time.monotonic() < self._asked_again_at:
            return otherwise
        try:
            return call()
        except Exception:  # any backend's own error
            self._asked_again_at = time.monotonic() + PAUSE
            logger.warning("The cache %r can't be reached; going on without it.", self.alias, exc_info=True)
            return otherwise


@lru_cache
def soft_cache_of(alias: str) -> SoftCache:
    """The one for an alias."""
    return SoftCache(alias)


soft_cache = soft_cache_of("default")
