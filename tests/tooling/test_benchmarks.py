"""The peers of the benchmarks: the last release, and other shops."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import statements
from benchmarks.cpu import builds
from benchmarks.cpu.comparison import Cost, Row, table


def git(folder: Path, *words: str) -> None:
    """A git command, by somebody."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Three commits: a release, another tag, and a release at the top."""
    folder = tmp_path / "origin"
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    for tag in ("v0.9.0", "nightly", "v0.10.0"):
        git(folder, "commit", "--allow-empty", "-m", tag)
        git(folder, "tag", tag)
    return folder


def test_the_last_release_is_the_one_before_this_commit(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit isn't compared with itself, nor with what isn't a release."""
    monkeypatch.setattr(builds, "ROOT", history)

    assert builds.last_release() == "v0.9.0"
    git(history, "commit", "--allow-empty", "-m", "more")
    assert builds.last_release() == "v0.10.0"


def test_a_clone_without_history_asks_for_the_tags(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And takes the highest version."""
    git(history, "commit", "--allow-empty", "-m", "more")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", f"file://{history}", str(clone))
    monkeypatch.setattr(builds, "ROOT", clone)

    assert builds.last_release() == "v0.10.0"


def test_no_release_is_said_to_be_none(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first one."""
    monkeypatch.setattr(builds, "ROOT", history)
    for tag in ("v0.9.0", "v0.10.0"):
        git(history, "tag", "--delete", tag)

    assert builds.last_release() is None


def test_pages_are_compared_with_pages() -> None:
    """And the API with APIs."""
    costs = {"tradepost": Cost(2, 1), "storefront": Cost(6, 2), "salesman": Cost(1, 1), "oscar": Cost(30, 10)}

    head, line = table([Row("list page", costs)]).splitlines()
    assert head.split()[1:] == [*costs, "tradepost", "÷", "salesman", "storefront", "÷", "oscar"]
    assert line.split()[-2:] == ["1.50", "0.20"]


def _measured(database: str, **queries: int) -> dict[str, Any]:
    """A report of some operations, by what they sent."""
    entries = [{"operation": name, "through": "api", "rows": 1, "queries": number} for name, number in queries.items()]
    return {"database": database, "measurements": entries}


def test_an_operation_may_not_send_more_than_was_recorded(tmp_path: Path) -> None:
    """Nor one of which nothing is; of another database nothing is said, and fewer are let through."""
    file = tmp_path / "statements.json"
    statements.record([_measured("SQLite", basket=5, order=20)], file)
    statements.record([_measured("PostgreSQL", basket=6)], file)

    assert statements.grown(_measured("SQLite", basket=5, order=19), file) == []
    assert statements.grown(_measured("PostgreSQL", basket=6), file) == []
    assert statements.grown(_measured("MariaDB", basket=60), file) == []
    assert statements.grown(_measured("SQLite", basket=6, product=1), file) == [
        "basket through api with 1: 6 statements, 5 in statements.json; if it has to be, --record",
        "product through api with 1: it isn't in statements.json; write it down with --record",
    ]


def test_both_databases_of_ci_have_the_same_operations_recorded() -> None:
    """The file in the repository."""
    numbers = json.loads(statements.FILE.read_text())

    assert numbers.keys() == {"SQLite", "PostgreSQL"}
    assert numbers["SQLite"].keys() == numbers["PostgreSQL"].keys()
    assert numbers["PostgreSQL"]["product list, kept through api with 100"] == 1
