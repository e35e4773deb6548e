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
UPGRADED = [("3.13", "6.1")]  # on 5.2 the lanes do it
# What other lanes of tests/lanes.py run.
ELSEWHERE = ("race", "postgres", "redis", "browser", "slow", "docs", "minimal", "replaced")
# What reads our sources, drives our own commands and answers alike on every version.
VERSIONLESS = ("architecture", "tooling")
SETTINGS = ("tests.settings", "tests.projects.odd.settings", "tests.projects.minimal.settings")


def check(session: nox.Session, name: str) -> None:
    """Run the suite on SQLite, after a look whether this Django would write migrations into our apps."""
    for settings in SETTINGS:
        session.run("python", "-m", "django", "makemigrations", "--check", "--dry-run", "--settings", settings)
    reports = Path(os.environ.get("TRADEPOST_REPORTS") or session.create_tmp())
    session.run(
        "pytest",
        "-q",
        *("-n", "2", "--dist", "worksteal"),
        *("-m", " and ".join(f"not {marker}" for marker in ELSEWHERE)),
        *(f"--ignore=tests/{folder}" for folder in VERSIONLESS),
        f"--junitxml={reports / name}.xml",
        *session.posargs,
        env={"PYTEST_DB_SUFFIX": name.replace(".", ""), "DATABASE_URL": "", "REDIS_URL": "", "CELERY_BROKER_URL": ""},
    )


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
    quiet = {"TRADEPOST_COVERAGE": "", "PYTEST_DB_SUFFIX": name, "DATABASE_URL": ""}
    lanes = ("python", "-m", "tests.lanes", "--only", "sqlite,postgres", "-m", "upgrade", "tests/upgrade")
    session.run(*lanes, *session.posargs, env=quiet)
    replaced = "tests.projects.replaced.settings"
    session.run("python", "-m", "django", "makemigrations", "--check", "--dry-run", "--settings", replaced)
    reports = Path(os.environ.get("TRADEPOST_REPORTS") or session.create_tmp())
    quick = ("-q", "-n", "2", "--ds", replaced, "-m", "not slow", f"--junitxml={reports / name}.xml")
    session.run("pytest", *quick, "tests/replaced", *session.posargs, env=quiet)


@nox.session(python="3.11", venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """The unit suite on the lowest version of everything that pyproject.toml names."""
    session.install("--resolution", "lowest-direct", "-e", ".[test]")
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
