"""Time as an oracle: how long an answer takes for an address with an account, and for one without.

``python -m benchmarks.sign_in.answers 200``: so many tries of each, taking turns, with passwords hashed as in production.
Once with a worker of its own, where the answer comes before the address is looked up; once with one process that does all,
mail included.
"""

from __future__ import annotations

import os
import sys
import time
from statistics import median, quantiles
from typing import Any

import django

LIMITS = dict.fromkeys(("REGISTER", "RESET", "MAILBOX", "MAILBOX_SHARED", "SIGN_IN"))
CALLS: dict[str, tuple[dict[str, str], int]] = {
    "auth/register/": ({}, 202),
    "auth/password/reset/": ({}, 202),
    "auth/token/": ({"password": "not that one"}, 401),
}
ADDRESSES = {"known": "person0@example.com", "unknown": "nobody@example.com"}


class Elsewhere:
    """A dispatcher whose worker is another process."""

    def wake(self) -> None:
        """Nothing is done here."""


DISPATCHERS = {
    "with a worker": "benchmarks.sign_in.answers.Elsewhere",
    "in one process": "tradepost.core.events.dispatchers.InProcess",
}


def main(tries: int) -> None:
    """Print, for each call, the medians and how they differ from what chance would do."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import setup_test_environment, teardown_test_environment

    from .people import main as make_people

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    try:
        make_people(1)
        for name, dispatcher in DISPATCHERS.items():
            with override_settings(TRADEPOST_LIMITS=LIMITS, TRADEPOST_EVENTS={"DISPATCHER": dispatcher}):
                for call, (values, status) in CALLS.items():
                    _print(f"{name}, {call}", _times(Client(), f"/api/v1/{call}", values, status, tries))
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
        teardown_test_environment()


def _times(
    client: Any, path: str, values: dict[str, str], status: int, tries: int
) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of each try, by the clock and of the processor; the first ten, in which all is loaded, don't count.

    Which address comes first changes with each try, so that neither always follows the other. Each try comes from a network of
    its own: failures of one are delayed, and only those.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ADDRESSES}
    for number in range(tries + 10):
        pairs = list(ADDRESSES.items())
        for name, email in pairs if number % 2 else reversed(pairs):
            began, worked = time.perf_counter(), time.process_time()
            answer = client.post(
                path,
                {"email": email, **values},
                content_type="application/json",
                headers={"X-Forwarded-For": f"198.{18 + number // 250}.{number % 250}.1"},
            )
            taken = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
            assert answer.status_code == status, answer.content
            if number >= 10:
                times[name].append(taken)
    return times


def _print(call: str, times: dict[str, list[tuple[float, float]]]) -> None:
    for place, clock in enumerate(("by the clock", "of the processor")):
        existing, unknown = ([taken[place] for taken in times[name]] for name in ADDRESSES)
        first, _half, third = quantiles(existing + unknown, n=4)
        print(
            f"{call}, {clock}: known {median(existing):.1f} ms, unknown {median(unknown):.1f} ms, "
            f"difference {median(existing) - median(unknown):+.2f} ms; half of all between {first:.1f} and {third:.1f} ms"
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.sign_in.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
