"""Runners of bulk jobs that meet, die, and wake up too late."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tradepost.api.bulk import kinds, runner
from tradepost.api.bulk.runner import run_jobs
from tradepost.api.models import BulkJob, BulkPart
from tradepost.core.dates import clock
from tradepost.pricing.models import Price
from tradepost.testing.races import together

from .conftest import Goods
from .test_jobs import price, shop

__all__ = ["shop"]

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [price(f"MUG-{number}", f"{number + 1}.50") for number in range(6)]


@pytest.fixture
def written(shop: None, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each SKU was written; each part takes a moment."""
    counts: Counter[str] = Counter()
    kind = kinds.KINDS["prices"]

    def write(rows: Any, call: Any) -> None:
        counts.update(row.values["variant"] for row in rows)
        kind.write(rows, call)
        time.sleep(0.02)

    fields = {name: getattr(kind, name) for name in ("name", "row", "access", "identity", "part")}
    monkeypatch.setitem(kinds.KINDS, "prices", kinds.BulkKind(**fields, write=write))  # type: ignore[arg-type]
    return counts


def claim_without_looking() -> BulkJob | None:
    """A job that is due, whoever has claimed it since it was read."""
    job = BulkJob.objects.filter(state__in=BulkJob.OPEN, due__lte=clock.now()).first()
    if job is not None:
        time.sleep(0.05)
        job.state, job.claim, job.due = BulkJob.State.RUNNING, uuid4().hex, clock.now() + runner.LEASE
        BulkJob.objects.filter(pk=job.pk).update(state=job.state, due=job.due)
    return job


def everybodys(job: BulkJob) -> Any:
    """The job, whoever has it."""
    return BulkJob.objects.filter(pk=job.pk)


@pytest.mark.race
@pytest.mark.parametrize("is_claimed", [True, False], ids=["claimed", "control: not claimed"])
def test_two_runners_share_no_row(
    goods: Goods, written: Counter[str], monkeypatch: pytest.MonkeyPatch, is_claimed: bool
) -> None:
    """Exactly one of four that begin at once runs a job."""
    goods("post", "prices/bulk/", {"items": ROWS})
    if not is_claimed:
        monkeypatch.setattr(runner, "_claim", claim_without_looking)
        monkeypatch.setattr(runner, "_mine", everybodys)

    rows = together([run_jobs] * 4)

    each_once = set(written.values()) == {1} and sorted(row for row in rows if isinstance(row, int)) == [0, 0, 0, 6]
    assert each_once is is_claimed, (written, rows)
    if is_claimed:
        job = BulkJob.objects.get()
        assert (job.state, job.done, job.failed, Price.objects.count()) == ("finished", 6, 0, 6)


@pytest.mark.race
def test_after_a_death_one_of_many_goes_on(
    goods: Goods, written: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the lease has ended, and where the dead one stopped."""
    goods("post", "prices/bulk/", {"items": ROWS})
    keep: Callable[..., None] = runner._keep

    def die_at_the_second(job: BulkJob, part: BulkPart, *args: Any, **options: Any) -> None:
        if part.position:
            raise SystemExit
        keep(job, part, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(runner, "_keep", die_at_the_second)
        with pytest.raises(SystemExit):
            run_jobs()
    assert (Price.objects.count(), BulkJob.objects.get().done) == (2, 2)
    assert together([run_jobs] * 3) == [0, 0, 0]
    written.clear()

    BulkJob.objects.update(due=clock.now() - timedelta(seconds=1))
    assert sorted(together([run_jobs] * 3)) == [0, 0, 4]

    assert written == {f"MUG-{number}": 1 for number in range(2, 6)}
    assert (BulkJob.objects.get().done, Price.objects.count()) == (6, 6)


@pytest.mark.parametrize("is_fenced", [True, False], ids=["fenced", "control: not fenced"])
def test_who_wakes_up_after_the_lease_writes_nothing(
    goods: Goods, written: Counter[str], monkeypatch: pytest.MonkeyPatch, is_fenced: bool
) -> None:
    """Somebody else has written the rows, and staff have set a price since: it stays."""
    goods("post", "prices/bulk/", {"items": ROWS})
    write = runner._write

    def oversleep(*args: Any) -> int:
        monkeypatch.setattr(runner, "_write", write)
        with clock.at(clock.now() + runner.LEASE + timedelta(seconds=1)):
            assert run_jobs() == 6
        Price.objects.filter(variant__sku="MUG-0").update(amount=99)
        if not is_fenced:
            monkeypatch.setattr(runner, "_mine", everybodys)
        return write(*args)

    monkeypatch.setattr(runner, "_write", oversleep)

    assert run_jobs() == 0
    assert written["MUG-0"] == (1 if is_fenced else 2)
    if is_fenced:
        assert Price.objects.get(variant__sku="MUG-0").amount == 99
        assert BulkJob.objects.get().state == "finished"
