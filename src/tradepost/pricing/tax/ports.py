"""Ports of taxes beyond the calculation: checks of tax ids, and services outside that estimate and are told. Plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from tradepost.core.dates.days import day_of
from tradepost.core.money import ZERO

from ..document import TaxRow

if TYPE_CHECKING:
    from ..ports import Place

__all__ = [
    "RowTaxes",
    "TaxAnswer",
    "TaxDocument",
    "TaxDocumentRow",
    "TaxIdCheck",
    "TaxIdChecker",
    "TaxReporter",
]

_IN_WORDS = {True: "valid", False: "invalid", None: "unknown"}
_ORDERS_HAVE = 40  # characters for a check


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxIdCheck:
    """The result of checking a tax id, kept with the checkout and the order as evidence.

    Attributes:
        valid: Whether the id is registered; ``None`` where nobody could say, as when a register doesn't answer.
        method: How it was looked at, in a word: ``format``, ``checksum``, a register's name.
        at: When.
        country: Where it is registered, as far as the id says; ISO 3166-1 alpha-2.
        reference: What the register calls this enquiry.
        name: Of whom it is, as the register has it.
    """

    valid: bool | None
    method: str
    at: datetime
    country: str = ""
    reference: str = ""
    name: str = ""

    @property
    def summary(self) -> str:
        """As an order keeps it: ``"valid vies 2026-11-20 WAPIAAAAYx"``."""
        parts = (_IN_WORDS[self.valid], self.method, day_of(self.at).isoformat(), self.reference)
        return " ".join(part for part in parts if part)[:_ORDERS_HAVE]

    def as_dict(self) -> dict[str, Any]:
        """JSON, which :meth:`stored` reads."""
        return {
            "valid": self.valid,
            "method": self.method,
            "at": self.at.isoformat(),
            "country": self.country,
            "reference": self.reference,
            "name": self.name,
        }

    @classmethod
    def stored(cls, data: Mapping[str, Any]) -> Self | None:
        """Read what :meth:`as_dict` gave; ``None`` where there is none."""
        if not data:
            return None
        fields = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{**fields, "at": datetime.fromisoformat(data["at"])})


@runtime_checkable
class TaxIdChecker(Protocol):
    """Says whether a buyer's tax id is one.

    Called outside any transaction, when a buyer gives an id, and again when their country changes; so it may ask a register, in
    bounded time. What doesn't answer is ``valid=None``, not an error: whether that is enough is the setting's to say. Not called
    at each look at a basket, nor for the format of other fields.
    """

    def check(self, tax_id: str, country: str) -> TaxIdCheck:
        """Look at an id.

        Args:
            tax_id: As :func:`~tradepost.pricing.tax.tax_ids.compact` leaves it: capital letters, no spaces and dashes; with or
                without the letters of its country.
            country: Of the buyer, ISO 3166-1 alpha-2; empty where it isn't known.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxDocumentRow:
    """A line or a charge, as an outside service sees it. Amounts in major units of the document's currency.

    Attributes:
        key: Names it in the document.
        kind: ``goods``, or a charge's: ``shipping``, ``payment_fee`` …
        quantity: Units; of a credit, those that it takes back, and 0 where it takes back money alone.
        amount: After discounts, on the document's basis.
        net: As it was charged or credited; zero in an estimate. With :attr:`tax` it is what was paid.
        tax: Likewise.
    """

    key: str
    kind: str
    tax_class: str
    amount: Decimal
    quantity: int = 1
    sku: str = ""
    name: str = ""
    net: Decimal = ZERO
    tax: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxDocument:
    """A basket to be estimated, an order to be reported, or a credit of one.

    Attributes:
        reference: The UUID of the order or credit, the key under which a service books it once; empty in an estimate.
        of: The reference of the order that a credit belongs to.
        number: Of the order, for people.
        includes_tax: Whether amounts are with tax.
        rounding: ``unit``, ``line`` or ``order``.
        place: Where it is taxed.
        on: The day whose rates count.
        exempt: Whether the buyer is.
        tax_id: The buyer's.
    """

    currency: str
    includes_tax: bool
    rounding: str
    place: Place
    on: date
    rows: tuple[TaxDocumentRow, ...] = ()
    exempt: bool = False
    tax_id: str = ""
    reference: str = ""
    of: str = ""
    number: str = ""

    @property
    def tax(self) -> Decimal:
        """Of all rows."""
        return sum((row.tax for row in self.rows), ZERO)

    @property
    def total(self) -> Decimal:
        """Of all rows, tax included."""
        return sum((row.net + row.tax for row in self.rows), ZERO)

    @property
    def digest(self) -> str:
        """Equal for equal documents, and for no others."""
        return sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RowTaxes:
    """The taxes of a row by a service: the net amount, and each tax on it; none for a row that isn't taxed."""

    net: Decimal
    taxes: tuple[TaxRow, ...] = ()

    @property
    def total(self) -> Decimal:
        """With all taxes."""
        return self.net + sum((tax.amount for tax in self.taxes), ZERO)


@dataclass(frozen=True, slots=True)
class TaxAnswer:
    """An estimate: taxes by the keys of a document's rows, all of them."""

    rows: Mapping[str, RowTaxes] = field(default_factory=dict)


@runtime_checkable
class TaxReporter(Protocol):
    """A tax engine's second part, for a service that is to hear what became of an estimate.

    Called by durable handlers, outside any transaction, once an order is confirmed, credited or cancelled. What raises is tried
    again with growing pauses, and stands on the staff's list of deliveries in the end. So each call may come twice: ``reference``
    is the key under which the service books it once. For a report that somebody makes each month use the tax rows of orders.
    """

    def commit(self, document: TaxDocument) -> None:
        """Book a sale. A second time changes nothing, not even after :meth:`void`.

        Args:
            document: A confirmed order, with what was charged; ``reference`` is its UUID.
        """

    def void(self, reference: str) -> None:
        """Call a sale off as a whole, which was booked and of which nothing was credited before. A second time changes nothing.

        Args:
            reference: That of the sale.
        """

    def refund(self, document: TaxDocument) -> None:
        """Book that part of a sale was given back, or all that was left of it. A second time changes nothing.

        Args:
            document: A credit, its amounts greater than zero; ``of`` is the sale's reference, which was booked before.
        """
