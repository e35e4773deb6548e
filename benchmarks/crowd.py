"""Many buyers for few units of one product, at once: none is sold twice, and none is left over."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

from django.db import connections
from django.test import Client

from tradepost.basket.base import AbstractBasket
from tradepost.checkout import services as checkout
from tradepost.checkout.view import look
from tradepost.core.errors import TradepostError
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders.models import OrderLine

from .doors import place_by_api, place_by_storefront
from .shop import Shop

__all__ = ["DOORS", "Crowd", "rush"]

THREADS = 16
Place = Callable[[AbstractBasket, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How it went: outcomes by name, and what the database says."""

    through: str
    buyers: int
    units: int
    outcomes: dict[str, int]
    orders: int
    reserved: int
    seconds: float

    @property
    def is_right(self) -> bool:
        """Each unit was sold once, and each other buyer told that it is sold out."""
        refused = self.buyers - self.units
        expected = {"confirmed": self.units, **({"out_of_stock": refused} if refused else {})}
        return self.outcomes == expected and self.orders == self.reserved == self.units


def _by_services(basket: AbstractBasket, total: str) -> str:
    visit = checkout.Visit(expected_total=Decimal(total), expected_currency=basket.currency)
    return str(checkout.complete(basket, visit).order.status)


DOORS: dict[str, Place] = {
    "services": _by_services,
    "api": lambda basket, total: place_by_api(Client(), basket, total),
    "storefront": lambda basket, total: place_by_storefront(Client(), basket, total),
}


def rush(shop: Shop, through: str, *, buyers: int, units: int) -> Crowd:
    """Let so many buyers, each with a basket of their own, place an order for one of so many units."""
    variant = shop.hot_variant(units)
    baskets = [shop.hot_basket(variant) for _ in range(buyers)]
    total = str(look(baskets[0]).totals.total)
    start = time.perf_counter()
    outcomes = _together(DOORS[through], baskets, total)
    seconds = time.perf_counter() - start
    held = Reservation.objects.filter(variant=variant).values_list("quantity", flat=True)
    level = StockLevel.objects.get(variant=variant)
    return Crowd(
        through=through,
        buyers=buyers,
        units=units,
        outcomes=outcomes,
        orders=OrderLine.objects.filter(variant=variant).values("order").distinct().count(),
        reserved=level.reserved if level.reserved == sum(held) else -1,
        seconds=seconds,
    )


def _together(place: Place, baskets: Sequence[AbstractBasket], total: str) -> dict[str, int]:
    def buy(basket: AbstractBasket) -> str:
        try:
            return place(basket, total)
        except TradepostError as refusal:
            return refusal.code
        except Exception as error:  # noqa: BLE001 - whatever a buyer meets is counted
            return f"{type(error).__name__}: {error}"

    all_leave = threading.Barrier(THREADS)

    def leave() -> None:
        all_leave.wait(timeout=60)  # so that each thread closes its own
        connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = Counter(pool.map(buy, baskets))
        for done in [pool.submit(leave) for _ in range(THREADS)]:
            done.result()
    return dict(outcomes)
