"""Jobs of bulk calls: started by a call, cancelled by whoever started it, forgotten after a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradepost.api.models import BulkJob, BulkPart
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict

from .kinds import BulkKind

__all__ = ["KEPT", "JobOver", "TooManyJobs", "cancel_job", "forget_jobs", "start_job"]

KEPT = timedelta(days=7)
_MOST_OPEN = 5
_BATCH = 100


class TooManyJobs(Conflict):
    """This user has as many unfinished jobs as anybody may have."""

    code = "too_many_jobs"


class JobOver(Conflict):
    """The job has ended, so it can't be cancelled."""

    code = "job_over"


@db.atomic
def start_job(kind: BulkKind, items: Sequence[Any], *, user: Any, by: By, key: str = "") -> BulkJob:
    """Keep rows for whoever runs the jobs; the same call again, by its key, gives the same job.

    Args:
        items: Rows as they were sent; what is wrong with one is told in its result.
        user: Who calls, and must still be allowed to when the rows are written.
        by: The same, for histories and ledgers.
        key: Of the call, at most 64 characters; empty for none.

    Raises:
        TooManyJobs: They have five that haven't ended.
    """
    if key and (known_job := BulkJob.objects.filter(key=key).first()) is not None:
        return known_job
    if BulkJob.objects.filter(user_id=user.pk, state__in=BulkJob.OPEN).count() >= _MOST_OPEN:
        raise TooManyJobs(_("You have %(most)s jobs that haven't ended yet.") % {"most": _MOST_OPEN})
    values = {
        "kind": kind.name,
        "user_id": user.pk,
        "actor": by.kind.value,
        "actor_label": by.label[:255],
        "language": get_language() or "",
        "total": len(items),
        "due": clock.now(),
    }
    job, is_new = BulkJob.objects.get_or_create(key=key, defaults=values) if key else (BulkJob(**values), True)
    if is_new:
        job.save()
        starts = range(0, len(items), kind.part)
        BulkPart.objects.bulk_create(
            [BulkPart(job=job, position=start, items=list(items[start : start + kind.part])) for start in starts],
            batch_size=20,
        )
    return job


def cancel_job(job: BulkJob) -> BulkJob:
    """End a job before its next part; what was written stays. One that is cancelled already stays as it is.

    Raises:
        JobOver: It ended otherwise.
    """
    now = clock.now()
    BulkJob.objects.filter(pk=job.pk, state__in=BulkJob.OPEN).update(state=BulkJob.State.CANCELLED, finished_at=now)
    job.refresh_from_db()
    if job.state != BulkJob.State.CANCELLED:
        raise JobOver(_("This job has ended."), state=job.state)
    return job


def forget_jobs() -> int:
    """Delete jobs that ended a week ago, a bounded number of them; gives how many."""
    old = BulkJob.objects.filter(finished_at__lt=clock.now() - KEPT).order_by("pk").values_list("pk", flat=True)
    keys = list(old[:_BATCH])
    BulkPart.objects.filter(job__in=keys).delete()
    BulkJob.objects.filter(pk__in=keys).delete()
    return len(keys)
