"""Events of orders. Each names its order by primary key."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = [
    "OrderCancelled",
    "OrderCompleted",
    "OrderConfirmed",
    "OrderCredited",
    "OrderExpired",
    "OrderPlaced",
    "OrderProcessing",
    "OrderReinstated",
    "OrderUnitsCancelled",
    "TaxReportDue",
]


@dataclass(frozen=True)
class OrderPlaced(Event):
    """An order was created, and is pending."""

    order_id: int


@dataclass(frozen=True)
class OrderConfirmed(Event):
    """It is accepted: paid, authorised, or to be paid later.

    Attributes:
        at_once: In the transaction that placed it. Its stock was reserved for good, and its basket is closed, by the checkout.
    """

    order_id: int
    at_once: bool = False


@dataclass(frozen=True)
class OrderProcessing(Event):
    """Somebody packs it."""

    order_id: int


@dataclass(frozen=True)
class OrderCompleted(Event):
    """All is delivered and paid."""

    order_id: int


@dataclass(frozen=True)
class OrderCancelled(Event):
    """It was called off."""

    order_id: int


@dataclass(frozen=True)
class OrderExpired(Event):
    """Nobody paid in time."""

    order_id: int


@dataclass(frozen=True)
class OrderReinstated(Event):
    """An expired one was paid late and is confirmed after all. A handler within that can't have its part back ends it."""

    order_id: int


@dataclass(frozen=True)
class OrderUnitsCancelled(Event):
    """Part of it was called off.

    Attributes:
        units: Pairs of a line's primary key and the units that were cancelled (pairs, since JSON has no integer keys).
    """

    order_id: int
    units: list[list[int]]


@dataclass(frozen=True)
class OrderCredited(Event):
    """Something was taken off what is due."""

    order_id: int
    credit_id: int


@dataclass(frozen=True)
class TaxReportDue(Event):
    """An outside tax service hasn't been told of something. Published only where the tax engine has such a service."""

    order_id: int
