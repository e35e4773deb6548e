"""Measure the shop on SQLite and PostgreSQL, and fail where more queries are sent than the design allows, or than were recorded.

    python -m benchmarks [--database URL] [--quick] [--products N] [--buyers N] [--json FILE] [--record]

Without ``--database`` it runs on SQLite, and on PostgreSQL where a server answers (``TRADEPOST_DEMAND_LANES=all``: one must).
The database is made for the run and dropped after it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.lanes import Missing, postgres

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", metavar="URL", help="sqlite:// or postgres://…; only this one")
    parser.add_argument("--quick", action="store_true", help="few goods, buyers and runs")
    parser.add_argument("--products", type=int, help="150 or more")
    parser.add_argument("--buyers", type=int, help="twice as many as there are units")
    parser.add_argument("--runs", type=int, help="of each operation; the median counts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")
    parser.add_argument("--record", action="store_true", help="write down how many statements each operation sends")
    options = parser.parse_args()
    sizes = (200, 20, 3) if options.quick else (2000, 200, 9)
    for name, size in zip(("products", "buyers", "runs"), sizes, strict=True):
        setattr(options, name, getattr(options, name) or size)
    if options.products < 150 or options.buyers % 2:
        parser.error("--products takes 150 or more, --buyers an even number")
    return options


def everywhere(options: argparse.Namespace) -> int:
    """Run on each database, in a process of its own, since Django has one for each."""
    urls, failed = {"SQLite": "sqlite://"}, False
    try:
        urls["PostgreSQL"] = postgres()["DATABASE_URL"]
    except Missing as missing:
        failed = os.environ.get("TRADEPOST_DEMAND_LANES", "") == "all"
        print(f"PostgreSQL {'is demanded, but' if failed else 'is left out:'} {missing}")
    reports: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, url in urls.items():
            file = Path(folder) / f"{name}.json"
            command = [sys.executable, "-m", "benchmarks", "--database", url, "--json", str(file)]
            command += [f"--{key}={getattr(options, key)}" for key in ("products", "buyers", "runs")]
            command += ["--record"] if options.record else []
            failed |= subprocess.run(command, cwd=ROOT, check=False).returncode != 0
            reports += json.loads(file.read_text()) if file.exists() else []
    if options.json:
        options.json.write_text(json.dumps(reports, indent=1))
    return int(failed)


def one(options: argparse.Namespace) -> int:
    """Run on the database that was named."""
    os.environ["DATABASE_URL"] = "" if options.database == "sqlite://" else options.database
    os.environ["PYTEST_DB_SUFFIX"] = f"{os.environ.get('PYTEST_DB_SUFFIX', '')}benchmarks"
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    from . import statements
    from .running import run

    report = run(products=options.products, buyers=options.buyers, runs=options.runs)
    if options.record:
        statements.record([report.as_dict()])
    failures = [*report.failures, *statements.grown(report.as_dict())]
    print(f"\n── {report.database}, {options.products} products\n\n{report.text()}")
    if options.json:
        options.json.write_text(json.dumps([report.as_dict()], indent=1))
    for failure in failures:
        print(f"FAILED: {failure}")
    if report.failures:
        print(report.slow_statements())
    return int(bool(failures))


if __name__ == "__main__":
    given = arguments()
    sys.exit(one(given) if given.database else everywhere(given))
