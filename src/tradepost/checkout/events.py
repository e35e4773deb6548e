"""Events of the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tradepost.core.events import Event

__all__ = ["BasketInUse", "ConsentsGiven", "OrderReplaced"]


@dataclass(frozen=True)
class BasketInUse(Event):
    """An order was confirmed while somebody had its basket locked, so that the basket is still to be closed."""

    order_id: int


@dataclass(frozen=True)
class ConsentsGiven(Event):
    """A customer placed an order and agreed to something that the shop keeps a history of. It wasn't written down yet.

    Attributes:
        order_number: Of the order.
        agreements: As JSON of :class:`tradepost.customers.services.Agreement`: the texts as they were read.
        at: When they agreed.
    """

    customer_id: int
    order_number: str
    agreements: list[dict[str, str]]
    at: datetime


@dataclass(frozen=True)
class OrderReplaced(Event):
    """Staff changed an order that wasn't paid: it was cancelled, and another one was placed in its stead.

    Attributes:
        order_id: Of the new one.
        replaced_id: Of the one that was cancelled.
    """

    order_id: int
    replaced_id: int
