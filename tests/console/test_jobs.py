"""``tradepost_jobs`` runs what is due."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tradepost.core import jobs
from tradepost.core.models import JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two jobs in the place of all others; the second one fails."""
    done: list[str] = []

    def count() -> int:
        done.append("count")
        return 3

    def fail() -> int:
        done.append("fail")
        raise ValueError("no luck")

    hour = timedelta(hours=1)
    mine = {"test.count": jobs.Job("test.count", hour, count), "test.fail": jobs.Job("test.fail", hour, fail)}
    monkeypatch.setattr(jobs, "_jobs", mine)
    return done


def call(**options: Any) -> str:
    out = StringIO()
    call_command("tradepost_jobs", stdout=out, **options)
    return out.getvalue()


def test_runs_what_is_due_once(ran: list[str]) -> None:
    """The second call finds nothing due; a job that fails doesn't keep the other from running."""
    assert call() == "test.count: 3\ntest.fail: failed, see the log\n"
    assert call() == ""
    assert ran == ["count", "fail"]


def test_runs_one_by_name_whether_due_or_not(ran: list[str]) -> None:
    """As often as it is asked for."""
    assert call(only="test.count") == "test.count: 3\n"
    assert call(only="test.count") == "test.count: 3\n"
    assert ran == ["count", "count"]


def test_refuses_a_name_that_no_job_has(ran: list[str]) -> None:
    """The message tells which there are."""
    with pytest.raises(CommandError, match=r"no job 'test\.cuont'; there are: test\.count, test\.fail"):
        call(only="test.cuont")
    assert ran == []


def test_lists_the_jobs_with_their_last_run(ran: list[str]) -> None:
    """And why the last one failed."""
    assert "never ran" in call(list=True)
    call()

    listed = call(list=True).splitlines()

    assert listed[0].startswith("test.count")
    assert f"last {JobState.objects.get(name='test.count').finished_at:%Y-%m-%d}" in listed[0]
    assert "every 1:00:00" in listed[0]
    assert listed[1].endswith("failed: ValueError: no luck")


@pytest.mark.django_db(transaction=True)
def test_the_loop_ends_when_it_is_told_to() -> None:
    """A signal lets it finish and leave with success."""
    code = "from django.core.management import execute_from_command_line as run; run(['manage.py', 'tradepost_jobs', '--loop'])"
    program = (
        "import django; from django.conf import settings; django.setup();"
        "from tradepost.core import jobs; jobs.run_due = lambda: {'test': 1};" + code
    )
    loop = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert loop.stdout is not None
    assert loop.stdout.readline() == "test: 1\n"

    loop.send_signal(signal.SIGTERM)

    assert loop.wait(timeout=20) == 0
