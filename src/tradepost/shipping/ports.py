"""Ports of shipping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

__all__ = [
    "Carrier",
    "CarrierParcel",
    "CarrierRate",
    "CarrierRequest",
    "Destination",
    "Goods",
    "Packer",
    "Parcel",
    "Quote",
    "Quoter",
    "ShippingRates",
]

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Destination:
    """The destination of a parcel, as far as it is known. ``country`` is ISO 3166-1 alpha-2."""

    country: str = ""
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Units of one thing in a parcel.

    Attributes:
        quantity: Units, at least one.
        weight: Of one unit, in grams.
        sides: Of one unit, in millimetres, the longest first; ``None`` where they aren't known.
        value: Of all the units after discounts, in the basket's currency and basis.
        gross: Likewise, before discounts.
    """

    sku: str
    quantity: int
    name: str = ""
    product_id: int = 0
    weight: int = 0
    sides: tuple[int, int, int] | None = None
    value: Decimal = _NOTHING
    gross: Decimal = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Goods that travel together.

    Attributes:
        items: Units that are shipped.
        weight: Grams in all.
        value: Of the goods after discounts, in the basket's currency and basis.
        gross: Likewise, before discounts; the value where it isn't given.
        skus: Of the goods in it.
        goods: What is in it, line by line; :meth:`of` makes the rest of it.
    """

    currency: str
    items: int
    weight: int
    value: Decimal
    gross: Decimal | None = None
    skus: frozenset[str] = frozenset()
    goods: tuple[Goods, ...] = ()

    @classmethod
    def of(cls, goods: Iterable[Goods], currency: str) -> Parcel:
        """A parcel of goods."""
        inside = tuple(goods)
        return cls(
            currency=currency,
            items=sum(item.quantity for item in inside),
            weight=sum(item.weight * item.quantity for item in inside),
            value=sum((item.value for item in inside), _NOTHING),
            gross=sum((item.gross for item in inside), _NOTHING),
            skus=frozenset(item.sku for item in inside),
            goods=inside,
        )

    @property
    def before_discounts(self) -> Decimal:
        """Value of the goods before discounts."""
        return self.value if self.gross is None else self.gross

    @property
    def longest(self) -> int:
        """Longest side of the largest unit, in millimetres; 0 where no sides are known."""
        return max((item.sides[0] for item in self.goods if item.sides), default=0)

    @property
    def girth(self) -> int:
        """Length and girth of the largest unit, in millimetres: its longest side and twice each of the others."""
        return max((long + 2 * (a + b) for long, a, b in (item.sides for item in self.goods if item.sides)), default=0)

    @property
    def volume(self) -> int:
        """Cubic millimetres of all units together; what has no sides counts as nothing."""
        sides = ((item.sides, item.quantity) for item in self.goods if item.sides)
        return sum(long * a * b * quantity for (long, a, b), quantity in sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A method and its price for all parcels of a delivery.

    Attributes:
        amount: In the parcel's currency and basis; ``None`` where it isn't on offer.
        tax_class: Code of a tax class; empty to tax it as the goods, in proportion.
        reason: Why it isn't on offer, for people.
        needs_point: Whether it goes to a pickup point, which the customer chooses.
        parcels: Into how many the goods are packed.
        free_after: What more the goods must be worth for it to cost nothing; ``None`` where no value makes it free.
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
    needs_point: bool = False
    parcels: int = 1
    free_after: Decimal | None = None


Quoter = Callable[[Parcel], Sequence[Quote]]


@runtime_checkable
class ShippingRates(Protocol):
    """The prices of all shipping methods.

    Called once for each calculation of a basket whose shipping matters, inside no lock; what it returns is then asked once for
    each delivery group, with its goods. One that asks a carrier must cache its answers and bound its time; it never raises for
    a carrier that is down, but leaves its methods out. For free or cheaper shipping on conditions use a promotion instead, for
    one more carrier a :class:`Carrier`.
    """

    def load(self, destination: Destination, currency: str, deliveries: Sequence[Parcel] = ()) -> Quoter:
        """A function of a delivery that gives a quote for each method, those not on offer included, in display order.

        Args:
            deliveries: What will be asked for: the goods of each delivery group, not packed and without values yet. Nothing,
                where only the names matter.
        """


@runtime_checkable
class Packer(Protocol):
    """The packing of goods into parcels.

    Called for each delivery group when rates are loaded (without values), and once more in the calculation (with them), inside
    transactions too: it computes, and asks nobody. The same goods give the same parcels, whatever their values, and each unit
    is in one of them. What a parcel costs is the methods' matter.
    """

    def pack(self, delivery: Parcel) -> Sequence[Parcel]:
        """The parcels of a delivery, at least one; ``Parcel.of()`` makes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierParcel:
    """A parcel as a carrier needs to know it; 0 where something isn't known.

    Attributes:
        weight: In grams.
        longest: Longest side of the largest unit in it, in millimetres.
        girth: That side and twice each of the others together, in millimetres.
        volume: Of all units in it, in cubic millimetres.
    """

    weight: int
    longest: int = 0
    girth: int = 0
    volume: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRequest:
    """A delivery that a carrier is asked for; ``currency`` is the one that its rates should be in."""

    destination: Destination
    currency: str
    parcels: tuple[CarrierParcel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRate:
    """The price of one service of a carrier for all parcels of a delivery.

    Attributes:
        service: The carrier's code of it, stable.
        amount: In major units of ``currency``, on the shop's basis, at least zero.
        min_days: Working days on the way, at least; ``None`` where the carrier doesn't say.
        max_days: Likewise, at most.
    """

    service: str
    amount: Decimal
    currency: str
    min_days: int | None = None
    max_days: int | None = None


@runtime_checkable
class Carrier(Protocol):
    """The prices of a carrier's services, asked for over the network.

    Called outside any transaction, at most once for each delivery and ``RATES_KEPT`` (its answer is kept in the database, for
    all processes), and not again for a minute after it failed. It must bound its time by an option, such as ``timeout``. For
    prices that you know yourself use a method with a table instead; for one that you compute, a kind of method of your own.
    """

    def rates(self, request: CarrierRequest) -> Sequence[CarrierRate]:
        """Its services for a delivery; those that don't carry it are left out.

        Raises:
            CarrierUnavailable: No answer in time, or none that can be read. Any other error counts as one, and is logged.
        """
