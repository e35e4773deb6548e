"""Measure the same acts on several shops in one run, a round of each in turn, so that a busy machine is busy for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .operations import OPERATIONS, Act, Operation, Shop
from .sites import Site

__all__ = ["Cost", "Row", "compare", "table"]

WARM_UP = 3
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


def compare(shops: Mapping[Site, Shop], rounds: int) -> Iterator[Row]:
    """Measure every operation on every shop.

    Args:
        rounds: Of some acts each, on each shop in turn.
    """
    for operation in OPERATIONS:
        spent: dict[Site, list[Cost]] = {site: [] for site in shops}
        for shop in shops.values():
            for act in _ready(operation, shop, WARM_UP):
                act()
        for _ in range(rounds):
            for site, shop in shops.items():
                spent[site].append(_cost(site, _ready(operation, shop, AT_ONCE)))
        yield Row(operation.name, {site.name: _middle(costs) for site, costs in spent.items()})


def table(rows: Sequence[Row], ours: str) -> str:
    """Milliseconds of worker + database, and ours in relation to each other shop."""
    others = [name for name in rows[0].costs if name != ours]
    head = f"{'operation':<20}" + "".join(f"{name:>20}" for name in (ours, *others))
    lines = [head + "".join(f"{'÷ ' + name:>14}" for name in others)]
    for row in rows:
        mine = row.costs[ours]
        cells = "".join(f"{row.costs[n].worker:>13.2f} +{row.costs[n].database:>5.2f}" for n in (ours, *others))
        ratios = "".join(f"{mine.total / row.costs[n].total:>14.2f}" for n in others)
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
