"""Failures to sign in cost more time each, and lock nobody out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from tradepost.core.dates import clock
from tradepost.core.errors import TooManyRequests
from tradepost.core.requests.failure_delays import delay_failure
from tradepost.core.requests.sign_in import count_sign_in, give_back

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def visit(address: str = "192.0.2.1") -> Any:
    """A request to sign in."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    return request


def wait_after(number: int) -> int:
    """How long the next attempt has to wait after so many failures, each made as early as it may be."""
    moment = NOON
    for _ in range(number):
        while True:
            with clock.at(moment):
                try:
                    delay_failure("wait")
                    break
                except TooManyRequests as refusal:
                    moment += timedelta(seconds=refusal.context["retry_after"])
    with clock.at(moment):
        try:
            delay_failure("wait")
        except TooManyRequests as refusal:
            return int(refusal.context["retry_after"])
    return 0


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (20, 900)]
)
def test_each_failure_makes_the_next_wait_twice_as_long(failures: int, seconds: int) -> None:
    """Four are free; a quarter of an hour is the most."""
    assert wait_after(failures) == seconds


def test_the_right_password_ends_the_wait() -> None:
    """And the count of failures with it."""
    with clock.at(NOON):
        for _ in range(4):
            count_sign_in(visit(), "ada@example.com")
        give_back(count_sign_in(visit(), "ada@example.com"))
        for _ in range(5):
            count_sign_in(visit(), "ada@example.com")
        with pytest.raises(TooManyRequests) as refusal:
            count_sign_in(visit(), "ada@example.com")

    assert refusal.value.context == {"retry_after": 1}


def test_who_guesses_doesnt_lock_the_owner_out() -> None:
    """From another network nothing has happened; within a household of IPv6 addresses it is one count."""
    with clock.at(NOON):
        for _ in range(5):
            count_sign_in(visit("2001:db8::1"), "ada@example.com")
        with pytest.raises(TooManyRequests) as refusal:
            count_sign_in(visit("2001:db8::2"), " ADA@example.com")
        count_sign_in(visit("192.0.2.1"), "ada@example.com")
        count_sign_in(visit("2001:db8::1"), "bob@example.com")

    assert refusal.value.context == {"retry_after": 1}
    assert str(refusal.value) == "Too many attempts. Please wait 1 second and try again."


def test_a_refused_attempt_isnt_counted(settings: Any) -> None:
    """Neither by account nor by address: whoever presses the button again waits no longer for it."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN": "7/min", "SIGN_IN_ACCOUNT": "6/hour"}
    with clock.at(NOON):
        for _ in range(5):
            count_sign_in(visit(), "ada")
        for _ in range(9):
            with pytest.raises(TooManyRequests):
                count_sign_in(visit(), "ada")
    with clock.at(NOON + timedelta(seconds=1)):
        count_sign_in(visit(), "ada")
        count_sign_in(visit(), "bob")
        with pytest.raises(TooManyRequests):
            count_sign_in(visit(), "bob")


def test_of_many_attempts_at_once_one_passes() -> None:
    """Twenty threads after four failures."""
    with clock.at(NOON):
        for _ in range(4):
            delay_failure("at-once")
    passed: list[bool] = []
    barrier = threading.Barrier(20)

    def attempt() -> None:
        barrier.wait()
        with clock.at(NOON):
            try:
                delay_failure("at-once")
                passed.append(True)
            except TooManyRequests:
                passed.append(False)

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(passed), passed.count(True)) == (20, 1)
