"""Ports of shipping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

__all__ = ["Destination", "Parcel", "Quote", "Quoter", "ShippingRates"]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a parcel goes, as far as it is known. ``country`` is ISO 3166-1 alpha-2."""

    country: str = ""
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is to be carried.

    Attributes:
        items: Units that are shipped.
        weight: Grams in all.
        value: Of the goods after discounts, in the basket's currency and basis.
        skus: Of the goods in it.
    """

    currency: str
    items: int
    weight: int
    value: Decimal
    skus: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A method and its price for a parcel.

    Attributes:
        amount: In the parcel's currency and basis; ``None`` where it isn't on offer.
        tax_class: Code of a tax class; empty to tax it as the goods, in proportion.
        reason: Why it isn't on offer, for people.
    """

    code: str
    name: str
    description: str = ""
    amount: Decimal | None = None
    tax_class: str = ""
    needs_address: bool = True
    min_days: int | None = None
    max_days: int | None = None
    reason: str = ""


Quoter = Callable[[Parcel], Sequence[Quote]]


@runtime_checkable
class ShippingRates(Protocol):
    """What all methods cost.

    Called once for each calculation of a basket whose shipping matters, inside no lock; what it returns is then asked once,
    with the parcel. One that asks a carrier must cache its answers and bound its time; it never raises for a carrier that is
    down, but leaves its methods out. For free or cheaper shipping on conditions use a promotion instead.
    """

    def load(self, destination: Destination, currency: str) -> Quoter:
        """A function of the parcel that gives a quote for each method, those not on offer included, in display order."""
