"""Where points and bars of a chart stand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradepost.core.pages.charts import (
    Bar,
    bars,
    round_top,
    steps,
)


def test_a_value_holds_until_the_next() -> None:
    """From bottom to top, over the whole width; the last point ends the line."""
    points = [(0, Decimal(10)), (50, Decimal(20)), (100, Decimal(20))]

    assert steps(points, width=200, height=100) == ["0,100 100,100 100,0 200,0 200,0"]


def test_a_gap_ends_a_line() -> None:
    """Where nothing holds there is none."""
    points = [(0, Decimal(10)), (25, None), (75, Decimal(10)), (100, Decimal(10))]

    assert steps(points, width=100, height=100) == ["0,50 25,50", "75,50 100,50 100,50"]


def test_nothing_is_drawn_of_nothing() -> None:
    """No points, no values, or all of them at one moment."""
    assert steps([(1, Decimal(1)), (1, Decimal(2))], width=9, height=9) == []
    assert steps([(1, None), (2, None)], width=9, height=9) == []


def test_bars_share_the_width() -> None:
    """The greatest has the whole height; below zero is none."""
    result = bars([Decimal(5), Decimal(10), Decimal(-1)], width=90, height=100)

    assert result == [Bar(0, 50, 28, 50), Bar(30, 0, 28, 100), Bar(60, 100, 28, 0)]
    assert bars([], width=90, height=100) == []
    assert bars([Decimal(0)], width=90, height=100) == [Bar(0, 100, 88, 0)]


@pytest.mark.parametrize(
    ("values", "top"),
    [([], 2), ([0, 1], 2), ([3], 4), ([5], 6), ([7], 8), ([9], 10), ([10], 10), ([11], 20), ([61], 80), ([2001], 4000)],
)
def test_the_top_of_an_axis_is_round(values: list[int], top: int) -> None:
    """At or above all values, and so is its half."""
    assert round_top([Decimal(value) for value in values]) == top
