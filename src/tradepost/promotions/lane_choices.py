"""Which promotion of a lane applies: the choices that are shipped."""

from __future__ import annotations

from collections.abc import Sequence

from .ports import Offer

__all__ = ["BestForCustomer", "HighestPriority"]


class BestForCustomer:
    """The one that takes off most; of equal ones that of the highest priority."""

    def choose(self, offers: Sequence[Offer]) -> Offer:
        return max(offers, key=lambda offer: offer.saved)


class HighestPriority:
    """The first one that takes off anything, as the merchant ordered them."""

    def choose(self, offers: Sequence[Offer]) -> Offer:
        return offers[0]
