"""Counts and delays in a cache that many processes share: of any number at once, as many pass as may."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from tradepost.core.dates import clock
from tradepost.core.errors import TooManyRequests
from tradepost.core.requests.failure_delays import closed_for, delay_failure
from tradepost.core.requests.rate_limits import Rate, count_against, key_of
from tradepost.core.soft_cache import soft_cache
from tradepost.testing.races import together

pytestmark = pytest.mark.redis
CALLERS = 40
DAY = 86400


@pytest.fixture
def key() -> str:
    """Nobody else's: the cache isn't emptied between tests."""
    soft_cache.wait_no_longer()
    return key_of("test", str(uuid4()))


def passed(results: list[Any]) -> int:
    """How many weren't refused; nothing else came out."""
    assert all(result is None or result == 0 or isinstance(result, TooManyRequests | int) for result in results), (
        results
    )
    return sum(result is None or result == 0 for result in results)


def test_five_of_forty_calls_at_once_are_within_a_limit_of_five(key: str) -> None:
    """And none after them; what was refused isn't counted."""
    call = partial(count_against, key, Rate(5, DAY))

    assert passed(together([call] * CALLERS)) == 5
    assert passed(together([call] * CALLERS)) == 0


def test_a_careless_count_lets_all_pass(key: str) -> None:
    """The control: who reads, compares and then writes, as Django REST framework's throttles do, lets everybody in."""
    all_have_read = threading.Barrier(CALLERS)

    def careless() -> None:
        number = soft_cache.get(key, 0)
        all_have_read.wait(timeout=30)
        if number >= 5:
            raise TooManyRequests("Too many.", retry_after=1)
        soft_cache.set(key, number + 1, DAY)

    assert passed(together([careless] * CALLERS)) == CALLERS
    assert soft_cache.get(key) == 1


def test_one_of_forty_attempts_after_failures_passes(key: str) -> None:
    """All others wait, and aren't counted."""
    soft_cache.count(f"{key}.failures", 12, DAY)

    def attempt() -> None:
        delay_failure(key)

    results = together([attempt] * CALLERS)

    assert passed(results) == 1
    waits = {result.context["retry_after"] for result in results if isinstance(result, TooManyRequests)}
    assert all(60 < wait <= 900 for wait in waits)
    assert soft_cache.get(f"{key}.failures") == 13


def test_one_of_forty_finds_a_gate_open_whose_time_is_over(key: str) -> None:
    """The cache forgets it some moments after its time; of those who come in between, one passes."""
    soft_cache.set(key, clock.now().timestamp() - 0.001, 60)

    assert passed(together([partial(closed_for, key, 300)] * CALLERS)) == 1


def test_a_careless_gate_lets_all_pass(key: str) -> None:
    """The control: whoever sees that its time is over opens it."""
    soft_cache.set(key, clock.now().timestamp() - 0.001, 60)
    all_have_read = threading.Barrier(CALLERS)

    def careless() -> int:
        until = soft_cache.get(key)
        all_have_read.wait(timeout=30)
        if until > clock.now().timestamp():
            return 1
        soft_cache.set(key, clock.now().timestamp() + 300, 300)
        return 0

    assert passed(together([careless] * CALLERS)) == CALLERS
