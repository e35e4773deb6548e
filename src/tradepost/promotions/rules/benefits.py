"""The kinds of benefits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, quantise
from tradepost.pricing.document import Document, LineRow

from .common import Application, Benefit, Goods, Missing, Reason, Unit, by_row, fewer_units, give, share, units_left

__all__ = [
    "AmountOff",
    "BundlePrice",
    "BuyGet",
    "CheapestFree",
    "FixedPrice",
    "FreeGift",
    "PercentageOff",
    "Tier",
    "TieredPercentage",
]


@dataclass(frozen=True, slots=True)
class PercentageOff(Benefit):
    """So many percent of what is left: of each line, of the whole and shared among the lines, or of the cheapest units only."""

    target: str
    goods: Goods
    percent: Decimal
    max_units: int | None = None

    def apply(self, document: Document, application: Application) -> bool:
        rows = self.rows(document)
        left, counted = [application.left(row) for row in rows], None
        if self.max_units is not None and self.target != "shipping":
            counted = units_left(rows, document.currency, application)[: self.max_units]
            left = by_row(counted, len(rows))
        if self.target == "order":
            off = quantise(sum(left, ZERO) * self.percent / 100, document.currency)
            return share(rows, off, document.currency, application, weights=left, counted=counted)
        return give(
            rows, [quantise(part * self.percent / 100, document.currency) for part in left], application, counted
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


class _InCurrency(Benefit):
    """A benefit with an amount, which is for documents in its currency only."""

    __slots__ = ()
    currency: str

    def fits(self, document: Document) -> bool:
        return document.currency == self.currency and Benefit.fits(self, document)


@dataclass(frozen=True, slots=True)
class AmountOff(_InCurrency):
    """So much off each line, or off the whole and shared by what is left of each; at most what is left."""

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
        amount = {"amount": quantise(self.amount, self.currency), "currency": self.currency}
        if self.target == "shipping":
            return _("%(amount)s %(currency)s off the delivery") % amount
        return _("%(amount)s %(currency)s off") % amount


@dataclass(frozen=True, slots=True)
class FixedPrice(_InCurrency):
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
class BundlePrice(_InCurrency):
    """Any so many units for one price, as often as there are enough; the dearest units are bundled first."""

    target: str
    goods: Goods
    quantity: int
    amount: Decimal
    currency: str

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency or self.target == "shipping":
            return False
        rows, price = self.rows(document), quantise(self.amount, self.currency)
        units = units_left(rows, self.currency, application)[::-1]
        off, bundled = ZERO, 0
        for first in range(0, len(units) - self.quantity + 1, self.quantity):
            saved = sum((value for value, _position in units[first : first + self.quantity]), ZERO) - price
            if saved <= 0:
                break  # those that follow are cheaper still
            off, bundled = off + saved, first + self.quantity
        counted = units[:bundled]
        weights = by_row(counted, len(rows))
        return share(rows, off, self.currency, application, weights=weights, counted=counted)

    def missing(self, document: Document) -> Missing | None:
        return None if document.currency != self.currency else _to_whole(self, document, self.quantity)

    def promise(self, document: Document) -> str:
        facts = {"count": self.quantity, "amount": quantise(self.amount, self.currency), "currency": self.currency}
        return _("any %(count)s for %(amount)s %(currency)s") % facts

    def badge(self) -> str:
        facts = {"count": self.quantity, "amount": quantise(self.amount, self.currency), "currency": self.currency}
        return _("%(count)s for %(amount)s %(currency)s") % facts


@dataclass(frozen=True, slots=True)
class CheapestFree(Benefit):
    """Of every so many units one is free; the cheapest ones are."""

    target: str
    goods: Goods
    quantity: int
    max_uses: int | None = None

    def apply(self, document: Document, application: Application) -> bool:
        if self.target == "shipping":
            return False
        rows = self.rows(document)
        units = units_left(rows, document.currency, application)
        uses = len(units) // self.quantity
        free = uses if self.max_uses is None else min(uses, self.max_uses)
        return give(rows, by_row(units[:free], len(rows)), application, units[: free * self.quantity])

    def missing(self, document: Document) -> Missing | None:
        return _to_whole(self, document, self.quantity, self.max_uses)

    def promise(self, document: Document) -> str:
        return _one_free(self.quantity)

    def badge(self) -> str:
        return _("%(count)s for %(paid)s") % {"count": self.quantity, "paid": self.quantity - 1}


@dataclass(frozen=True, slots=True)
class BuyGet(Benefit):
    """Who buys so many units gets so many others cheaper or free; the cheapest ones are.

    A unit that was got doesn't count as bought.

    Attributes:
        bought: What is to be bought, discountable or not; the same as ``goods``, which is what one gets, where it isn't given.
        percent: Off what one gets.
    """

    target: str
    goods: Goods
    buy: int
    get: int
    bought: Goods | None = None
    percent: Decimal = Decimal(100)
    max_uses: int | None = None

    def apply(self, document: Document, application: Application) -> bool:
        if self.target == "shipping":
            return False
        lines = sorted(document.lines, key=lambda line: line.key)
        units = units_left(lines, document.currency, application)
        offered = {place for place, line in enumerate(lines) if self._covers(line)}
        buying = self.goods if self.bought is None else self.bought
        paying = {place for place, line in enumerate(lines) if buying.cover(line.item)}
        got = self._got([unit for unit in units if unit[1] in offered], units, paying)
        shares = [quantise(part * self.percent / 100, document.currency) for part in by_row(got, len(lines))]
        return give(lines, shares, application, [*got, *self._paid(got, units, paying)])

    def _got(self, offered: list[Unit], units: list[Unit], paying: set[int]) -> list[Unit]:
        """As many of the cheapest as the rest pays for."""
        able = sum(place in paying for _value, place in units)
        most = len(offered) if self.max_uses is None else min(len(offered), self.max_uses * self.get)
        number = 0
        while number < most:
            able -= offered[number][1] in paying
            if self._needed(number + 1) > able:
                break
            number += 1
        return offered[:number]

    def _paid(self, got: list[Unit], units: list[Unit], paying: set[int]) -> list[Unit]:
        spoken_for, left = Counter(got), []
        for unit in units:
            if spoken_for[unit]:
                spoken_for[unit] -= 1
            elif unit[1] in paying:
                left.append(unit)
        return left[: self._needed(len(got))]

    def _needed(self, number: int) -> int:
        return -(-number // self.get) * self.buy

    def lacking(self, document: Document) -> Reason:
        return Reason("not_enough_bought", _("Not enough of the goods that it takes are in the basket."))

    def missing(self, document: Document) -> Missing | None:
        if self.target == "shipping":
            return None
        if self.bought is None:
            return _to_whole(self, document, self.buy + self.get, self.max_uses)
        got = sum(line.item.quantity for line in document.lines if self._covers(line))
        buying = [line for line in document.lines if self.bought.cover(line.item) and not self._covers(line)]
        bought = sum(line.item.quantity for line in buying)
        uses = bought // self.buy if self.max_uses is None else min(bought // self.buy, self.max_uses)
        if uses * self.get > got:
            needed = Decimal(uses * self.get)
            return Missing(Decimal(got), needed, goods=self.goods, is_gift=self.percent >= 100)
        if uses == self.max_uses or not bought % self.buy:
            return None
        return Missing(Decimal(bought % self.buy), Decimal(self.buy), goods=self.bought)

    def promise(self, document: Document) -> str:
        if self.bought is not None or self.percent < 100 or self.get > 1:
            return ""
        return _one_free(self.buy + self.get)

    def badge(self) -> str:
        if self.bought is not None or self.percent < 100:
            return ""
        return _("%(count)s for %(paid)s") % {"count": self.buy + self.get, "paid": self.buy}


@dataclass(frozen=True, slots=True)
class FreeGift(Benefit):
    """So many units of some goods are free, once they are in the basket; the cheapest ones are."""

    target: str
    goods: Goods
    quantity: int = 1

    def apply(self, document: Document, application: Application) -> bool:
        if self.target == "shipping":
            return False
        rows = self.rows(document)
        gifts = units_left(rows, document.currency, application)[: self.quantity]
        return give(rows, by_row(gifts, len(rows)), application, gifts)

    def missing(self, document: Document) -> Missing | None:
        have = sum(line.item.quantity for line in document.lines if self._covers(line))
        if self.target == "shipping" or have >= self.quantity:
            return None
        return Missing(Decimal(have), Decimal(self.quantity), goods=self.goods, is_gift=True)

    def promise(self, document: Document) -> str:
        return _("a free gift")


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
            text = _("%(amount)s %(currency)s more is needed.")
            amount = quantise(missing, self.currency)
            return Reason("minimum_not_reached", text % {"amount": amount, "currency": self.currency})
        return fewer_units(int(missing))


def _to_whole(benefit: Benefit, document: Document, quantity: int, max_uses: int | None = None) -> Missing | None:
    """What is missing to so many units, or to so many times as many."""
    units = sum(row.item.quantity for row in benefit.rows(document) if isinstance(row, LineRow))
    if not units % quantity or (max_uses is not None and units // quantity >= max_uses):
        return None
    return Missing(Decimal(units % quantity), Decimal(quantity), goods=benefit.goods)


def _one_free(count: int) -> str:
    """Of so many units one is free, in words."""
    if count == 2:
        return _("the second one free")
    return _("the third one free") if count == 3 else _("one of %(count)s free") % {"count": count}


def _number(percent: Decimal) -> str:
    """Without zeros at the end."""
    return f"{percent.normalize():f}"
