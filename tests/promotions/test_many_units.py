"""Thousands of units cost no more work than a few: those that are worth the same are reckoned together."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from tests.basket.calculations import ALL, d, line, promotion, total
from tradepost.core import money
from tradepost.promotions.rules import Benefit, BundlePrice, BuyGet, CheapestFree, FreeGift, PercentageOff


@pytest.mark.parametrize(
    ("benefit", "rest"),
    [
        (CheapestFree("lines", ALL, 3), "1998000.00"),
        (BuyGet("lines", ALL, 2, 1), "1998000.00"),
        (BundlePrice("lines", ALL, 3, d("20.00"), "EUR"), "1998000.00"),
        (FreeGift("lines", ALL, 1000), "2987000.00"),
        (PercentageOff("lines", ALL, d(50), 1000), "2992000.00"),
    ],
)
def test_three_hundred_lines_of_999(benefit: Benefit, rest: str) -> None:
    """299,700 units of 10.00; the steps of the calculation are counted, not its time."""
    lines = [line("10.00", 999, sku=f"SKU-{number:03}") for number in range(300)]
    steps = 0

    def step(frame: object, event: str, arg: object) -> None:
        nonlocal steps
        steps += event == "call"

    sys.setprofile(step)
    try:
        totals = total(*lines, promotions=[promotion(benefit, uses_units=True)])
    finally:
        sys.setprofile(None)

    assert totals.total == d(rest)
    assert steps < 299_700


@pytest.mark.parametrize(("amount", "count"), [("10.00", 3), ("0.02", 5), ("0.00", 4), ("9.99", 999), ("7.00", 7)])
def test_portions_are_what_allocate_gives(amount: str, count: int) -> None:
    """In lots."""
    lots = money.portions(d(amount), count, currency="EUR")

    assert sorted(part for part, number in lots for _ in range(number)) == sorted(
        money.allocate(d(amount), [1] * count, currency="EUR")
    )
    assert sum((part * number for part, number in lots), Decimal(0)) == d(amount)
