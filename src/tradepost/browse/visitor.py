"""Who looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from tradepost.core.dates import clock
from tradepost.customers.base import AbstractCustomer
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import Place, PriceContext
from tradepost.pricing.prices.lists import list_priorities

from .expressions import PriceLists

__all__ = ["Visitor"]


@dataclass(frozen=True)
class Visitor:
    """For whom prices and stock are looked up.

    Attributes:
        currency: ISO 4217 code in which prices are shown.
        customer: Who is signed in; their groups cost one query, once for each visitor object. None for guests.
    """

    currency: str
    channel: str = "web"
    place: Place = field(default_factory=Place)
    customer: AbstractCustomer | None = None

    @cached_property
    def prices(self) -> PriceContext:
        """The context for the pricing port."""
        return pricing.context(
            currency=self.currency, customer=self.customer, place=self.place, channel=self.channel, at=clock.now()
        )

    def price_lists(self) -> PriceLists:
        """The price lists by which products are filtered and ordered. No query while they are kept."""
        return PriceLists.of(list_priorities(self.prices))
