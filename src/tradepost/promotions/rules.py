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

    def rows(self, document: Document) -> Sequence[Row]:
        """The rows it is for, by key: goods that may be discounted, or shipping."""
        if self.target == "shipping":
            return [charge for charge in document.charges if charge.kind == "shipping"]
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


def _share(rows: Sequence[Row], amount: Decimal, currency: str, application: Application) -> bool:
    left = [row.left for row in rows]
    amount = min(amount, sum(left, ZERO))
    if amount <= 0:
        return False
    shares = allocate(amount, left, currency=currency, caps=left)
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
        text = _("%(amount)s %(currency)s more is needed.") % {"amount": missing, "currency": self.currency}
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


@dataclass(frozen=True, slots=True)
class PercentageOff(Benefit):
    """So many percent of what is left: of each line, or of the whole and shared among the lines."""

    target: str
    categories: frozenset[str]
    percent: Decimal

    def apply(self, document: Document, application: Application) -> bool:
        rows, rate = self.rows(document), self.percent / 100
        if self.target == "order":
            whole = quantise(sum((row.left for row in rows), ZERO) * rate, document.currency)
            return _share(rows, whole, document.currency, application)
        return sum(_take(row, quantise(row.left * rate, document.currency), application) for row in rows) > 0


@dataclass(frozen=True, slots=True)
class AmountOff(Benefit):
    """So much off each line, or off the whole and shared by what is left of each; at most what is left."""

    target: str
    categories: frozenset[str]
    amount: Decimal
    currency: str

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency:
            return False
        rows, amount = self.rows(document), quantise(self.amount, self.currency)
        if self.target == "lines":
            return sum(_take(row, amount, application) for row in rows) > 0
        return _share(rows, amount, document.currency, application)
