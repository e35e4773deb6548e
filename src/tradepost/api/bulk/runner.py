"""The runner of bulk jobs: claims one for a while, and writes its rows part by part."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import translation
from rest_framework.renderers import JSONRenderer

from tradepost.api.models import BulkJob, BulkPart
from tradepost.api.serializers import serializer_class
from tradepost.core import db
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock

from .kinds import KINDS, BulkKind
from .rows import BulkCall, read_rows, result_of, write_each

__all__ = ["LEASE", "run_jobs"]

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Request:
    """The part of a request that serializers look at."""

    user: Any


def run_jobs(*, seconds: float = 20) -> int:
    """Write rows of jobs that are due, the oldest job first; safe to run in many processes at once.

    Args:
        seconds: After which no other part is begun; the next run goes on.

    Returns:
        How many rows were written, or refused.
    """
    db.outside("run_jobs()")
    until, rows = time.monotonic() + seconds, 0
    while time.monotonic() < until and (job := _claim()) is not None:
        try:
            rows += _run(job, until)
        except Exception:
            logger.exception("Bulk job %s failed", job.uuid)
            _fail_or_wait(job)
    return rows


def _claim() -> BulkJob | None:
    """A job that is from now on this call's for as long as the lease."""
    now, token = clock.now(), uuid4().hex
    for job in BulkJob.objects.filter(state__in=BulkJob.OPEN, due__lte=now).order_by("pk")[:5]:
        free = BulkJob.objects.filter(pk=job.pk, state=job.state, claim=job.claim, due__lte=now)
        started = Coalesce(F("started_at"), now)
        if free.update(state=BulkJob.State.RUNNING, claim=token, due=now + LEASE, started_at=started):
            job.claim = token
            return job
    return None


def _mine(job: BulkJob) -> Any:
    """The job, while nobody else took it over."""
    return BulkJob.objects.filter(pk=job.pk, claim=job.claim)


def _run(job: BulkJob, until: float) -> int:
    """Write its parts, as long as it may go on."""
    kind, rows = KINDS.get(job.kind), 0
    while True:
        if time.monotonic() >= until:
            _mine(job).filter(state=BulkJob.State.RUNNING).update(claim="", due=clock.now())
            return rows
        user = job._meta.get_field("user").related_model._default_manager.get(pk=job.user_id)
        if kind is None or not kind.access.allows(user):
            _end(job, BulkJob.State.FAILED, error="not_found" if kind is None else "permission_denied")
            return rows
        running = _mine(job).filter(state=BulkJob.State.RUNNING)
        if not running.update(due=clock.now() + LEASE):  # cancelled, or taken over
            return rows
        part = job.parts.filter(results__isnull=True).order_by("position").first()
        if part is None:
            _end(job, BulkJob.State.FINISHED)
            return rows
        rows += _write(job, kind, part, user)


@db.atomic
def _write(job: BulkJob, kind: BulkKind, part: Any, user: Any) -> int:
    """Write a part's rows and keep their results, both or neither; nothing where somebody else took the job over.

    The job is locked meanwhile, so that who took it over after the lease waits for a part that is being written after all.

    Returns:
        How many rows were written, or refused.
    """
    if db.lock(_mine(job)).first() is None:
        return 0
    with translation.override(job.language or None):
        form = serializer_class(kind.row)(context={"request": _Request(user)})
        rows = read_rows(form, part.items, kind.identity, first=part.position)
        call = BulkCall(By(Actor(job.actor), job.user_id, job.actor_label), f"{job.uuid.hex}:{part.position}")
        write_each(kind.write, [row for row in rows if row.error is None], call, row_by_row=kind.row_by_row)
        results = json.loads(JSONRenderer().render([result_of(row) for row in rows]))
    _keep(job, part, results, failed=sum(row.error is not None for row in rows))
    return len(rows)


def _keep(job: BulkJob, part: Any, results: list[Any], *, failed: int) -> None:
    BulkPart.objects.filter(pk=part.pk).update(results=results, done=len(results), failed=failed)
    more = {"done": F("done") + len(results), "failed": F("failed") + failed, "tries": 0}
    _mine(job).update(**more)


def _end(job: BulkJob, state: Any, *, error: str = "") -> None:
    _mine(job).filter(state=BulkJob.State.RUNNING).update(state=state, error=error, claim="", finished_at=clock.now())


def _fail_or_wait(job: BulkJob) -> None:
    """Let it be tried again in a minute; after the third failure of the same part it has failed."""
    mine = _mine(job).filter(state=BulkJob.State.RUNNING)
    if mine.filter(tries__lt=_TRIES - 1).update(tries=F("tries") + 1, claim="", due=clock.now() + timedelta(minutes=1)):
        return
    _end(job, BulkJob.State.FAILED, error="unavailable")
