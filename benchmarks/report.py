"""Results, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .crowd import Crowd
from .measuring import Measurement
from .staff_wait import StaffWait
from .totals import TARGET, Rate

__all__ = ["Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """Of one database."""

    database: str
    measurements: Sequence[Measurement]
    rates: Sequence[Rate]
    crowds: Sequence[Crowd]
    wait: StaffWait

    @property
    def failures(self) -> list[str]:
        """Failures: a budget that is exceeded, a unit that is sold twice or not at all."""
        over = [
            f"{m.operation} through {m.through} with {m.rows}: {m.queries} queries, {m.budget} are allowed"
            for m in self.measurements
            if m.is_over
        ]
        return over + [
            f"{_name(c)}: {c.outcomes}, {c.orders} orders, {c.reserved} reserved" for c in _wrong(self.crowds)
        ]

    def text(self) -> str:
        """Tables."""
        rows = [f"{'operation':<24} {'through':<11} {'rows':>5} {'queries':>8} {'budget':>7} {'ms':>9}"]
        for m in self.measurements:
            budget = "" if m.budget is None else str(m.budget)
            mark = "  over" if m.is_over else ""
            rows.append(
                f"{m.operation:<24} {m.through:<11} {m.rows:>5} {m.queries:>8} {budget:>7} {m.milliseconds:>9.1f}{mark}"
            )
        rows += ["", f"totals alone, baskets a minute (at least {TARGET:,} is the aim)"]
        rows += [f"  {rate.name:>34}: {rate.a_minute:>9,}" for rate in self.rates]
        rows += ["", "buyers at once"]
        rows += [
            f"  {_name(c)}: {c.outcomes}, {c.seconds:.1f} s, {c.buyers / c.seconds:.0f} a second" for c in self.crowds
        ]
        wait = self.wait
        rows += ["", "staff change a price while orders are placed"]
        rows += [
            f"  {wait.middle:.0f} ms, {wait.longest:.0f} at most, of {wait.changes}; {wait.alone:.0f} while nobody buys"
        ]
        rows += [f"  placing an order took {wait.order:.0f} ms meanwhile"]
        return "\n".join(rows)

    def slow_statements(self) -> str:
        """The statements of each operation that is over its budget."""
        entries = []
        for m in self.measurements:
            if m.is_over:
                entries += ["", f"{m.operation} through {m.through} with {m.rows}:"]
                entries += [f"  {number:>3} {sql[:160]}" for number, sql in enumerate(m.statements, 1)]
        return "\n".join(entries)

    def as_dict(self) -> dict[str, Any]:
        """For a file; statements are left out."""
        measured = [{k: v for k, v in asdict(m).items() if k != "statements"} for m in self.measurements]
        return {
            "database": self.database,
            "measurements": measured,
            "rates": [asdict(rate) for rate in self.rates],
            "crowds": [asdict(crowd) for crowd in self.crowds],
            "staff_wait": asdict(self.wait),
            "failures": self.failures,
        }


def _wrong(crowds: Sequence[Crowd]) -> list[Crowd]:
    return [crowd for crowd in crowds if not crowd.is_right]


def _name(crowd: Crowd) -> str:
    return f"{crowd.buyers} for {crowd.units} through {crowd.through}"
