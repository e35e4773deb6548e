"""Rate limits: one count for the API and the storefront, by customer or by the address of a guest.

Calls are counted in two windows, the past one by the share of it that is still within the period, so that no two bursts meet at a
border. Counts live in Django's default cache; while that is gone nobody is counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import ngettext

from ..dates import clock
from ..errors import TooManyRequests
from ..inputs.numbers import InvalidNumber, read_count
from ..shop_settings import limits
from ..soft_cache import soft_cache
from .client_address import client_network

__all__ = ["Counted", "Rate", "count", "count_against", "key_of", "parse", "sentence_to_wait"]

_IN_SECONDS = 90  # the longest wait that is told in seconds
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of calls in a number of seconds."""

    calls: int
    seconds: int


def parse(rate: str) -> Rate:
    """A rate like ``"60/min"``: per second, minute, hour or day.

    Raises:
        ImproperlyConfigured: It isn't one.
    """
    try:
        number, period = rate.split("/")
        calls, seconds = read_count(number.strip()), _SECONDS[period.strip()[0]]
    except (AttributeError, ValueError, KeyError, IndexError, InvalidNumber):
        raise ImproperlyConfigured(f"{rate!r} is not a rate.") from None
    if calls < 1:
        raise ImproperlyConfigured(f"{rate!r} lets nobody in.")
    return Rate(calls, seconds)


@dataclass(frozen=True, slots=True)
class Counted:
    """A call that was counted; one that turned out right can be given back, where only failures count."""

    key: str
    rate: Rate

    def give_back(self) -> None:
        """Count it no more."""
        _add(self.key, self.rate, -1)


def count(
    scope: str, request: Any, *, about: str = "", rate: str | None = None, by_address: bool = False
) -> Counted | None:
    """Count a call against the limit of its scope.

    Args:
        scope: Key of ``TRADEPOST_LIMITS`` in small letters, such as ``guess``.
        request: Django's or DRF's; of whom.
        about: What is tried, where each such thing has a limit of its own: the name of an account.
        rate: Instead of the setting's.
        by_address: Of somebody who is signed in, too: else each account that is made could guess as often.

    Returns:
        What was counted; ``None`` where there is no limit.

    Raises:
        TooManyRequests: There were too many; ``context["retry_after"]`` are seconds.
    """
    rate = rate or getattr(limits(), scope.upper(), None)
    if rate is None:
        return None
    counted = Counted(_key(scope, request, about, by_address=by_address), parse(rate))
    count_against(counted.key, counted.rate)
    return counted


def count_against(key: str, rate: Rate) -> None:
    """Count a call under a key of the caller's own.

    Raises:
        TooManyRequests: There were too many; this one isn't counted.
    """
    now = clock.now().timestamp()
    into = now % rate.seconds
    number = _add(key, rate, 1)
    if number is None:
        return
    past = soft_cache.get(_window(key, rate, now - rate.seconds), 0) * (1 - into / rate.seconds)
    if number + past > rate.calls:
        _add(key, rate, -1)
        wait = _wait(rate, number, past, into)
        raise TooManyRequests(sentence_to_wait(wait), retry_after=wait)


def sentence_to_wait(wait: int) -> str:
    """A refusal for people who should come again after so many seconds; a long time is said in minutes."""
    if wait <= _IN_SECONDS:
        seconds = ngettext(
            "Too many attempts. Please wait %(number)s second and try again.",
            "Too many attempts. Please wait %(number)s seconds and try again.",
            wait,
        )
        return seconds % {"number": wait}
    number = math.ceil(wait / 60)
    minutes = ngettext(
        "Too many attempts. Please wait %(number)s minute and try again.",
        "Too many attempts. Please wait %(number)s minutes and try again.",
        number,
    )
    return minutes % {"number": number}


def _wait(rate: Rate, number: int, past: float, into: float) -> int:
    """Seconds after which one more call is within the rate."""
    if number > rate.calls:
        return math.ceil(rate.seconds - into + rate.seconds / rate.calls)
    whole = past / (1 - into / rate.seconds)
    return max(1, math.ceil(rate.seconds * (1 - (rate.calls - number) / whole) - into))


def _add(key: str, rate: Rate, step: int) -> int | None:
    return soft_cache.count(_window(key, rate, clock.now().timestamp()), step, 2 * rate.seconds)


def _window(key: str, rate: Rate, moment: float) -> str:
    return f"{key}.{rate.seconds}.{int(moment // rate.seconds)}"


def _key(scope: str, request: Any, about: str, *, by_address: bool) -> str:
    user = None if by_address else getattr(request, "user", None)
    who = f"user:{user.pk}" if user is not None and user.is_authenticated else client_network(request)
    return key_of(scope, f"{who} {about}")


def key_of(scope: str, who: str) -> str:
    """A key for :func:`count_against`, of whoever or whatever is counted within a scope."""
    return f"tradepost.limit.{scope}.{sha256(who.encode()).hexdigest()[:32]}"
