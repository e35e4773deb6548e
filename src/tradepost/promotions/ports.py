"""Ports of promotions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .rules import PromotionRule

__all__ = ["Choice", "Offer", "OrderHistory"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion, and what it would take off beside those that apply already; more than zero."""

    promotion: PromotionRule
    saved: Decimal


@runtime_checkable
class Choice(Protocol):
    """Decides which promotion of a lane applies.

    Called in a calculation, once for each lane of several promotions, with those that have an effect: the highest priority first,
    and in the order of their codes where that is equal. It is pure: the same offers give the same answer. To let
    promotions apply one after the other, give them different lanes instead.
    """

    def choose(self, offers: Sequence[Offer]) -> Offer:
        """One of the offers, of which there is at least one."""


@runtime_checkable
class OrderHistory(Protocol):
    """Tells whether a buyer has ordered before, for promotions that are for the first order.

    Called once for each basket that such a promotion is on offer for. What it gives becomes a part of a query that is asked
    anyway, so it doesn't ask itself. Orders may be elsewhere: a shop that moved here says who bought in the old one.
    """

    def earlier(self, customer_id: int | None, email: str) -> QuerySet[Any]:
        """The orders of a buyer who is known by their account or their e-mail (in small letters), cancelled ones left out."""
