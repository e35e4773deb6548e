"""One run on one database."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from . import cases, doors
from .crowd import DOORS, rush
from .measuring import Case, Measurement, measure
from .report import Report
from .shop import fill
from .staff_wait import staff_wait
from .totals import random_rate, rate

__all__ = ["run"]


def run(*, products: int, buyers: int, runs: int) -> Report:
    """Make a database, fill it, measure, drop it."""
    with _database():
        _tell(f"{products} products")
        shop = fill(products)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        entries = [
            *_measured(cases.cases(shop), runs),
            *_measured(doors.by_api(shop), runs),
            *_measured(doors.by_storefront(shop), runs),
        ]
        seconds = min(2.0, runs / 4)
        rates = [*(rate(shop, lines, seconds=seconds) for lines in cases.LINES), random_rate(seconds=seconds)]
        crowds = []
        for through in DOORS:
            _tell(f"{buyers} buyers through {through}")
            crowds.append(rush(shop, through, buyers=buyers, units=buyers // 2))
        _tell("staff change prices while orders are placed")
        wait = staff_wait(shop, orders=buyers)
        return Report(connection.display_name, entries, rates, crowds, wait)


def _measured(cases: Iterable[Case], runs: int) -> Iterator[Measurement]:
    for case in cases:
        _tell(f"{case.operation} through {case.through}, {case.rows}")
        yield measure(case, runs=runs)


@contextmanager
def _database() -> Iterator[None]:
    own = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


def _tell(text: str) -> None:
    """One line that the next one overwrites, where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
