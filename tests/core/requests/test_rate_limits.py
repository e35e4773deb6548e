"""Limits of tries: how they are counted, and what happens without a cache."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from tradepost.core.dates import clock
from tradepost.core.errors import TooManyRequests
from tradepost.core.requests import rate_limits
from tradepost.core.requests.rate_limits import (
    Rate,
    count,
    count_against,
    parse,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def guest(address: str = "192.0.2.1") -> Any:
    """A request of nobody we know."""
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize(
    ("text", "rate"),
    [("5/s", Rate(5, 1)), ("60/min", Rate(60, 60)), ("20/hour", Rate(20, 3600)), ("1/day", Rate(1, 86400))],
)
def test_a_rate_is_read(text: str, rate: Rate) -> None:
    """By the first letter of its period."""
    assert parse(text) == rate


@pytest.mark.parametrize("text", ["", "often", "5", "5/", "x/min", "5/week", "0/min", "-1/min", None, 5])
def test_what_is_no_rate_is_refused(text: Any) -> None:
    """And told by a check."""
    with pytest.raises(ImproperlyConfigured):
        parse(text)


def test_the_limit_holds_and_a_refused_call_isnt_counted() -> None:
    """Three a minute; half of them count half a minute after the next window began."""
    with clock.at(NOON):
        for _ in range(3):
            count_against("a", Rate(3, 60))
        with pytest.raises(TooManyRequests) as refusal:
            count_against("a", Rate(3, 60))
    assert refusal.value.context == {"retry_after": 80}

    with clock.at(NOON + timedelta(seconds=79)), pytest.raises(TooManyRequests) as refusal:
        count_against("a", Rate(3, 60))
    assert refusal.value.context == {"retry_after": 1}
    with clock.at(NOON + timedelta(seconds=80)):
        count_against("a", Rate(3, 60))


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        (Rate(1, 1), "Too many attempts. Please wait 2 seconds and try again."),
        (Rate(1, 60), "Too many attempts. Please wait 2 minutes and try again."),
        (Rate(1, 3600), "Too many attempts. Please wait 120 minutes and try again."),
    ],
)
def test_a_refusal_says_how_long_to_wait(rate: Rate, sentence: str) -> None:
    """A long time in minutes."""
    with clock.at(NOON):
        count_against("b", rate)
        with pytest.raises(TooManyRequests) as refusal:
            count_against("b", rate)

    assert str(refusal.value) == sentence


def test_guests_of_one_address_are_counted_together_and_others_apart(settings: Any) -> None:
    """An IPv6 address by its household."""
    settings.TRADEPOST_LIMITS = {"GUESS": "1/hour"}
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1"):
        count("guess", guest(address))

    for address in ("192.0.2.1", "2001:db8::2"):
        with pytest.raises(TooManyRequests):
            count("guess", guest(address))


def test_what_was_right_is_given_back(settings: Any) -> None:
    """So that only failures count."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN": "1/hour"}
    for _ in range(3):
        counted = count("sign_in", guest())
        assert counted is not None
        counted.give_back()
    count("sign_in", guest())

    with pytest.raises(TooManyRequests):
        count("sign_in", guest())


def test_none_doesnt_limit(settings: Any) -> None:
    """Nothing is counted."""
    settings.TRADEPOST_LIMITS = {"GUESS": None}

    assert [count("guess", guest()) for _ in range(99)] == [None] * 99


def test_without_its_cache_the_shop_goes_on(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is counted; it is logged once, and the cache is left alone for a while."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    settings.TRADEPOST_LIMITS = {"GUESS": "1/hour"}
    rate_limits.soft_cache.wait_no_longer()

    for _ in range(5):
        count("guess", guest())

    assert [record.getMessage() for record in caplog.records] == [
        "The cache 'default' can't be reached; going on without it."
    ]
    rate_limits.soft_cache.wait_no_longer()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"GUESS": "often"}, [("tradepost.E005", "TRADEPOST_LIMITS[\"GUESS\"]: 'often' is not a rate.")]),
        ({"GUESS": "1_0/min"}, [("tradepost.E005", "TRADEPOST_LIMITS[\"GUESS\"]: '1_0/min' is not a rate.")]),
        ({"GUESS": "١/min"}, [("tradepost.E005", "TRADEPOST_LIMITS[\"GUESS\"]: '١/min' is not a rate.")]),
        ({"GUESS": "0/min"}, [("tradepost.E005", "TRADEPOST_LIMITS[\"GUESS\"]: '0/min' lets nobody in.")]),
        ({"GUES": "1/min"}, [("tradepost.E004", 'TRADEPOST_LIMITS has no key "GUES". Did you mean "GUESS"?')]),
        ({"GUESS": None, "REGISTER": "5/day"}, []),
    ],
)
def test_wrong_limits_are_told(settings: Any, value: Any, expected: list[tuple[str, str]]) -> None:
    """With what to write."""
    settings.TRADEPOST_LIMITS = value

    rows = [(m.id, m.msg) for m in run_checks() if m.id in ("tradepost.E004", "tradepost.E005")]

    assert rows == expected
