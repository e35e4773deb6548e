"""Jobs: what needs a clock. Run by Celery beat, or by ``manage.py tradepost_jobs``.

An app registers its jobs in its ``jobs.py``. A job is idempotent and bounded; it returns how much it did.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from django.db.models import Q

from . import db
from .dates import clock

__all__ = ["Job", "beat_schedule", "for_each", "job", "jobs", "run", "run_due"]

logger = logging.getLogger(__name__)
R = TypeVar("R")
_jobs: dict[str, Job] = {}


@dataclass(frozen=True)
class Job:
    """Something done every so often."""

    name: str
    every: timedelta
    function: Callable[[], int]


def job(name: str, *, every: timedelta) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function as a job under a stable name, as in ``"tradepost.relay"``."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        _jobs[name] = Job(name, every, function)
        return function

    return register


def jobs() -> Mapping[str, Job]:
    """All jobs by name."""
    return MappingProxyType(_jobs)


def beat_schedule() -> dict[str, dict[str, object]]:
    """Entries for Celery's ``beat_schedule``; call it once the apps are ready (see :mod:`tradepost.core.tasks`)."""
    return {
        name: {"task": "tradepost.core.run_job", "schedule": job.every.total_seconds(), "args": [name]}
        for name, job in _jobs.items()
    }


def run(name: str) -> int:
    """Run a job now, due or not, and note how it went.

    Raises:
        KeyError: There is no such job.
    """
    from . import versions
    from .models import JobState

    job = _jobs[name]
    db.outside(f"job {name}")
    state, _made = JobState.objects.get_or_create(name=name, defaults={"due": clock.now()})
    started = clock.now()
    JobState.objects.filter(pk=state.pk).update(started_at=started, due=started + job.every)
    try:
        with versions.read_anew():
            done = job.function()
    except Exception as error:
        JobState.objects.filter(pk=state.pk).update(
            error=f"{type(error).__name__}: {error}"[:2000], finished_at=clock.now()
        )
        raise
    JobState.objects.filter(pk=state.pk).update(error="", result=str(done), finished_at=clock.now())
    return done


def run_due() -> dict[str, int | None]:
    """Run what is due, each job in one process only; a job that fails doesn't keep the others from running.

    Returns:
        What each job that ran did; ``None`` for one that failed (the log says why).
    """
    from .models import JobState

    results: dict[str, int | None] = {}
    for name, job in sorted(_jobs.items()):
        now = clock.now()
        JobState.objects.get_or_create(name=name, defaults={"due": now})
        claimed = JobState.objects.filter(Q(name=name) & Q(due__lte=now)).update(due=now + job.every)
        if claimed:
            try:
                results[name] = run(name)
            except Exception:
                logger.exception("Job %s failed", name)
                results[name] = None
    return results


def for_each(rows: Iterable[R], act: Callable[[R], bool | int]) -> int:
    """Do something with each row; one that fails is logged, and doesn't keep the others waiting.

    Args:
        rows: A bounded number of them.
        act: Gives how much it did; ``False`` for nothing.

    Returns:
        The sum of what was done.
    """
    done = 0
    for row in rows:
        try:
            done += act(row)
        except Exception:
            logger.exception("%s failed for %s", getattr(act, "__name__", act), row)
    return done


@job("tradepost.relay", every=timedelta(seconds=10))
def relay() -> int:
    """Deliver durable events that are due."""
    from .events import outbox

    return outbox.relay()


@job("tradepost.forget_deliveries", every=timedelta(days=1))
def forget_deliveries() -> int:
    """Delete deliveries that were made a month ago."""
    from .events import outbox

    return outbox.forget()


@job("tradepost.forget_one_time_keys", every=timedelta(days=1))
def forget_one_time_keys() -> int:
    """Delete one-time keys that were used a month ago."""
    from . import one_time_keys

    return one_time_keys.forget_old()


@job("tradepost.fold_changes", every=timedelta(minutes=10))
def fold_changes() -> int:
    """Fold the tokens of changes, so that versions are the sums of few rows."""
    from . import versions

    return versions.fold()
