"""Ports of pricing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from .document import Document
from .tax.ports import TaxIdCheck

__all__ = ["Place", "PriceContext", "PriceQuote", "PriceRequest", "Pricer", "TaxContext", "TaxEngine", "Taxer"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is taxed or delivered, as far as it is known. ``country`` is ISO 3166-1 alpha-2."""

    country: str = ""
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """A price is wanted for so many units of a variant."""

    key: str
    variant_id: int
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceContext:
    """For whom, where and when."""

    currency: str
    channel: str = "web"
    customer_id: int | None = None
    groups: frozenset[int] = frozenset()
    place: Place = Place()
    at: datetime
    includes_tax: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuote:
    """The unit price for one request, in the context's currency and basis.

    Attributes:
        amount: Up to four decimals; ``None`` where there is no price.
        was: The price before, or ``None``.
        lowest: The lowest price that anybody could have had in the thirty days before this one came into force; only where
            there is a price before, and ``None`` where nothing is known of those days.
        source: What it comes from (a price list's code).
        note: For the trail: why something that looks like a price wasn't taken.
    """

    key: str
    amount: Decimal | None
    was: Decimal | None = None
    lowest: Decimal | None = None
    source: str = ""
    note: str = ""


@runtime_checkable
class Pricer(Protocol):
    """Unit prices for many items at once.

    Called once for each listed page and once for each calculation of a basket, inside no lock. For temporary or coupon
    discounts use a promotion instead.
    """

    def quote(self, requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
        """A quote for each request, in their order, by a constant number of queries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxContext:
    """Who is taxed, where and how.

    Attributes:
        rounding: ``unit``, ``line`` or ``order``.
        tax_id: The buyer's, where they gave one.
        tax_id_check: What was found out about it; ``None`` while nobody has looked.
    """

    place: Place = field(default_factory=Place)
    at: datetime
    rounding: str = "line"
    exempt: bool = False
    tax_id: str = ""
    tax_id_check: TaxIdCheck | None = None


Taxer = Callable[[Document], None]


@runtime_checkable
class TaxEngine(Protocol):
    """Taxes for a document of lines and charges.

    Called once for each calculation; the function that it gives then runs once, after all discounts, and when an order is placed
    inside its transaction. One that asks an outside service is an :class:`~tradepost.pricing.tax.tax_service.OutsideTaxes`, which
    keeps the answers. Whether prices include tax is the price list's to say. An engine whose service is told of sales is a
    :class:`~tradepost.pricing.tax.ports.TaxReporter`, too.
    """

    def load(self, context: TaxContext) -> Taxer:
        """A function that sets net, tax, total, the tax rows and ``tax_rounding`` of a document.

        Raises:
            TaxUnavailable: The taxes can't be known now; so may the function. Totals have an error then, and no order is placed.
        """
