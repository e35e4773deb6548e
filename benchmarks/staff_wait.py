"""How long staff wait for a change of a price while orders are placed: placing keeps changes out until it has committed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median

from django.db import connections

from tradepost.basket.base import AbstractBasket
from tradepost.checkout.services import Visit
from tradepost.checkout.services.prepare import prepare
from tradepost.pricing.models import Price

from .shop import Shop

__all__ = ["StaffWait", "staff_wait"]

BUYERS = 4
PAUSE = 0.02  # seconds between two changes


@dataclass(frozen=True, slots=True)
class StaffWait:
    """Milliseconds that a change took, transaction and all.

    Attributes:
        alone: The median while nobody buys.
        middle: The median while orders are placed.
        order: The median of placing an order meanwhile: a change waits for those that have begun, so compare with it.
    """

    changes: int
    alone: float
    middle: float
    longest: float
    order: float


def staff_wait(shop: Shop, *, orders: int) -> StaffWait:
    """Change a price again and again while so many orders are placed in four threads."""
    variant = shop.hot_variant(orders)
    baskets = [shop.hot_basket(variant) for _ in range(orders)]
    price = Price.objects.get(variant=variant)
    alone = [_change(price) for _ in range(20)]
    is_over, waits = threading.Event(), list[float]()

    def change_prices() -> None:
        try:
            while not is_over.wait(PAUSE):
                waits.append(_change(price))
        finally:
            connections.close_all()

    staff = threading.Thread(target=change_prices)
    staff.start()
    with ThreadPoolExecutor(BUYERS) as pool:
        placed = [ms for times in pool.map(_buy, [baskets[n::BUYERS] for n in range(BUYERS)]) for ms in times]
    is_over.set()
    staff.join()
    return StaffWait(len(waits), median(alone), median(waits or [0.0]), max(waits, default=0.0), median(placed))


def _buy(baskets: list[AbstractBasket]) -> list[float]:
    try:
        return [_milliseconds(partial(prepare, basket, Visit())) for basket in baskets]
    finally:
        connections.close_all()


def _change(price: Price) -> float:
    return _milliseconds(price.save)


def _milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000
