"""Jobs of the API."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

__all__ = ["forget_answers", "forget_bulk_jobs", "run_bulk_jobs"]


@job("tradepost.api.forget_answers", every=timedelta(hours=1))
def forget_answers() -> int:
    """Delete the remembered answers to calls with an ``Idempotency-Key`` whose time is over."""
    from .callers.idempotency import forget

    return forget()


@job("tradepost.api.run_bulk_jobs", every=timedelta(seconds=5))
def run_bulk_jobs() -> int:
    """Write rows of bulk calls that were too many for one answer."""
    from .bulk.runner import run_jobs

    return run_jobs()


@job("tradepost.api.forget_bulk_jobs", every=timedelta(hours=1))
def forget_bulk_jobs() -> int:
    """Delete bulk jobs that ended a week ago, with their results."""
    from .bulk.lifecycle import forget_jobs

    return forget_jobs()
