"""Jobs of bulk calls: many rows, written part by part by whoever runs the jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tradepost.api.bulk import kinds, runner
from tradepost.api.bulk.runner import run_jobs
from tradepost.api.models import BulkJob, BulkPart, IdempotencyRecord
from tradepost.core import jobs as clock_jobs
from tradepost.core.dates import clock
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.testing import factories
from tradepost.testing.queries import count_queries

from .conftest import Goods, Staff, errors

pytestmark = pytest.mark.django_db(transaction=True)


def price(sku: str, amount: str) -> dict[str, Any]:
    """A row."""
    return {"price_list": "eur", "variant": sku, "amount": {"amount": amount, "currency": "EUR"}}


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven variants and a list; five rows are many, and a part has two."""
    factories.price_list()
    for number in range(7):
        factories.variant(sku=f"MUG-{number}")
    for name in ("PRICES", "COUNTS"):
        kind = getattr(kinds, name)
        small = {field: getattr(kind, field) for field in ("name", "row", "access", "write", "identity", "row_by_row")}
        changed = kinds.BulkKind(**small, most=4, most_of_job=50, part=2)
        monkeypatch.setattr(f"tradepost.api.views.staff.{'prices' if name == 'PRICES' else 'stock'}.{name}", changed)
        monkeypatch.setitem(kinds.KINDS, kind.name, changed)  # type: ignore[arg-type]


ROWS = [*(price(f"MUG-{number}", f"{number + 1}.50") for number in range(6)), price("NONE", "1"), {"amount": None}]


def test_many_rows_become_a_job(goods: Goods, shop: None) -> None:
    """It is made at once, followed by its address, and tells each row's result as the call itself would have."""
    started = goods("post", "prices/bulk/", {"items": ROWS})
    job = started.json()

    assert (started.status_code, job["state"], job["total"], job["done"]) == (202, "waiting", 8, 0)
    assert started["Location"] == f"http://testserver/api/v1/staff/jobs/{job['uuid']}/"
    assert not Price.objects.exists()

    assert run_jobs() == 8
    over = goods("get", f"jobs/{job['uuid']}/").json()
    assert (over["state"], over["done"], over["succeeded"], over["failed"]) == ("finished", 8, 6, 2)
    assert over["finished_at"] is not None
    assert sorted(Price.objects.values_list("amount", flat=True)) == [Decimal(f"{number + 1}.5") for number in range(6)]

    results = goods("get", f"jobs/{job['uuid']}/results/").json()
    failed = goods("get", f"jobs/{job['uuid']}/results/?failed=true").json()
    assert (results["count"], [row["index"] for row in results["results"]]) == (8, list(range(8)))
    assert results["results"][0]["data"] == {
        "price_list": "eur",
        "variant": "MUG-0",
        "min_quantity": 1,
        "changed": True,
    }
    assert [(row["index"], row["status"]) for row in failed["results"]] == [(6, 400), (7, 400)]
    assert run_jobs() == 0
    assert [row["uuid"] for row in goods("get", "jobs/").json()["results"]] == [job["uuid"]]


def test_pages_of_results_go_across_parts(goods: Goods, shop: None) -> None:
    """Each row once, whatever the size of a page is."""
    uuid = goods("post", "prices/bulk/", {"items": ROWS}).json()["uuid"]
    run_jobs()

    for size in (1, 3, 5):
        address, indexes = f"jobs/{uuid}/results/?page_size={size}", []
        while address:
            page = goods("get", address).json()
            indexes += [row["index"] for row in page["results"]]
            address = (page["next"] or "").partition("/staff/")[2]
        assert indexes == list(range(8)), size


def test_few_rows_become_a_job_for_who_prefers_it(goods: Goods, shop: None, staff: Callable[[str], Staff]) -> None:
    """All or none isn't for jobs, and neither is more than one may hold."""
    member = staff("administrator")
    url, rows = "/api/v1/staff/prices/bulk/", {"items": ROWS[:1]}
    answers = [
        member.client.post(url, rows, content_type="application/json", headers={"Prefer": prefer})
        for prefer in ("respond-async", 'wait=10; x="y", Respond-Async', "return=minimal")
    ]

    assert [answer.status_code for answer in answers] == [202, 202, 200]
    assert errors(goods("post", "prices/bulk/?atomic=true", {"items": ROWS})) == [(400, ""), ("invalid", "atomic")]
    assert errors(goods("post", "prices/bulk/", {"items": ROWS * 7})) == [(400, ""), ("invalid", "items")]


def test_the_same_call_again_is_the_same_job(goods: Goods, shop: None) -> None:
    """By its key, though its answer was lost; without one it is another."""
    first = goods("post", "prices/bulk/", {"items": ROWS}, key="k1")
    replayed = goods("post", "prices/bulk/", {"items": ROWS}, key="k1")
    IdempotencyRecord.objects.all().delete()  # as when the process died before it was written
    again = goods("post", "prices/bulk/", {"items": ROWS}, key="k1")
    other = goods("post", "prices/bulk/", {"items": ROWS})

    assert first.json()["uuid"] == replayed.json()["uuid"] == again.json()["uuid"] != other.json()["uuid"]
    assert replayed["Location"] == first["Location"]
    assert BulkPart.objects.count() == 8


def test_a_part_is_written_with_its_results_or_not_at_all(
    goods: Goods, shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who dies before they are kept has counted nothing; whoever comes after the lease goes on."""
    rows = [{"variant": f"MUG-{number}", "location": "main", "counted": 5} for number in range(6)]
    factories.variant(sku="STOCKED", on_hand=1)
    uuid = goods("post", "stock/bulk/", {"items": rows}).json()["uuid"]

    def die(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(runner, "_keep", die)
        with pytest.raises(SystemExit):
            run_jobs()
    assert not StockLevel.objects.filter(variant__sku__startswith="MUG").exists()
    assert run_jobs() == 0  # it is another's, as far as anybody knows

    with clock.at(clock.now() + runner.LEASE + timedelta(seconds=1)):
        assert run_jobs() == 6
    assert goods("get", f"jobs/{uuid}/").json()["succeeded"] == 6
    levels = dict(StockLevel.objects.filter(variant__sku__startswith="MUG").values_list("variant__sku", "on_hand"))
    assert levels == {f"MUG-{number}": 5 for number in range(6)}


def test_a_job_is_cancelled_before_its_next_part(goods: Goods, shop: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And keeps the results of what was written; one that has ended can't be."""
    uuid = goods("post", "prices/bulk/", {"items": ROWS}).json()["uuid"]
    keep = runner._keep

    def keep_and_cancel(*args: Any, **kwargs: Any) -> None:
        keep(*args, **kwargs)
        assert goods("post", f"jobs/{uuid}/cancel/").json()["state"] == "cancelled"

    monkeypatch.setattr(runner, "_keep", keep_and_cancel)
    assert run_jobs() == 2
    assert run_jobs() == 0

    assert Price.objects.count() == 2
    assert goods("get", f"jobs/{uuid}/results/").json()["count"] == 2
    assert goods("post", f"jobs/{uuid}/cancel/").json()["state"] == "cancelled"
    monkeypatch.setattr(runner, "_keep", keep)
    other = goods("post", "prices/bulk/", {"items": ROWS}).json()["uuid"]
    run_jobs()
    assert errors(goods("post", f"jobs/{other}/cancel/")) == [(409, ""), ("job_over", None)]


def test_who_may_no_longer_write_writes_no_more(goods: Goods, shop: None) -> None:
    """Their permissions count when the rows are written."""
    uuid = goods("post", "prices/bulk/", {"items": ROWS}).json()["uuid"]
    Group.objects.get(name="Tradepost: catalogue").permissions.clear()

    assert run_jobs() == 0
    job = BulkJob.objects.get(uuid=uuid)
    assert (job.state, job.error) == ("failed", "permission_denied")
    assert not Price.objects.exists()


def test_a_failure_of_ours_is_tried_again_and_then_told(
    goods: Goods, shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times, a minute apart; another's job doesn't wait for it."""
    broken = goods("post", "prices/bulk/", {"items": ROWS}).json()["uuid"]

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(runner, "write_each", fail)
        for minutes in (0, 2, 4):
            with clock.at(clock.now() + timedelta(minutes=minutes)):
                assert run_jobs() == 0
    assert goods("get", f"jobs/{broken}/").json()["state"] == "failed"
    assert BulkJob.objects.get().error == "unavailable"


def test_a_job_is_its_makers_alone_and_they_have_five(
    goods: Goods, shop: None, staff: Callable[[str], Staff], client: Client
) -> None:
    """A colleague doesn't find it, a guest has to sign in."""
    started = [goods("post", "prices/bulk/", {"items": ROWS}) for _ in range(6)]
    uuid = started[0].json()["uuid"]
    colleague = staff("administrator")

    assert [answer.status_code for answer in started] == [202] * 5 + [409]
    assert started[5].json()["errors"][0]["code"] == "too_many_jobs"
    assert colleague.get("jobs/").json()["results"] == []
    for path in (f"jobs/{uuid}/", f"jobs/{uuid}/results/"):
        assert colleague.get(path).status_code == 404
        assert client.get(f"/api/v1/staff/{path}").status_code == 401
    assert colleague.post(f"jobs/{uuid}/cancel/").status_code == 404


def test_time_that_is_up_leaves_the_rest_for_the_next_run(goods: Goods, shop: None) -> None:
    """Without waiting for the lease."""
    goods("post", "prices/bulk/", {"items": ROWS})

    assert run_jobs(seconds=0) == 0
    assert clock_jobs.run("tradepost.api.run_bulk_jobs") == 8


def test_jobs_are_forgotten_a_week_after_their_end(goods: Goods, shop: None) -> None:
    """With their rows; those that haven't ended stay."""
    goods("post", "prices/bulk/", {"items": ROWS})
    run_jobs()
    goods("post", "prices/bulk/", {"items": ROWS})

    assert clock_jobs.run("tradepost.api.forget_bulk_jobs") == 0
    with clock.at(clock.now() + timedelta(days=8)):
        assert clock_jobs.run("tradepost.api.forget_bulk_jobs") == 1
    assert (BulkJob.objects.count(), BulkPart.objects.count()) == (1, 4)


def test_following_a_job_costs_the_same_for_few_rows_and_many(goods: Goods, shop: None) -> None:
    """A page of results looks at the parts it shows."""
    counts = []
    for rows in (ROWS[:5], ROWS * 6):
        uuid = goods("post", "prices/bulk/", {"items": rows}).json()["uuid"]
        run_jobs()
        for path in (f"jobs/{uuid}/", f"jobs/{uuid}/results/?page_size=3"):
            with count_queries() as sent:
                goods("get", path)
            counts.append(len(sent))

    assert counts[:2] == counts[2:]


def test_the_admin_shows_and_cancels_jobs(goods: Goods, shop: None, admin_client: Client) -> None:
    """Nobody edits one there."""
    uuid = goods("post", "prices/bulk/", {"items": ROWS}).json()["uuid"]
    job = BulkJob.objects.get()
    page = "/admin/tradepost_api/bulkjob/"

    assert uuid in admin_client.get(page).content.decode()
    assert admin_client.get(f"{page}{job.pk}/change/").status_code == 200
    admin_client.post(page, {"action": "cancel", "_selected_action": [job.pk]})
    job.refresh_from_db()
    assert job.state == "cancelled"
