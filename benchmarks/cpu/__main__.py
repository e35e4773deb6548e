"""Processor time of each operation, of worker and PostgreSQL, beside other shops in one run.

    python -m benchmarks.cpu [--database URL] [--products N] [--rounds N] [--against REVISION|release] [--peers] [--json FILE]

``--against`` takes a second build of ours, and fails where an operation costs more than 1.25 times what it did, twice;
``release`` is the last tag. ``--peers`` installs django-salesman, beside our API, and django-oscar, beside our storefront,
from the package index. PostgreSQL must run on this machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from tests.lanes import Missing, postgres

from .builds import earlier, last_release, oscar, ours, salesman
from .comparison import Row, compare, table
from .operations import OPERATIONS, Salesman, Shop, Tradepost
from .pages import Oscar, Storefront
from .sites import Kind, Site, running

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
    parser.add_argument("--peers", action="store_true", help="beside django-salesman and django-oscar")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")
    return parser.parse_args()


def measure(options: argparse.Namespace, revision: str | None) -> list[Row]:
    """Start the shops, and measure them in turn; once more, for longer, where an operation seems to have become dearer."""
    server = options.database or postgres()["DATABASE_URL"]
    with ExitStack() as stack:

        def start(kind: Kind) -> Site:
            return stack.enter_context(running(kind, server, options.products))

        site = start(ours())
        shops: dict[Site, Shop] = {site: Tradepost(site)}
        if revision:
            site = start(stack.enter_context(earlier(revision)))
            shops[site] = Tradepost(site)
        if options.peers:
            shops[replace(next(iter(shops)), name="storefront")] = Storefront(next(iter(shops)))
            for peer, shop in ((salesman, Salesman), (oscar, Oscar)):
                site = start(stack.enter_context(peer()))
                shops[site] = shop(site)
        rows = {row.operation: row for row in _reported(compare(shops, options.rounds))}
        again = [operation for operation in OPERATIONS if _is_dearer(rows[operation.name])]
        rows |= {row.operation: row for row in _reported(compare(shops, 2 * options.rounds, again))}
        return list(rows.values())


def _reported(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each named as soon as it is measured."""
    for row in rows:
        print(f"· {row.operation}", file=sys.stderr)
        yield row


def _is_dearer(row: Row) -> bool:
    return "earlier" in row.costs and row.costs["tradepost"].total > MORE * row.costs["earlier"].total


def main() -> int:
    """Print the table; 1 where an operation became dearer."""
    options = arguments()
    revision = last_release() if options.against == "release" else options.against
    if options.against == "release" and revision is None:
        print("There is no tag of a release before this commit, so processor time is compared with nothing.")
        return 0
    try:
        rows = measure(options, revision)
    except Missing as missing:
        print(f"PostgreSQL is needed: {missing}")
        return 1
    print(f"\n{options.products} products, ms on a processor for one act: worker + PostgreSQL\n\n{table(rows)}")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    dearer = [row for row in rows if _is_dearer(row)]
    for row in dearer:
        costs = row.costs
        print(f"FAILED: {row.operation}: {costs['tradepost'].total:.2f} ms, {costs['earlier'].total:.2f} ms before")
    return int(bool(dearer))


if __name__ == "__main__":
    sys.exit(main())
