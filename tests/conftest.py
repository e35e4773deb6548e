"""Fixtures and hooks of all tests: which tests can run here, an empty cache, and a Celery worker for those that ask."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils.translation import get_language
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.kept_statements import StatementsBySettings, changed_settings
from tests.traces import Recorder, chosen, read
from tradepost.core import events
from tradepost.core.db import Prepared, forget_prepared, transactions
from tradepost.core.extending import exposed_fields
from tradepost.testing.prepared_queries import prepared_queries_compared

STATEMENTS = StatementsBySettings()
STATEMENTS.install()
# A busy machine is no failure; LIMIT of tests/lanes.py ends what hangs.
hypothesis_settings.register_profile("tests", deadline=None)
hypothesis_settings.register_profile("quick", deadline=None, max_examples=20)
QUICK = bool(os.environ.get("TRADEPOST_TEST_QUICK"))  # where nobody demands lanes, as make test
hypothesis_settings.load_profile("quick" if QUICK else "tests")

ROOT = Path(__file__).resolve().parent.parent
WORKER_STARTS_IN = 30  # seconds


def _is_postgres() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"))


def _locks_rows() -> bool:
    return not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def _is_no_mysql() -> bool:
    return not settings.DATABASES["default"]["ENGINE"].endswith("mysql")


def _is_replaced() -> bool:
    return apps.get_app_config("tradepost_orders").name != "tradepost.orders"


# What a marker needs beside Python, and how to provide it.
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "race": (_locks_rows, "DATABASE_URL=postgres://… or mysql://…"),
    "not_mysql": (_is_no_mysql, "another database than MySQL or MariaDB"),
    "postgres": (_is_postgres, "DATABASE_URL=postgres://…"),
    "redis": (lambda: bool(settings.CELERY_BROKER_URL), "CELERY_BROKER_URL"),
    "replaced": (_is_replaced, "--ds tests.projects.replaced.settings"),
    "sidecars": (lambda: "wine" in apps.app_configs, "--ds tests.projects.sidecars.settings"),
    "browser": (lambda: bool(os.environ.get("TRADEPOST_TEST_CHROMIUM")), "TRADEPOST_TEST_CHROMIUM"),
    "headless": (
        lambda: not apps.is_installed("tradepost.storefront") and apps.is_installed("tradepost.api"),
        "--ds tests.projects.headless.settings",
    ),
    "minimal": (lambda: not apps.is_installed("tradepost.payments"), "--ds tests.projects.minimal.settings"),
}
# Of a test that is another one on another database; those with a marker work on it in processes of their own.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
DATABASE_MARKERS = {"django_db", "race", "postgres", "upgrade", "killed"}
# Folders of which another lane has all but what is slow, of the documentation, or a property.
ELSEWHERE = tuple(filter(None, os.environ.get("TRADEPOST_TEST_ELSEWHERE", "").split(",")))
# Folders of which a quick run has the races only on a server, by comma.
RACES_ONLY = tuple(filter(None, os.environ.get("TRADEPOST_TEST_RACES_ONLY", "").split(",")))
# Where a lane on SQLite writes what each test sends and answers, and where those are that spare a lane on a server.
TRACES = os.environ.get("TRADEPOST_TEST_TRACES", "")
SPARED_BY = tuple(map(Path, filter(None, os.environ.get("TRADEPOST_TEST_SPARED_BY", "").split(os.pathsep))))
RECORDER = Recorder(Path(TRACES), os.environ.get("PYTEST_XDIST_WORKER", "alone"))
# What is asked in another way on each database, so that one's statements say little about another's.
OWN_WAY = (
    *("browse/", "catalogue/", "core/db/", "core/versions/", "inventory/"),
    *("api/test_cursors", "console/test_import_identity"),
)
COMPARED: WeakKeyDictionary[Prepared[Any], Counter[Any]] = (
    WeakKeyDictionary()
)  # calls of prepared queries by their shape
LEFT_OUT = pytest.StashKey[Counter[str]]()
SPARED = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what this environment can't run; the summary says so. What takes longest begins first.

    At the end of a lane one worker would be busy with an upgrade for a minute, and the others with nothing. These tests
    have databases of their own, so their place among the others doesn't matter.
    """
    items.sort(key=lambda item: item.get_closest_marker("upgrade") is None)
    without = {item for item in items if _is_left_to_others(item)}
    if without:
        config.hook.pytest_deselected(items=list(without))
        items[:] = [item for item in items if item not in without]
    lacking = {marker for marker, (here, _) in NEEDS.items() if not here()}
    out = [item for item in items if lacking.intersection(mark.name for mark in item.iter_markers())]
    if not out:
        return
    config.stash[LEFT_OUT] = Counter(mark.name for item in out for mark in item.iter_markers() if mark.name in lacking)
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_spare_a_server(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what only repeats others on a server, after all else that the lane can't run or leaves out is gone."""
    if not SPARED_BY:
        return
    traces = read(SPARED_BY)
    may_go = {item.nodeid: traces[item.nodeid] for item in items if item.nodeid in traces and not _needs_server(item)}
    stay = chosen(may_go)
    out = [item for item in items if item.nodeid in may_go and item.nodeid not in stay]
    config.stash[SPARED] = len(out)
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def _is_left_to_others(item: pytest.Item) -> bool:
    """Whether another lane has the test; see ``Lane`` in tests/lanes.py."""
    is_property = getattr(getattr(item, "function", None), "is_hypothesis_test", False) and not _uses_database(item)
    return bool(
        (os.environ.get("TRADEPOST_TEST_ONLY_DATABASE") and not _uses_database(item))
        or (_folder(item) in RACES_ONLY and not _needs_server(item))
        or (_folder(item) in ELSEWHERE and not is_property and _marks(item).isdisjoint({"slow", "docs"}))
        or (os.environ.get("TRADEPOST_TEST_NO_PROPERTIES") and is_property)
    )


def pytest_collection_finish() -> None:
    """Leave what is there by now (modules, tests) to itself: looking through it for garbage takes a tenth of a run.

    What comes later is looked through more seldom, which is another twenty-fifth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT / "tests").parts[0] if item.path.is_relative_to(ROOT / "tests") else ""


def _needs_server(item: pytest.Item) -> bool:
    """Whether a server runs it whatever SQLite was asked: by a marker, or as a test of code that has a way for each database."""
    place = item.path.relative_to(ROOT / "tests").as_posix() if item.path.is_relative_to(ROOT / "tests") else ""
    return not {"race", "postgres", "killed", "upgrade"}.isdisjoint(_marks(item)) or place.startswith(OWN_WAY)


def _marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


def _uses_database(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return bool(
        DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or DATABASE_MARKERS.intersection(_marks(item))
        or (cls is not None and issubclass(cls, TransactionTestCase))
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the tests that were left out, and what would let them run."""
    for marker, number in config.stash.get(LEFT_OUT, Counter[str]()).items():
        terminalreporter.write_line(f"left out: {number} × {marker} (needs {NEEDS[marker][1]})")
    if spared := config.stash.get(SPARED, 0):
        terminalreporter.write_line(f"left out: {spared} × what others send and answer, too (tests/traces.py)")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """In the place of pytest-django's: the database is copied, and migrated only where it differs from the last one."""
    from tests.template_database import template_database

    with django_db_blocker.unblock(), template_database(verbosity=request.config.option.verbose):
        django_db_blocker.block()
        try:
            yield
        finally:
            django_db_blocker.restore()


@pytest.fixture(scope="session")
def copy_template(django_db_setup: None) -> Callable[[Path], None]:
    """Makes a file of SQLite as empty and as migrated as the test database, for a project in a process of its own.

    On another server there is none to copy: the project migrates by itself.
    """
    from tests.template_database import SqliteCopy, fingerprint

    def copy(file: Path) -> None:
        if connection.vendor == "sqlite":
            shutil.copyfile(SqliteCopy(fingerprint()).template, file)

    return copy


@pytest.fixture(scope="module")
def vacuumed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Takes away what earlier tests rolled back, for tests that count pages: PostgreSQL reads over dead rows until then."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM")


@pytest.fixture(scope="session", autouse=True)
def _json_support_is_known(django_db_blocker: DjangoDbBlocker) -> None:
    """Django 6.1 asks SQLite in its checks whether it has JSON, once; a test without a database may be the first one."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field
        connection.close()


@pytest.fixture(autouse=True)
def _traced(request: pytest.FixtureRequest) -> Iterator[None]:
    """Write down the test's statements and answers, where servers are to be spared what only repeats them."""
    if not TRACES or not _uses_database(request.node):
        yield
        return
    with RECORDER.watching(request.node.nodeid):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Each test starts with an empty cache; Redis is left alone, since clearing it would empty the broker too."""
    yield
    if not settings.REDIS_URL:
        cache.clear()


@pytest.fixture(autouse=True)
def _prepared_queries_are_right(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each answer of a query that is compiled once is compared with the ordinary queryset's, unseen by what counts queries."""
    declared, lock = exposed_fields._declared, transactions.lock
    with prepared_queries_compared(skip=_is_compared_enough):
        yield
    # What builders read was changed by monkeypatch, which is undone next.
    if exposed_fields._declared is not declared or transactions.lock is not lock:
        forget_prepared()


def _is_compared_enough(query: Prepared[Any], given: dict[str, Any]) -> bool:
    """Whether its like was compared three times in this process: a fifth of the tests' time would go into comparing all.

    Alike are calls of one shape. CI asks more on SQLite, and compares three of each kind of values, language, settings and
    exposed fields, which is what a builder can decide by.
    """
    calls, key = COMPARED.setdefault(query, Counter()), query._shape(given)
    if not (QUICK or _locks_rows()):
        around = get_language(), changed_settings(), id(exposed_fields._declared)
        key = (key, around, *(_kind(given[name]) for name in sorted(given)))
    calls[key] += 1
    return calls[key] > 3


def _kind(value: Any) -> Any:
    """Of a value: its class, the sign of a number, and of a list its elements' and whether it has one, two or more."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return type(value), min(len(value), 3), frozenset(map(_kind, value))
    return type(value), isinstance(value, (int, float, Decimal)) and (value > 0) - (value < 0)


@pytest.fixture
def without_own_handlers() -> Iterator[None]:
    """Budgets are the library's: what a project's own handler asks the database comes on top, as in the replaced project."""
    own = [entry for entry in events.subscriptions() if not entry.handler.__module__.startswith("tradepost.")]
    for entry in own:
        events.unsubscribe(entry.event, entry.name)
    yield
    for entry in own:
        events.subscribe(entry.event, entry.handler, when=entry.when, name=entry.name)


@pytest.fixture
def celery_worker(transactional_db: None) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test's database and broker; it is ended after the test."""
    from tests.celery_app import app

    queue = settings.CELERY_TASK_DEFAULT_QUEUE
    command = [sys.executable, "-m", "celery", "-A", "tests.celery_app", "worker", "--pool", "solo", "-Q", queue]
    worker = subprocess.Popen(
        [*command, "--hostname", f"{queue}@%h", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
        cwd=ROOT,
        env={**os.environ, "TRADEPOST_TEST_DATABASE": str(connection.settings_dict["NAME"])},
    )
    try:
        _wait_for(worker, lambda: bool(app.control.inspect([f"{queue}@{os.uname().nodename}"], timeout=0.5).ping()))
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=WORKER_STARTS_IN)
        app.control.purge()


def _wait_for(worker: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    end = time.monotonic() + WORKER_STARTS_IN
    while not answers():
        if worker.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"The Celery worker did not start (exit code {worker.poll()}).")
