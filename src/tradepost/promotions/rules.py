"""Promotions as pure values: conditions, benefits, and how they change a document.

A project adds a kind by a dataclass with :meth:`Condition.unmet` or :meth:`Benefit.apply`, and a model that gives it.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, allocate, quantise
from tradepost.pricing.document import Adjustment, Document, LineRow, Row

__all__ = [
    "AmountOff",
    "Application",
    "Benefit",
    "BundlePrice",
    "CheapestFree",
    "Condition",
    "MinimumQuantity",
    "MinimumValue",
    "PercentageOff",
    "PromotionRule",
    "Reason",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a promotion does not apply: a stable code, and a sentence for customers."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Application:
    """One use of a promotion in a calculation; its shares on several rows carry the same ``key``."""

    promotion: str
    label: str
    key: str
    coupon: str = ""


class Condition(abc.ABC):
    """What must hold of a document. Asked once for each calculation, before any benefit."""

    @abc.abstractmethod
    def unmet(self, document: Document) -> Reason | None:
        """Why it doesn't hold; ``None`` where it does."""


class Benefit(abc.ABC):
    """What becomes cheaper. ``target`` decides the stage: ``lines``, ``order`` or ``shipping``."""

    target: str
    categories: frozenset[str]

    @abc.abstractmethod
    def apply(self, document: Document, application: Application) -> bool:
        """Add adjustments; False where there was nothing to take off."""

    def fits(self, document: Document) -> bool:
        """Whether there is something in the document that it is for; asked before any benefit, to let one exclude others."""
        if self.target == "shipping":
            return any(line.item.is_shipped for line in document.lines)
        return any(row.left for row in self.rows(document))

    def rows(self, document: Document) -> Sequence[Row]:
        """The rows it is for, by key: goods that may be discounted, or shipping."""
        if self.target == "shipping":
            return sorted((c for c in document.charges if c.kind == "shipping"), key=lambda charge: charge.key)
        return sorted((line for line in document.lines if self._covers(line)), key=lambda line: line.key)

    def _covers(self, line: LineRow) -> bool:
        return line.item.is_discountable and (not self.categories or bool(self.categories & line.item.categories))


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """A promotion as the calculation sees it."""

    code: str
    label: str
    priority: int
    is_exclusive: bool
    conditions: tuple[Condition, ...]
    benefits: tuple[Benefit, ...]
    coupon: str = ""


def _take(row: Row, amount: Decimal, application: Application) -> bool:
    amount = min(amount, row.left)
    if amount <= 0:
        return False
    row.adjustments.append(
        Adjustment(
            promotion=application.promotion,
            label=application.label,
            amount=-amount,
            application=application.key,
            coupon=application.coupon,
        )
    )
    return True


def _share(
    rows: Sequence[Row],
    amount: Decimal,
    currency: str,
    application: Application,
    weights: Sequence[Decimal] | None = None,
) -> bool:
    """Share an amount by what is left of each row, or of the part of it that counts."""
    caps = [row.left for row in rows] if weights is None else weights
    amount = min(amount, sum(caps, ZERO))
    if amount <= 0:
        return False
    shares = allocate(amount, caps, currency=currency, caps=caps)
    return sum(_take(row, share, application) for row, share in zip(rows, shares, strict=True)) > 0


@dataclass(frozen=True, slots=True)
class MinimumValue(Condition):
    """The goods are worth at least so much, before discounts, on the document's basis."""

    amount: Decimal
    currency: str

    def unmet(self, document: Document) -> Reason | None:
        if document.currency != self.currency:
            return Reason("wrong_currency", _("Only for orders in %(currency)s.") % {"currency": self.currency})
        missing = self.amount - sum((line.gross for line in document.lines), ZERO)
        if missing <= 0:
            return None
        text = _("%(amount)s %(currency)s more is needed.") % {
            "amount": quantise(missing, self.currency),
            "currency": self.currency,
        }
        return Reason("minimum_not_reached", text)


@dataclass(frozen=True, slots=True)
class MinimumQuantity(Condition):
    """At least so many units, of all goods or of some categories."""

    quantity: int
    categories: frozenset[str] = frozenset()

    def unmet(self, document: Document) -> Reason | None:
        counted = (x.item for x in document.lines if not self.categories or self.categories & x.item.categories)
        missing = self.quantity - sum(item.quantity for item in counted)
        if missing <= 0:
            return None
        return Reason("quantity_not_reached", _("%(count)s more items are needed.") % {"count": missing})


def _units(rows: Sequence[Row], currency: str) -> list[tuple[Decimal, int]]:
    """What is left of each single unit, with its row's position; the cheapest first, in a stable order."""
    found: list[tuple[Decimal, int]] = []
    for position, row in enumerate(rows):
        if isinstance(row, LineRow):
            quantity = row.item.quantity
            found += [(value, position) for value in allocate(row.left, [1] * quantity, currency=currency)]
    return sorted(found)


def _by_row(units: Sequence[tuple[Decimal, int]], number: int) -> list[Decimal]:
    sums = [ZERO] * number
    for value, position in units:
        sums[position] += value
    return sums


@dataclass(frozen=True, slots=True)
class PercentageOff(Benefit):
    """So many percent of what is left: of each line, of the whole and shared among the lines, or of the cheapest units only."""

    target: str
    categories: frozenset[str]
    percent: Decimal
    max_units: int | None = None

    def apply(self, document: Document, application: Application) -> bool:
        rows, rate = self.rows(document), self.percent / 100
        left = [row.left for row in rows]
        if self.max_units is not None and self.target != "shipping":
            left = _by_row(_units(rows, document.currency)[: self.max_units], len(rows))
        if self.target == "order":
            off = quantise(sum(left, ZERO) * rate, document.currency)
            return _share(rows, off, document.currency, application, left)
        shares = [quantise(part * rate, document.currency) for part in left]
        return sum(_take(row, share, application) for row, share in zip(rows, shares, strict=True)) > 0


@dataclass(frozen=True, slots=True)
class AmountOff(Benefit):
    """So much off each line, or off the whole and shared by what is left of each; at most what is left."""

    target: str
    categories: frozenset[str]
    amount: Decimal
    currency: str

    def fits(self, document: Document) -> bool:
        return document.currency == self.currency and Benefit.fits(self, document)

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency:
            return False
        rows, amount = self.rows(document), quantise(self.amount, self.currency)
        if self.target == "lines":
            return sum(_take(row, amount, application) for row in rows) > 0
        return _share(rows, amount, document.currency, application)


@dataclass(frozen=True, slots=True)
class BundlePrice(Benefit):
    """Any so many units for one price, as often as there are enough; the dearest units are bundled first."""

    target: str
    categories: frozenset[str]
    quantity: int
    amount: Decimal
    currency: str

    def fits(self, document: Document) -> bool:
        return document.currency == self.currency and Benefit.fits(self, document)

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency or self.target == "shipping":
            return False
        rows, price = self.rows(document), quantise(self.amount, self.currency)
        units = _units(rows, self.currency)[::-1]
        off, bundled = ZERO, [ZERO] * len(rows)
        for first in range(0, len(units) - self.quantity + 1, self.quantity):
            bundle = units[first : first + self.quantity]
            saved = sum((value for value, _position in bundle), ZERO) - price
            if saved <= 0:
                break  # those that follow are cheaper still
            off += saved
            bundled = [a + b for a, b in zip(bundled, _by_row(bundle, len(rows)), strict=True)]
        return _share(rows, off, self.currency, application, bundled)


@dataclass(frozen=True, slots=True)
class CheapestFree(Benefit):
    """Of every so many units one is free; the cheapest ones are."""

    target: str
    categories: frozenset[str]
    quantity: int
    max_uses: int | None = None

    def apply(self, document: Document, application: Application) -> bool:
        if self.target == "shipping":
            return False
        rows = self.rows(document)
        units = _units(rows, document.currency)
        uses = len(units) // self.quantity
        free = units[: uses if self.max_uses is None else min(uses, self.max_uses)]
        shares = _by_row(free, len(rows))
        return sum(_take(row, share, application) for row, share in zip(rows, shares, strict=True)) > 0
