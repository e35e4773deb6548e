"""Events of payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tradepost.core.events import Event

__all__ = [
    "CaptureDue",
    "DiscrepancyFound",
    "DiscrepancyResolved",
    "DisputeClosed",
    "DisputeOpened",
    "PaymentRequested",
    "PaymentSettled",
]


@dataclass(frozen=True)
class PaymentSettled(Event):
    """Something of a payment was booked; its status may have changed."""

    payment_id: int
    order_id: int
    status: str


@dataclass(frozen=True)
class PaymentRequested(Event):
    """Staff asked a customer to pay an order by a link; whether it goes by mail, or staff hand it over."""

    order_id: int
    expires_at: datetime
    mail: bool


@dataclass(frozen=True)
class CaptureDue(Event):
    """An order was confirmed in a shop that has methods which capture then. Its payments are still to be looked at."""

    order_id: int


@dataclass(frozen=True)
class DiscrepancyFound(Event):
    """Money doesn't fit; staff have something to look at."""

    discrepancy_id: int


@dataclass(frozen=True)
class DiscrepancyResolved(Event):
    """Staff have dealt with it.

    ``resolution`` is ``refunded``, ``accepted``, ``reinstated``, ``given_up``, ``booked``, ``struck`` or ``dismissed``.
    """

    discrepancy_id: int
    resolution: str


@dataclass(frozen=True)
class DisputeOpened(Event):
    """A payment is disputed; where an answer is due, staff have to give it in the provider's dashboard."""

    dispute_id: int
    payment_id: int
    order_id: int


@dataclass(frozen=True)
class DisputeClosed(Event):
    """A dispute is over: ``won``, ``lost`` or ``closed``."""

    dispute_id: int
    payment_id: int
    order_id: int
    status: str
