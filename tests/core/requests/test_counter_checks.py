"""Before a deployment: whether attempts are counted exactly."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

LOCATION = "redis://127.0.0.1:6379/0"


def messages(settings: Any, backend: str, **options: Any) -> list[str]:
    """The messages of the check with a cache."""
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", **options}}
    return [str(m.msg) for m in run_checks(include_deployment_checks=True) if m.id == "tradepost.W007"]


@pytest.mark.parametrize(
    ("backend", "options", "why"),
    [
        ("db.DatabaseCache", {"LOCATION": "cache"}, "it reads a number, adds and writes it"),
        ("filebased.FileBasedCache", {"LOCATION": "/nowhere"}, "it reads a number, adds and writes it"),
        ("locmem.LocMemCache", {}, "each process counts for itself"),
        ("dummy.DummyCache", {}, "nobody is ever limited"),
    ],
)
def test_a_cache_that_loses_counts_is_named(settings: Any, backend: str, options: Any, why: str) -> None:
    """With the reason."""
    [message] = messages(settings, backend, **options)

    assert why in message
    assert message.startswith(f"TRADEPOST_LIMITS are counted in {backend.partition('.')[2]};")


def test_one_that_adds_in_one_step_is_right(settings: Any) -> None:
    """Nothing is said, and no server is asked."""
    assert messages(settings, "redis.RedisCache", LOCATION=LOCATION) == []
