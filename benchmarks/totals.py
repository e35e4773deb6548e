"""How many baskets a minute the calculation of totals takes, without the database."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tradepost.basket.calculation import calculate
from tradepost.basket.totals.loader import load
from tradepost.checkout.view import checkout_of, terms_of

from .random_baskets import random_baskets
from .shop import Shop

__all__ = ["TARGET", "Rate", "random_rate", "rate"]

TARGET = 10_000  # baskets a minute, on one core


@dataclass(frozen=True, slots=True)
class Rate:
    """Baskets a minute; of random ones ``lines`` is zero."""

    lines: int
    a_minute: int

    @property
    def name(self) -> str:
        """The name of the calculation."""
        return f"{self.lines} lines" if self.lines else "random, 1 to 8 lines, no two alike"


def rate(shop: Shop, lines: int, *, seconds: float) -> Rate:
    """Calculate the totals of one basket again and again."""
    basket = shop.basket(lines)
    loaded = load(basket, terms_of(basket, checkout_of(basket)), shipping=True)
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        calculate(loaded.snapshot, loaded.rules)
        done += 1
    return Rate(lines, round(done / passed * 60))


def random_rate(*, seconds: float) -> Rate:
    """Calculate the totals of random baskets; making them isn't measured."""
    entries = list(random_baskets(1000))
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        calculate(*entries[done % len(entries)])
        done += 1
    return Rate(0, round(done / passed * 60))
