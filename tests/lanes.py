"""Run the tests in every lane that this machine has, and say plainly which were left out.

    python -m tests.lanes [--demand all,rabbitmq] [--only sqlite,postgres] [--coverage] [arguments of pytest …]

A lane is a set of markers and the server behind it. What isn't there leaves its lane out, unless it is demanded
(``--demand``, or ``TRADEPOST_DEMAND_LANES``), as CI does: then it is a failure, and so is a demanded lane without a
test. Slow tests run only where lanes are demanded or named.

On a developer's machine all lanes run on the Python and Django that this is started with. CI spreads them (``--spread``, or
``TRADEPOST_SPREAD_LANES``): each test runs once on each database that it may depend on, on the lowest versions and on the newest,
not on every pair. A fault that needs one version and one database at once is rarer than the time that all pairs would take; so is
one of the Django between the lowest and the newest, on which only what asks the database runs.

A lane on a server has the races, the constraints and all else that is marked for it, and of the other tests as many as send every
statement with every kind of value and give every answer that was seen on SQLite before (tests/traces.py): the rest repeats them.
Where SQLite's lanes aren't run before, it has them all.

    Django 5.2, its newest release     the lanes of other projects, Celery and the browser
    Django 5.2, the lowest versions    MariaDB, and what uses no database
    Django 6.0                         PostgreSQL, without what uses no database
    Django 6.1                         SQLite, everything: the folders of the replaced project in that one's lane
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from tests.servers import Missing, browser, extras, mariadb, postgres, rabbitmq, redis_server, sqlite

ROOT = Path(__file__).resolve().parent.parent
BYTECODE = ROOT / ".test-bytecode"
LIMIT = 1500  # seconds for one lane; a deadlock must end the run, not hang it
NO_TESTS = 5  # pytest's exit code when nothing was selected
CORES = 2  # so many workers has a lane of several
# So many lanes of one process run beside each other: a browser, brokers and the package index are waited for half of the time.
BESIDE = CORES + 2
# Growth is seen where it begins: the slowest tests and set-ups of each lane are told after it.
SLOWEST = ("--durations=30", "--durations-min=0.5")
RUNNING: set[int] = set()  # process groups of the lanes that run now


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One way to run the tests.

    Attributes:
        select: Marker expression for pytest; what the lane can't run is deselected by it.
        needs: Gives the environment of the lane, or raises ``Missing``.
        workers: Processes for pytest-xdist; 0 runs in one, beside another lane of one.
        arguments: Of pytest, where the lane has a project or a folder of its own.
        optional: Run only where it is named.
        session: Of noxfile.py, whose environment runs the lane where lanes are spread; empty for the one that runs this.
        database_only: Leaves the tests that use no database to other lanes.
        whole: Where lanes are spread, it has those, too, and whole folders: it is the only one on its versions.
        quick_arguments: Instead of ``arguments`` in a quick run, where those are too many.
        quick_races_only: Folders of which only the races are run in a quick run.
        elsewhere: Folders that another lane has where lanes are spread, on this Django and SQLite, in another project: all but
            the slow tests, those of the documentation, and properties.
        properties: Has the properties of calculations, which are tried with hundreds of random values and ask no database. No
            Django, no server and no project changes what they come to, so one lane is enough.
        measured: Its coverage counts. The others run the same code on other servers, and measuring takes half as long again.
        spreads: Whether it runs in the environment of its session.
        traced: Writes down what each test sends and answers (tests/traces.py); it runs before those that are spared by it.
        spared: Runs, of the tests that were traced before, only as many as send and answer all that they do together.
        is_quick: Tries properties with fewer values, and compares fewer calls of prepared queries.
    """

    name: str
    select: str
    needs: Callable[[], dict[str, str]]
    workers: int = CORES
    arguments: tuple[str, ...] = ()
    optional: bool = False
    session: str = ""
    database_only: bool = False
    whole: bool = False
    quick_arguments: tuple[str, ...] = ()
    quick_races_only: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    properties: bool = False
    measured: bool = False
    spreads: bool = False
    traced: bool = False
    spared: bool = False
    is_quick: bool = False

    def quick(self) -> Lane:
        """The lane without its slow tests, for a run that nobody demands lanes of."""
        select = f"({self.select}) and not slow"
        arguments = self.quick_arguments or self.arguments
        return replace(self, select=select, arguments=arguments, elsewhere=(), is_quick=True)

    def spread(self) -> Lane:
        """The lane on the Python and Django that it has where lanes are spread."""
        database_only = self.database_only and not self.whole
        return replace(self, database_only=database_only, spreads=True)

    def environment(self) -> dict[str, str]:
        """The variables that ``tests/conftest.py`` reads: which tests the lane leaves to others, and how long they may try."""
        return {
            "TRADEPOST_TEST_RACES_ONLY": ",".join(self.quick_races_only if self.is_quick else ()),
            "TRADEPOST_TEST_ONLY_DATABASE": "1" if self.database_only else "",
            "TRADEPOST_TEST_ELSEWHERE": ",".join(self.elsewhere if self.spreads else ()),
            "TRADEPOST_TEST_NO_PROPERTIES": "" if self.properties else "1",
            "TRADEPOST_TEST_QUICK": "1" if self.is_quick else "",
        }

    def python(self) -> str:
        """The interpreter of the lane: the one that runs this, or that of its session's environment.

        Raises:
            Missing: The environment wasn't made.
        """
        if not (self.spreads and self.session):
            return sys.executable
        python = ROOT / ".nox" / re.sub(r"[^a-z0-9]+", "-", self.session).strip("-") / "bin" / "python"
        if not python.exists():
            raise Missing(f'no environment (nox --install-only -s "{self.session}")')
        return str(python)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a lane.

    Attributes:
        cpu: Seconds of processors, with those of its workers; a busy machine makes it hardly longer, so runs can be compared.
        note: Why it was left out, or what went wrong beside its tests.
    """

    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    ran: bool = True
    note: str = ""


def _without(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"--ignore=tests/{folder}" for folder in folders)


# What mostly calls the services and queries of others: a quick run has it on SQLite only, but for its races.
EDGES = (
    *("api", "graphql", "storefront", "dashboard", "gateways", "testing", "console"),
    *("accounts", "basket", "checkout", "contract", "payments", "promotions", "shipping"),
)
# Where the apps that the replaced project brings itself meet those of the library.
REPLACED = (
    *("replaced", "core", "catalogue", "orders", "basket", "browse", "checkout", "payments", "fulfilment"),
    *("api", "storefront", "dashboard"),
)

# Half of the browser's tests, which a second one drives.
BROWSER_BESIDE = tuple(
    f"tests/browser/test_{name}.py" for name in ("dashboard", "docs", "gateways", "merchant", "picture")
)
# What reads our sources or drives our own commands, and answers alike on every version.
WITHOUT_VERSION = ("architecture", "tooling", "docs")
# Tests of projects that have a lane of their own.
STOCK = "not minimal and not headless and not replaced and not sidecars and not extras"

LANES = (
    Lane(
        name="sqlite",
        select=f"not race and not postgres and not redis and not browser and not killed and {STOCK}",
        needs=sqlite,
        session="lanes(python='3.13', django='6.1')",
        elsewhere=REPLACED,
        properties=True,
        measured=True,
        traced=True,
    ),
    Lane(
        name="replaced",
        select="not race and not postgres and not redis and not browser and not minimal and not slow and not docs",
        needs=sqlite,
        session="lanes(python='3.13', django='6.1')",
        measured=True,
        traced=True,
        arguments=(*(f"tests/{folder}" for folder in REPLACED), "--ds", "tests.projects.replaced.settings"),
        quick_arguments=(
            "tests/replaced",
            "tests/catalogue",
            "tests/orders",
            "--ds",
            "tests.projects.replaced.settings",
        ),
    ),
    Lane(
        name="postgres",
        select=f"(not slow or upgrade(everywhere=True) or killed) and not redis and not browser and not docs and {STOCK}",
        needs=postgres,
        session="lanes(python='3.12', django='6.0')",
        database_only=True,
        arguments=_without(WITHOUT_VERSION),
        quick_races_only=EDGES,
        spared=True,
    ),
    Lane(
        name="mariadb",
        select="(not slow and not upgrade or upgrade(everywhere=True))"
        f" and not killed and not postgres and not redis and not browser and not docs and {STOCK}",
        needs=mariadb,
        session="lowest",
        database_only=True,
        whole=True,
        arguments=_without(WITHOUT_VERSION),
        optional=True,
        spared=True,
    ),
    Lane(
        name="versions",
        properties=True,
        select=f"not race and not postgres and not redis and not browser and not slow and not docs and {STOCK}",
        needs=sqlite,
        arguments=_without(WITHOUT_VERSION),
        optional=True,
    ),
    # Of one process, the longest first: the others run beside them.
    Lane(name="browser2", select="browser", needs=browser, workers=0, arguments=BROWSER_BESIDE),
    Lane(
        name="browser",
        select="browser",
        needs=browser,
        workers=0,
        arguments=("tests/browser", *(f"--ignore={path}" for path in BROWSER_BESIDE)),
    ),
    Lane(name="clients", select="extras", needs=postgres, workers=0, arguments=("tests/clients",)),
    Lane(name="extras", select="extras", needs=extras, workers=0, arguments=("tests/tooling",)),
    Lane(name="redis", select="redis", needs=redis_server, workers=0, arguments=("tests/tasks",), measured=True),
    Lane(name="rabbitmq", select="redis", needs=rabbitmq, workers=0, arguments=("tests/tasks",), optional=True),
    Lane(
        name="minimal",
        select="minimal",
        needs=sqlite,
        workers=0,
        arguments=("tests/projects/minimal", "--ds", "tests.projects.minimal.settings"),
        measured=True,
    ),
    Lane(
        name="headless",
        select="headless",
        needs=sqlite,
        workers=0,
        arguments=("tests/projects/headless", "--ds", "tests.projects.headless.settings"),
        measured=True,
    ),
    Lane(
        name="replaced_own",
        select="not slow",
        needs=sqlite,
        workers=0,
        arguments=("tests/replaced", "--ds", "tests.projects.replaced.settings"),
        optional=True,
    ),
    Lane(
        name="sidecars",
        select="sidecars",
        needs=sqlite,
        workers=0,
        arguments=("tests/sidecars", "--ds", "tests.projects.sidecars.settings"),
    ),
)


def run(lane: Lane, arguments: list[str], *, demanded: bool, coverage: bool, reports: Path, traces: Path) -> Result:
    """Run one lane to its end, or say why it can't run."""
    try:
        python, environment = lane.python(), {**_compiled(), **lane.needs()}
    except Missing as missing:
        return Result(name=lane.name, failed=int(demanded), ran=False, note=str(missing))
    environment |= {"COVERAGE_FILE": str(ROOT / f".coverage.{lane.name}"), **lane.environment()}
    environment |= variables_of_traces(lane, traces)
    report = reports / f"lane-{lane.name}.xml"
    # Begun before pytest, so that what Django imports at its start counts, too.
    command = [python, "-m", *(["coverage", "run", "-m"] if coverage and lane.measured else []), "pytest", "-q"]
    command += ["-m", lane.select, f"--junitxml={report}", *SLOWEST, *lane.arguments]
    head = f"\n── {lane.name} " + "─" * 60
    start = time.monotonic()
    if lane.workers:
        print(head, flush=True)
        # A worker that has nothing left takes over from the other: the long tests are not spread evenly.
        code, cpu = _call([*command, "-n", str(lane.workers), "--dist", "worksteal", *arguments], environment)
    else:
        environment["PYTEST_DB_SUFFIX"] = "_".join(filter(None, (environment.get("PYTEST_DB_SUFFIX"), lane.name)))
        with tempfile.TemporaryFile("w+") as output:
            code, cpu = _call([*command, *arguments], environment, output)
            output.seek(0)
            print(f"{head}\n{output.read()}", end="", flush=True)
    seconds = time.monotonic() - start
    if code == NO_TESTS:
        return Result(name=lane.name, failed=int(demanded), seconds=seconds, cpu=cpu, note="no test is selected")
    passed, failed = count(report)
    failed = max(failed, int(code != 0))
    note = "" if code in {0, 1} else f"pytest ended with {code}"
    return Result(name=lane.name, passed=passed, failed=failed, seconds=seconds, cpu=cpu, note=note)


def variables_of_traces(lane: Lane, folder: Path) -> dict[str, str]:
    """The variables for the traces of tests: where the lane writes them, and where those are that it is spared by."""
    folders = {other.name: folder / other.name for other in LANES if other.traced}
    if lane.traced:
        folders[lane.name].mkdir(parents=True, exist_ok=True)
    written = [str(path) for path in folders.values() if path.exists()] if lane.spared else []
    return {
        "TRADEPOST_TEST_TRACES": str(folders[lane.name]) if lane.traced else "",
        "TRADEPOST_TEST_SPARED_BY": os.pathsep.join(written),
    }


def _compiled() -> dict[str, str]:
    """This environment, in which Python keeps what it compiles: each of hundreds of processes would take seconds to do it anew.

    Where the user wants no such files in the sources, they stay in a folder of their own.
    """
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(BYTECODE))
    return environment


def _call(command: list[str], environment: dict[str, str], output: IO[str] | None = None) -> tuple[int, float]:
    """The exit code of a command and its seconds of processors; one that hangs is ended together with its children."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, stdout=output, stderr=output and subprocess.STDOUT
    )
    limit = threading.Timer(LIMIT, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    RUNNING.add(process.pid)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        limit.cancel()
    RUNNING.discard(process.pid)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode == -signal.SIGKILL:
        print(f"stopped after {LIMIT} seconds", file=output, flush=True)
    return process.returncode, usage.ru_utime + usage.ru_stime


def run_all(lanes: list[Lane], run_one: Callable[[Lane], Result]) -> list[Result]:
    """Run lanes that keep all processors busy one after the other, and those of one process beside each other after them."""
    wide = [lane for lane in lanes if lane.workers]
    narrow = [lane for lane in lanes if not lane.workers]
    with ThreadPoolExecutor(BESIDE) as pool:
        try:
            results = {lane.name: run_one(lane) for lane in wide}
            results |= dict(zip((lane.name for lane in narrow), pool.map(run_one, narrow), strict=True))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for group in tuple(RUNNING):
                os.killpg(group, signal.SIGKILL)
            raise
    return [results[lane.name] for lane in lanes]


def count(report: Path) -> tuple[int, int]:
    """Passed and failed tests of a JUnit report; an error in a fixture is a failure, a skipped test is neither."""
    if not report.exists():
        return 0, 0
    passed = failed = 0
    for case in ET.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" not in kinds:
            passed += 1
    return passed, failed


def table(results: list[Result]) -> str:
    """The summary for people; the last line is for machines."""
    rows = [f"{'lane':<10} {'passed':>7} {'failed':>7} {'seconds':>8} {'cpu':>8}"]
    for r in results:
        if r.ran:
            rows.append(f"{r.name:<10} {r.passed:>7} {r.failed:>7} {r.seconds:>8.1f} {r.cpu:>8.1f}  {r.note}".rstrip())
        else:
            rows.append(f"{r.name:<10} {'DEMANDED, but' if r.failed else 'left out:'} {r.note}")
    total = f"{sum(r.passed for r in results)} passed, {sum(r.failed for r in results)} failed"
    return "\n".join(["", *rows, "", total])


def measure() -> int:
    """Put the lanes' coverage together, and fail below the floor in pyproject.toml."""
    files = [str(path) for path in ROOT.glob(".coverage.*")]
    subprocess.run([sys.executable, "-m", "coverage", "combine", *files], cwd=ROOT, check=True)
    return subprocess.run([sys.executable, "-m", "coverage", "report"], cwd=ROOT, check=False).returncode


def main() -> int:
    """Read the command line, run the lanes one after the other, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [lane.name for lane in LANES]
    parser.add_argument("--demand", default=os.environ.get("TRADEPOST_DEMAND_LANES", ""), help="all, or names by comma")
    parser.add_argument("--only", default="", help="names by comma")
    measured, spread = (bool(os.environ.get(f"TRADEPOST_{name}")) for name in ("COVERAGE", "SPREAD_LANES"))
    parser.add_argument("--coverage", action="store_true", default=measured, help="measure src/ over all lanes")
    parser.add_argument("--spread", action="store_true", default=spread, help="each on the version that it has in CI")
    parser.add_argument("--reports", default=os.environ.get("TRADEPOST_REPORTS"), help="folder for JUnit reports")
    options, arguments = parser.parse_known_args()
    demanded = set(filter(None, options.demand.split(",")))
    usual = {lane.name for lane in LANES if not lane.optional}
    demanded |= usual if "all" in demanded else set()
    demanded.discard("all")
    only = set(options.only.split(",")) if options.only else usual | demanded
    if unknown := sorted((demanded | only) - set(names)):
        parser.error(f"unknown lanes {unknown}; there are {names}")
    shutil.rmtree(BYTECODE / tempfile.gettempdir().lstrip("/"), ignore_errors=True)  # of files that are gone
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(options.reports or folder).resolve()
        reports.mkdir(parents=True, exist_ok=True)
        lanes = [lane if demanded or options.only else lane.quick() for lane in LANES if lane.name in only]
        results = run_all(
            [lane.spread() if options.spread else lane for lane in lanes],
            lambda lane: run(
                lane,
                arguments,
                demanded=lane.name in demanded,
                coverage=options.coverage,
                reports=reports,
                traces=Path(folder) / "traces",
            ),
        )
    if options.coverage and measure() != 0:
        results.append(Result(name="coverage", failed=1, note="below the floor in pyproject.toml"))
    print(table(results), flush=True)
    return int(any(r.failed for r in results))


if __name__ == "__main__":
    sys.exit(main())
