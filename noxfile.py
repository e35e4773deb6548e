"""The sessions across versions; ``tox.ini`` names the same ones. ``nox -l`` lists them."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|venv"
nox.options.sessions = ["tests", "upgrade", "lowest", "lint", "types", "docs"]
# On a developer's machine a missing Python leaves its sessions out; CI demands all.
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI"))

VERSIONS = [
    ("3.11", "5.2"),
    ("3.12", "5.2"),
    ("3.12", "6.0"),
    ("3.12", "6.1"),
    ("3.13", "5.2"),
    ("3.13", "6.0"),
    ("3.13", "6.1"),
]
ALONE = {"TRADEPOST_COVERAGE": "", "TRADEPOST_SPREAD_LANES": "", "TRADEPOST_DEMAND_LANES": ""}
UPGRADED = [("3.13", "6.1")]  # on 5.2 the lanes do it
# What tests/lanes.py runs on other versions than the newest of the oldest Django; it tells why these.
SPREAD = [("3.12", "6.0"), ("3.13", "6.1")]


def check(session: nox.Session, name: str) -> None:
    """Run all that a version can change, on SQLite."""
    reports = Path(os.environ.get("TRADEPOST_REPORTS") or session.create_tmp()) / name
    command = ("python", "-m", "tests.lanes", "--only", "versions", "--reports", str(reports))
    session.run(*command, *session.posargs, env={**ALONE, "PYTEST_DB_SUFFIX": name.replace(".", "")})


@nox.session
@nox.parametrize(("python", "django"), VERSIONS)
def tests(session: nox.Session, django: str) -> None:
    """The unit suite on one Python and one Django."""
    session.install("-e", ".[test]", f"Django~={django}.0")
    check(session, f"py{session.python}-django{django}")


@nox.session
@nox.parametrize(("python", "django"), UPGRADED)
def upgrade(session: nox.Session, django: str) -> None:
    """Databases with data from one release to the next, stock and replaced, and the replaced project, on another Django."""
    session.install("-e", ".[test]", f"Django~={django}.0")
    name = f"upgrade{django.replace('.', '')}"
    alone = {**ALONE, "PYTEST_DB_SUFFIX": name, "DATABASE_URL": ""}
    command = ("python", "-m", "tests.lanes", "--only")
    session.run(*command, "sqlite,postgres", "-m", "upgrade", "tests/upgrade", *session.posargs, env=alone)
    session.run(*command, "replaced_own", *session.posargs, env=alone)


@nox.session(venv_backend="uv")
@nox.parametrize(("python", "django"), SPREAD)
def lanes(session: nox.Session, django: str) -> None:
    """The environment of the lanes that run on this version where they are spread (tests/lanes.py), and those lanes."""
    session.install("-e", ".[dev]", f"Django~={django}.0")
    session.run("python", "-m", "tests.lanes", *session.posargs, env=ALONE)


@nox.session(python="3.11", venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """The unit suite on the lowest version of everything that pyproject.toml names."""
    driver = ",mysql" if os.environ.get("TRADEPOST_SPREAD_LANES") else ""  # MariaDB's lane runs in it there
    session.install("--resolution", "lowest-direct", "-e", f".[test{driver}]")
    check(session, "lowest")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting, import layers."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """mypy --strict on src/."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("python", "docs/_ext/prose.py")
    session.run("sphinx-build", "-nW", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """Query budgets and times."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "benchmarks")
