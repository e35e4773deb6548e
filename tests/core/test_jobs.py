"""Jobs and their memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tradepost.core import jobs
from tradepost.core.dates import clock
from tradepost.core.models import JobState

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, jobs.Job]]:
    """A registry of its own."""
    values: dict[str, jobs.Job] = {}
    monkeypatch.setattr(jobs, "_jobs", values)
    return values


@pytest.mark.django_db
def test_runs_what_is_due_and_nothing_twice(only: dict[str, jobs.Job]) -> None:
    """A job waits for its interval."""
    done: list[str] = []
    jobs.job("tests.tick", every=timedelta(minutes=5))(lambda: done.append("tick") or 1)

    with clock.at(NOON):
        assert jobs.run_due() == {"tests.tick": 1}
        assert jobs.run_due() == {}
    with clock.at(NOON + timedelta(minutes=5)):
        assert jobs.run_due() == {"tests.tick": 1}
    assert done == ["tick", "tick"]


@pytest.mark.django_db
def test_a_job_that_fails_keeps_no_other_from_running(only: dict[str, jobs.Job]) -> None:
    """Its error is noted for staff."""

    def fail() -> int:
        raise OSError("disk is full")

    jobs.job("tests.a", every=timedelta(minutes=1))(fail)
    jobs.job("tests.b", every=timedelta(minutes=1))(lambda: 3)

    with clock.at(NOON):
        assert jobs.run_due() == {"tests.a": None, "tests.b": 3}
    assert JobState.objects.get(name="tests.a").error == "OSError: disk is full"
    assert JobState.objects.get(name="tests.b").result == "3"


def test_beat_runs_every_job() -> None:
    """Celery's schedule is made from the registry."""
    schedule = jobs.beat_schedule()
    assert schedule["tradepost.relay"] == {
        "task": "tradepost.core.run_job",
        "schedule": 10.0,
        "args": ["tradepost.relay"],
    }
