"""The kinds of benefits that take a part of rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, quantise
from tradepost.core.money.format import money_text
from tradepost.pricing.document import Document, LineRow

from .common import (
    Application,
    Benefit,
    Goods,
    Missing,
    Reason,
    by_row,
    fewer_units,
    first_units,
    give,
    lots_left,
    share,
)

__all__ = ["AmountOff", "FixedPrice", "InCurrency", "PercentageOff", "Tier", "TieredPercentage"]


@dataclass(frozen=True, slots=True)
class PercentageOff(Benefit):
    """A percentage off the rest: of each line, of the whole and shared among the lines, or of the cheapest units only."""

    target: str
    goods: Goods
    percent: Decimal
    max_units: int | None = None

    def apply(self, document: Document, application: Application) -> bool:
        rows = self.rows(document)
        bases, counted = [application.left(row) for row in rows], None
        if self.max_units is not None and self.target != "shipping":
            counted = first_units(lots_left(rows, document.currency, application), self.max_units)
            bases = by_row(counted, len(rows))
        if self.target == "order":
            off = quantise(sum(bases, ZERO) * self.percent / 100, document.currency)
            return share(rows, off, document.currency, application, weights=bases, counted=counted)
        return give(
            rows, [quantise(part * self.percent / 100, document.currency) for part in bases], application, counted
        )

    def promise(self, document: Document) -> str:
        if self.target == "shipping":
            free = self.percent >= 100
            return (
                _("free delivery")
                if free
                else _("%(percent)s %% off the delivery") % {"percent": _number(self.percent)}
            )
        return _("%(percent)s %% off") % {"percent": _number(self.percent)}

    def badge(self) -> str:
        return "" if self.target == "shipping" or self.max_units is not None else f"−{_number(self.percent)} %"


class InCurrency(Benefit):
    """A benefit with an amount, which is for documents in its currency only."""

    __slots__ = ()
    currency: str

    def fits(self, document: Document) -> bool:
        return document.currency == self.currency and Benefit.fits(self, document)


@dataclass(frozen=True, slots=True)
class AmountOff(InCurrency):
    """An amount off each line, or off the whole and shared by the rest of each; at most that rest."""

    target: str
    goods: Goods
    amount: Decimal
    currency: str

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency:
            return False
        rows, amount = self.rows(document), quantise(self.amount, self.currency)
        if self.target == "lines":
            return give(rows, [amount] * len(rows), application)
        return share(rows, amount, document.currency, application)

    def promise(self, document: Document) -> str:
        amount = {"amount": money_text(self.amount, self.currency)}
        if self.target == "shipping":
            return _("%(amount)s off the delivery") % amount
        return _("%(amount)s off") % amount


@dataclass(frozen=True, slots=True)
class FixedPrice(InCurrency):
    """Each unit costs so much, or the delivery does, where it costs more otherwise."""

    target: str
    goods: Goods
    amount: Decimal
    currency: str

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency:
            return False
        rows = self.rows(document)
        prices = [self.amount * (application.units(row) if isinstance(row, LineRow) else 1) for row in rows]
        pairs = zip(rows, prices, strict=True)
        return give(rows, [application.left(row) - quantise(price, self.currency) for row, price in pairs], application)


@dataclass(frozen=True, slots=True)
class Tier:
    """From so much or so many on, so many percent off."""

    start: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class TieredPercentage(Benefit):
    """The more is bought, the more percent are taken off: the highest tier that is reached counts for all of the goods.

    Attributes:
        currency: Tiers are by the worth of the goods in it, before discounts; empty for tiers by units.
    """

    target: str
    goods: Goods
    tiers: tuple[Tier, ...]
    currency: str = ""

    def fits(self, document: Document) -> bool:
        return self.currency in ("", document.currency) and Benefit.fits(self, document)

    def apply(self, document: Document, application: Application) -> bool:
        if self.currency not in ("", document.currency):
            return False
        reached = max((tier.percent for tier in self.tiers if tier.start <= self._size(document)), default=ZERO)
        return PercentageOff(self.target, self.goods, reached).apply(document, application)

    def _size(self, document: Document) -> Decimal:
        lines = [line for line in document.lines if self._covers(line)]
        if self.currency:
            return sum((line.gross for line in lines), ZERO)
        return Decimal(sum(line.item.quantity for line in lines))

    def missing(self, document: Document) -> Missing | None:
        step = self._next(document)
        if step is None or self.currency not in ("", document.currency):
            return None
        return Missing(self._size(document), step.start, self.currency, self.goods)

    def _next(self, document: Document) -> Tier | None:
        """The nearest tier that would give more than the one that is reached."""
        size = self._size(document)
        now = max((tier.percent for tier in self.tiers if tier.start <= size), default=ZERO)
        more = [tier for tier in self.tiers if tier.start > size and tier.percent > now]
        return min(more, key=lambda tier: tier.start, default=None)

    def promise(self, document: Document) -> str:
        step = self._next(document)
        return PercentageOff(self.target, self.goods, step.percent).promise(document) if step else ""

    def lacking(self, document: Document) -> Reason:
        first = min((tier.start for tier in self.tiers), default=ZERO)
        missing = first - self._size(document)
        if missing <= 0:
            return Benefit.lacking(self, document)
        if self.currency:
            text = _("%(amount)s more is needed.") % {"amount": money_text(missing, self.currency)}
            return Reason("minimum_not_reached", text)
        return fewer_units(int(missing))


def _number(percent: Decimal) -> str:
    """Without zeros at the end."""
    return f"{percent.normalize():f}"
