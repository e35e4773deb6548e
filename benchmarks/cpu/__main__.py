"""Processor time of each operation, of worker and PostgreSQL, beside other shops in one run.

    python -m benchmarks.cpu [--database URL] [--products N] [--rounds N] [--against REVISION|release] [--peers] [--json FILE]

``--against`` takes a second build of ours, and fails where an operation costs more than 1.25 times what it did; ``release``
is the last tag. ``--peers`` installs django-salesman from the package index. PostgreSQL must run on this machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from tests.lanes import Missing, postgres

from .builds import earlier, last_release, ours, salesman
from .comparison import Row, compare, table
from .operations import Salesman, Shop, Tradepost
from .sites import Site, running

MORE = 1.25
"""A build may cost so many times what the earlier one did: less than that is the noise of a busy machine."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cpu", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", metavar="URL", help="postgres://… of a server on this machine")
    parser.add_argument("--products", type=int, default=10_000, help="9,600 or more, for the deep page")
    parser.add_argument("--rounds", type=int, default=20, help="of five acts each; their median counts")
    parser.add_argument("--against", metavar="REVISION", help="a commit, or “release” for the last tag")
    parser.add_argument("--peers", action="store_true", help="beside django-salesman")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")
    return parser.parse_args()


def measure(options: argparse.Namespace, revision: str | None) -> list[Row]:
    """Start the shops, and measure them in turn."""
    server = options.database or postgres()["DATABASE_URL"]
    with ExitStack() as stack:
        kinds = [(ours(), Tradepost)]
        if revision:
            kinds.append((stack.enter_context(earlier(revision)), Tradepost))
        if options.peers:
            kinds.append((stack.enter_context(salesman()), Salesman))  # type: ignore[arg-type]
        shops: dict[Site, Shop] = {}
        for kind, shop in kinds:
            site = stack.enter_context(running(kind, server, options.products))
            shops[site] = shop(site)
        rows = []
        for row in compare(shops, options.rounds):
            print(f"· {row.operation}", file=sys.stderr)
            rows.append(row)
        return rows


def dearer(rows: list[Row]) -> list[str]:
    """Operations that cost too much more than in the earlier build."""
    return [
        f"{row.operation}: {row.costs['tradepost'].total:.2f} ms, {row.costs['earlier'].total:.2f} ms before"
        for row in rows
        if "earlier" in row.costs and row.costs["tradepost"].total > MORE * row.costs["earlier"].total
    ]


def main() -> int:
    """Print the table; 1 where an operation became dearer."""
    options = arguments()
    revision = last_release() if options.against == "release" else options.against
    if options.against == "release" and revision is None:
        print("No release is tagged yet, so there is none to compare with.")
        return 0
    try:
        rows = measure(options, revision)
    except Missing as missing:
        print(f"PostgreSQL is needed: {missing}")
        return 1
    print(
        f"\n{options.products} products, ms on a processor for one act: worker + PostgreSQL\n\n{table(rows, 'tradepost')}"
    )
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    failures = dearer(rows)
    for failure in failures:
        print(f"FAILED: {failure}")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
