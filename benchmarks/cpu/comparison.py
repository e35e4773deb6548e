"""Measure the same acts on several shops in one run, a round of each in turn, so that a busy machine is busy for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .operations import OPERATIONS, Act, Operation, Shop
from .sites import Site

__all__ = ["Cost", "Row", "compare", "table"]

WARM_UP = 3
PAIRS = (("tradepost", "earlier"), ("tradepost", "salesman"), ("storefront", "oscar"))
"""Kinds of answers that are alike: answers of an API, and pages."""
AT_ONCE = 5
"""Acts between two readings of the clocks, which the scheduler moves on by its ticks."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds on a processor for one act; the median of the rounds."""

    worker: float
    database: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.worker + self.database


@dataclass(frozen=True, slots=True)
class Row:
    """One operation on each shop; without a cost where the shop can't do it."""

    operation: str
    costs: Mapping[str, Cost]


def compare(shops: Mapping[Site, Shop], rounds: int, operations: Sequence[Operation] = OPERATIONS) -> Iterator[Row]:
    """Measure operations on every shop.

    Args:
        rounds: Of some acts each, on each shop in turn.
    """
    for operation in operations:
        spent: dict[Site, list[Cost]] = {site: [] for site in shops}
        for shop in shops.values():
            for act in _ready(operation, shop, WARM_UP):
                act()
        for _ in range(rounds):
            for site, shop in shops.items():
                spent[site].append(_cost(site, _ready(operation, shop, AT_ONCE)))
        yield Row(operation.name, {site.name: _middle(costs) for site, costs in spent.items()})


def table(rows: Sequence[Row]) -> str:
    """Milliseconds of worker + database of each shop, and the ratios of those that are compared."""
    names = tuple(rows[0].costs)
    pairs = [(mine, other) for mine, other in PAIRS if mine in names and other in names]
    head = f"{'operation':<20}" + "".join(f"{name:>20}" for name in names)
    lines = [head + "".join(f"{f'{mine} ÷ {other}':>24}" for mine, other in pairs)]
    for row in rows:
        cells = "".join(f"{row.costs[name].worker:>13.2f} +{row.costs[name].database:>5.2f}" for name in names)
        ratios = "".join(f"{row.costs[mine].total / row.costs[other].total:>24.2f}" for mine, other in pairs)
        lines.append(f"{row.operation:<20}{cells}{ratios}")
    return "\n".join(lines)


def _ready(operation: Operation, shop: Shop, times: int) -> list[Act]:
    if operation.writes:
        return [operation.prepare(shop) for _ in range(times)]
    return [operation.prepare(shop)] * times


def _cost(site: Site, acts: Sequence[Act]) -> Cost:
    before = site.spent()
    for act in acts:
        act()
    after = site.spent()
    worker, database = ((end - start) / len(acts) / 1e6 for start, end in zip(before, after, strict=True))
    return Cost(worker, database)


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.worker for cost in costs), median(cost.database for cost in costs))
