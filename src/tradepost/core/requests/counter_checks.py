"""The check before a deployment that limits are counted exactly: some caches read, add and write, and lose what others add."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Warning

__all__ = ["check_counters"]

_WHY = {
    DatabaseCache: "it reads a number, adds and writes it: of attempts at the same moment some aren't counted.",
    FileBasedCache: "it reads a number, adds and writes it: of attempts at the same moment some aren't counted.",
    LocMemCache: "each process counts for itself: with four of them everybody has four times as many attempts.",
    DummyCache: "it keeps nothing, so nobody is ever limited.",
}


def check_counters(**kwargs: Any) -> list[CheckMessage]:
    """Check that the default cache adds in one step, for all processes; run by ``check --deploy``."""
    cache = caches[DEFAULT_CACHE_ALIAS]
    why = next((why for backend, why in _WHY.items() if isinstance(cache, backend)), "")
    if not why:
        return []
    backend = settings.CACHES[DEFAULT_CACHE_ALIAS]["BACKEND"]
    return [
        Warning(
            f"TRADEPOST_LIMITS are counted in {backend.rpartition('.')[2]}; {why}",
            hint='CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", '
            '"LOCATION": "redis://127.0.0.1:6379/0"}}',
            id="tradepost.W007",
        )
    ]
