"""Celery's edge: one task that runs any job by name.

In the project's Celery module::

    app.conf.beat_schedule = jobs.beat_schedule()      # in a handler of celery.signals.beat_init or on_after_finalize
"""

from __future__ import annotations

from celery import Celery, shared_task, signals

from . import jobs

__all__ = ["run_job"]


@shared_task(name="tradepost.core.run_job", ignore_result=True)
def run_job(name: str) -> int:
    """Run one job; safe to run twice or in parallel."""
    return jobs.run(name)


@signals.beat_init.connect
def _schedule(sender: object, **kwargs: object) -> None:
    """Put the jobs into the schedule of whoever runs beat, beside what the project schedules itself."""
    app: Celery = sender.app  # type: ignore[attr-defined]
    app.conf.beat_schedule = {**jobs.beat_schedule(), **(app.conf.beat_schedule or {})}
    sender.scheduler.setup_schedule()  # type: ignore[attr-defined]
