"""Small charts as SVG: where points and bars stand. Templates draw them, with a table of the same numbers beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Bar", "bars", "round_top", "steps"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart, in the units of its ``viewBox``."""

    x: int
    y: int
    width: int
    height: int


def steps(points: Sequence[tuple[int, Decimal | None]], *, width: int, height: int) -> list[str]:
    """A line that holds each value until the next, as ``points`` of a polyline; several where there are gaps.

    Args:
        points: Where (ascending) and what; ``None`` where nothing holds. The last one ends the line.
        width: Of the chart, in the units of its ``viewBox``.
        height: The same; the lowest value stands at the bottom, zero only where it is the lowest.
    """
    values = [value for _at, value in points if value is not None]
    if not values or points[-1][0] == points[0][0]:
        return []
    least, most = min(values), max(values)
    whole, span = points[-1][0] - points[0][0], most - least
    lines: list[list[str]] = []
    before: Decimal | None = None
    for at, value in points:
        x = (at - points[0][0]) * width // whole
        if before is not None:
            lines[-1].append(f"{x},{_y(before - least, span, height)}")
        if value is not None:
            if before is None:
                lines.append([])
            lines[-1].append(f"{x},{_y(value - least, span, height)}")
        before = value
    return [" ".join(line) for line in lines]


def round_top(values: Sequence[Decimal]) -> Decimal:
    """A round number at or above all values, whose half is round as well: the top of an axis. At least two."""
    most = max([Decimal(2), *values])
    power = Decimal(10) ** (most.adjusted())
    return next(
        step * power
        for step in (Decimal(1), Decimal(2), Decimal(4), Decimal(6), Decimal(8), Decimal(10))
        if step * power >= most
    )


def bars(values: Sequence[Decimal], *, width: int, height: int, gap: int = 2, top: Decimal | None = None) -> list[Bar]:
    """A bar for each value, from zero up; what is below zero has no height.

    Args:
        top: The value of a bar as high as the chart; the greatest by default.
    """
    most = max([Decimal(0), *values]) if top is None else top
    room = width // max(len(values), 1)
    return [
        Bar(x=number * room, y=height - tall, width=max(room - gap, 1), height=tall)
        for number, value in enumerate(values)
        for tall in (int(max(value, Decimal(0)) * height / most) if most else 0,)
    ]


def _y(above: Decimal, span: Decimal, height: int) -> int:
    return height - int(above * height / span) if span else height // 2
