"""The kinds of benefits that count single units."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, quantise
from tradepost.core.money.format import money_text
from tradepost.pricing.document import Document, LineRow

from .benefits import InCurrency
from .common import (
    Application,
    Benefit,
    Goods,
    Lot,
    Missing,
    Reason,
    by_row,
    first_units,
    give,
    lots_left,
    share,
    unit_count,
    units_by_key,
)

__all__ = ["BundlePrice", "BuyGet", "CheapestFree", "FreeGift"]


@dataclass(frozen=True, slots=True)
class BundlePrice(InCurrency):
    """Any so many units for one price, as often as there are enough; the dearest units are bundled first."""

    target: str
    goods: Goods
    quantity: int
    amount: Decimal
    currency: str

    def apply(self, document: Document, application: Application) -> bool:
        if document.currency != self.currency or self.target == "shipping":
            return False
        rows = self.rows(document)
        units = lots_left(rows, self.currency, application)[::-1]
        off, bundled = self._bundles(units, quantise(self.amount, self.currency))
        counted = first_units(units, bundled)
        weights = by_row(counted, len(rows))
        return share(rows, off, self.currency, application, weights=weights, counted=counted)

    def _bundles(self, dearest: list[Lot], price: Decimal) -> tuple[Decimal, int]:
        """Calculate the saving of bundles, and count their units; units worth the same are calculated at once."""
        off, bundled, begun, worth = ZERO, 0, 0, ZERO
        for value, _position, number in dearest:
            more = min(self.quantity - begun, number)
            begun, worth, rest = begun + more, worth + value * more, number - more
            if begun < self.quantity:
                continue
            if worth <= price:
                break  # those that follow are cheaper still
            off, bundled = off + worth - price, bundled + self.quantity
            whole, begun = divmod(rest, self.quantity)
            saved = value * self.quantity - price
            if whole and saved <= 0:
                break
            off, bundled, worth = off + saved * whole, bundled + whole * self.quantity, value * begun
        return off, bundled

    def missing(self, document: Document) -> Missing | None:
        return None if document.currency != self.currency else _to_whole(self, document, self.quantity)

    def promise(self, document: Document) -> str:
        facts = {"count": self.quantity, "amount": money_text(self.amount, self.currency)}
        return _("any %(count)s for %(amount)s") % facts

    def badge(self) -> str:
        facts = {"count": self.quantity, "amount": money_text(self.amount, self.currency)}
        return _("%(count)s for %(amount)s") % facts


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
        units = lots_left(rows, document.currency, application)
        uses = unit_count(units) // self.quantity
        free = uses if self.max_uses is None else min(uses, self.max_uses)
        shares = by_row(first_units(units, free), len(rows))
        return give(rows, shares, application, first_units(units, free * self.quantity))

    def missing(self, document: Document) -> Missing | None:
        return _to_whole(self, document, self.quantity, self.max_uses)

    def promise(self, document: Document) -> str:
        return _one_free(self.quantity)

    def badge(self) -> str:
        return _("%(count)s for %(paid)s") % {"count": self.quantity, "paid": self.quantity - 1}


@dataclass(frozen=True, slots=True)
class BuyGet(Benefit):
    """Buy some units, and get others cheaper or free; the cheapest ones are.

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
        lines = sorted(document.lines, key=lambda line: line.sort_key)
        units = lots_left(lines, document.currency, application)
        got, paying = self._got(lines, units)
        shares = [quantise(part * self.percent / 100, document.currency) for part in by_row(got, len(lines))]
        return give(lines, shares, application, [*got, *self._paid(got, units, paying)])

    def _got(self, lines: Sequence[LineRow], units: Sequence[Lot]) -> tuple[list[Lot], set[int]]:
        """As many of the cheapest as the rest pays for, and the positions of the lines that pay."""
        buying = self.goods if self.bought is None else self.bought
        paying = {place for place, line in enumerate(lines) if buying.cover(line.item)}
        offered = [lot for lot in units if self._covers(lines[lot.position])]
        able = unit_count([lot for lot in units if lot.position in paying])
        most = unit_count(offered)
        if self.max_uses is not None:
            most = min(most, self.max_uses * self.get)

        def is_paid_for(number: int) -> bool:
            taken = unit_count([lot for lot in first_units(offered, number) if lot.position in paying])
            return self._needed(number) <= able - taken

        # the more is got the less is left to pay for it, so the first number that fails ends it
        number = bisect_left(range(1, most + 1), x=1, key=lambda number: int(not is_paid_for(number)))
        return first_units(offered, number), paying

    def _paid(self, got: Sequence[Lot], units: Sequence[Lot], paying: set[int]) -> list[Lot]:
        """The units that pay for what is got: the cheapest of the others."""
        spoken_for = {(lot.value, lot.position): lot.number for lot in got}
        others = [
            lot._replace(number=lot.number - spoken_for.get((lot.value, lot.position), 0))
            for lot in units
            if lot.position in paying
        ]
        return first_units([lot for lot in others if lot.number], self._needed(unit_count(got)))

    def _needed(self, number: int) -> int:
        return -(-number // self.get) * self.buy

    def lacking(self, document: Document) -> Reason:
        return Reason("not_enough_bought", _("There aren't enough qualifying items in the basket."))

    @property
    def gives_gifts(self) -> bool:
        """Whether the goods that are free are others than those that are bought."""
        return self.target != "shipping" and self.bought is not None and self.percent >= 100

    def gifts(self, document: Document) -> Mapping[str, int]:
        if not self.gives_gifts:
            return {}
        lines = sorted(document.lines, key=lambda line: line.sort_key)
        got, _paying = self._got(lines, lots_left(lines, document.currency, Application("", "", "")))
        return units_by_key(got, lines)

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
    """A quantity of some goods is free, once they are in the basket; the cheapest ones are."""

    target: str
    goods: Goods
    quantity: int = 1

    def apply(self, document: Document, application: Application) -> bool:
        if self.target == "shipping":
            return False
        rows = self.rows(document)
        gifts = first_units(lots_left(rows, document.currency, application), self.quantity)
        return give(rows, by_row(gifts, len(rows)), application, gifts)

    @property
    def gives_gifts(self) -> bool:
        return self.target != "shipping"

    def gifts(self, document: Document) -> Mapping[str, int]:
        """The units that are free once its conditions hold."""
        if not self.gives_gifts:
            return {}
        rows = self.rows(document)
        units = lots_left(rows, document.currency, Application("", "", ""))
        return units_by_key(first_units(units, self.quantity), rows)

    def missing(self, document: Document) -> Missing | None:
        have = sum(line.item.quantity for line in document.lines if self._covers(line))
        if self.target == "shipping" or have >= self.quantity:
            return None
        return Missing(Decimal(have), Decimal(self.quantity), goods=self.goods, is_gift=True)

    def promise(self, document: Document) -> str:
        return _("a free gift")


def _to_whole(benefit: Benefit, document: Document, quantity: int, max_uses: int | None = None) -> Missing | None:
    """Count the units that are missing to so many, or to so many times as many."""
    units = sum(row.item.quantity for row in benefit.rows(document) if isinstance(row, LineRow))
    if not units % quantity or (max_uses is not None and units // quantity >= max_uses):
        return None
    return Missing(Decimal(units % quantity), Decimal(quantity), goods=benefit.goods)


def _one_free(count: int) -> str:
    """Of so many units one is free, in words."""
    if count == 2:
        return _("the second one free")
    return _("the third one free") if count == 3 else _("one of %(count)s free") % {"count": count}
