"""All use cases of accounts with other user models: one with an address as its name, one with odd keys and fields."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SUBJECTS = ("registration", "passwords", "email_changes", "closure", "identities", "enumeration", "users")


@pytest.mark.slow
@pytest.mark.parametrize("project", ["email_user", "odd"])
def test_the_use_cases_hold_with_the_users_of_a_project(project: str) -> None:
    """In a process of its own, for the user model of a process is one."""
    files = [f"tests/accounts/test_{subject}.py" for subject in SUBJECTS]
    files += map(str, (ROOT / "tests/projects" / project).glob("email_users.py"))
    options = ["-q", "-p", "no:cacheprovider", "--ds", f"tests.projects.{project}.settings"]
    environment = {
        **os.environ,
        "DATABASE_URL": "",
        "PYTEST_DB_SUFFIX": f"{os.environ.get('PYTEST_DB_SUFFIX', '')}-{project}",
    }

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 70
