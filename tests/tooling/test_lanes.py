"""The driver of the lanes counts what pytest reports, and says what it left out."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path

import pytest

from tests.lanes import LANES, ROOT, Lane, Result, count, run, run_all, table
from tests.servers import Missing, postgres

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>
<testcase name="d"><skipped/></testcase><testcase name="e"/>
</testsuite></testsuites>"""


def absent() -> dict[str, str]:
    """A lane's server that isn't there."""
    raise Missing("no Server on 127.0.0.1:1 (set TRADEPOST_TEST_SERVER)")


LANE = Lane(name="server", select="server", needs=absent)


def test_counts_errors_as_failures_and_skips_as_nothing(tmp_path: Path) -> None:
    """Of five cases two passed, two failed, and one was skipped."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT)

    assert count(report) == (2, 2)
    assert count(tmp_path / "absent.xml") == (0, 0)


@pytest.mark.parametrize("demanded", [False, True])
def test_an_absent_server_fails_only_a_demanded_lane(tmp_path: Path, demanded: bool) -> None:
    """Left out on a developer's machine, a failure in CI, and never run."""
    result = run(LANE, [], demanded=demanded, coverage=False, reports=tmp_path, traces=tmp_path)

    assert (result.ran, result.passed, result.failed) == (False, 0, int(demanded))
    assert result.note == "no Server on 127.0.0.1:1 (set TRADEPOST_TEST_SERVER)"


def test_the_last_line_is_the_sum() -> None:
    """The table names each lane, and ends with the line that CI reads."""
    lines = table(
        [
            Result(name="sqlite", passed=7, failed=1, seconds=1.25, cpu=2.5),
            Result(name="redis", ran=False, note="no Redis"),
        ]
    ).splitlines()

    assert lines[2:4] == ["sqlite           7       1      1.2      2.5", "redis      left out: no Redis"]
    assert lines[-1] == "7 passed, 1 failed"


def test_a_refused_server_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names host and port and the variable to set, and keeps the password to itself."""
    monkeypatch.setenv("TRADEPOST_TEST_POSTGRES", "postgres://someone:s3cret@127.0.0.1:1/shop")

    with pytest.raises(Missing) as missing:
        postgres()

    assert str(missing.value).startswith("no PostgreSQL on 127.0.0.1:1 (set TRADEPOST_TEST_POSTGRES): ")
    assert "s3cret" not in str(missing.value)


def test_lanes_of_one_process_run_beside_each_other() -> None:
    """Both wait until the other has begun, too, and the table has the order of the lanes."""
    lanes = [
        Lane(name=name, select="", needs=dict, workers=workers) for name, workers in (("a", 0), ("b", 2), ("c", 0))
    ]
    both, begun = threading.Barrier(2), []

    def meet(lane: Lane) -> Result:
        begun.append(lane.name)
        if not lane.workers:
            both.wait(timeout=10)
        return Result(name=lane.name)

    results = run_all(lanes, meet)

    assert [result.name for result in results] == ["a", "b", "c"]
    assert begun[0] == "b"


def test_ci_demands_every_lane() -> None:
    """A lane that only runs where it is named would run nowhere else, and a fault that it alone finds would be lost."""
    script = (ROOT / ".ci" / "run").read_text()
    named = set(re.findall(r"TRADEPOST_DEMAND_LANES\+?=([\w,]+)", script))

    demanded = {name for names in named for name in names.split(",") if name}

    elsewhere = {"versions"}  # nox runs it; each of its tests is in mariadb's lane, too, on the same versions
    assert demanded == {"all", *(lane.name for lane in LANES if lane.optional and lane.name not in elsewhere)}


def test_spread_lanes_have_the_lowest_and_the_newest_versions_and_every_database() -> None:
    """Lowest and newest have all tests; the Django between has what asks the database; others run on the one of this process."""
    lanes = [lane.spread() for lane in LANES if lane.session]
    whole = {(lane.session, lane.name) for lane in lanes if not lane.database_only}

    assert whole == {
        ("lanes(python='3.13', django='6.1')", "sqlite"),
        ("lanes(python='3.13', django='6.1')", "replaced"),
        ("lowest", "mariadb"),
    }
    assert [(lane.session, lane.name) for lane in lanes if lane.database_only] == [
        ("lanes(python='3.12', django='6.0')", "postgres")
    ]


def test_only_a_quick_run_has_folders_without_their_tests() -> None:
    """Where lanes are demanded, a server has of every folder what it needs."""
    [lane] = [lane for lane in LANES if lane.quick_races_only]

    assert lane.name == "postgres"
    assert "api" in lane.quick().environment()["TRADEPOST_TEST_RACES_ONLY"].split(",")
    assert [each.environment()["TRADEPOST_TEST_RACES_ONLY"] for each in (lane, lane.spread())] == ["", ""]


def test_what_a_lane_leaves_to_another_is_run_there() -> None:
    """On the same Django and database: whole folders, but for what the other deselects; alone, a lane leaves nothing out."""
    [lane], [other] = ([lane for lane in LANES if lane.name == name] for name in ("sqlite", "replaced"))

    assert [lane.name for lane in LANES if lane.elsewhere] == ["sqlite"]
    assert (lane.session, lane.needs, lane.workers) == (other.session, other.needs, other.workers)
    assert {f"tests/{folder}" for folder in lane.elsewhere} <= set(other.arguments)
    assert "not slow and not docs" in other.select  # which stay, see tests/conftest.py
    assert lane.properties
    assert [alone.environment()["TRADEPOST_TEST_ELSEWHERE"] for alone in (lane, lane.quick().spread())] == ["", ""]
    assert lane.spread().environment()["TRADEPOST_TEST_ELSEWHERE"] == ",".join(lane.elsewhere)


def test_a_spread_lane_runs_in_the_environment_of_its_session(tmp_path: Path) -> None:
    """Elsewhere it runs in this one; where the environment wasn't made, the lane fails and says how to make it."""
    lane = Lane(name="far", select="", needs=dict, session="lanes(python='9.9', django='9.9')")

    assert lane.python() == sys.executable

    result = run(lane.spread(), [], demanded=True, coverage=False, reports=tmp_path, traces=tmp_path)

    assert (result.ran, result.failed) == (False, 1)
    assert result.note == "no environment (nox --install-only -s \"lanes(python='9.9', django='9.9')\")"
