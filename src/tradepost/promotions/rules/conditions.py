"""The kinds of conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO
from tradepost.core.money.format import money_text
from tradepost.pricing.document import Document

from .common import Condition, Goods, Missing, Reason, fewer_units, in_currency

__all__ = ["Countries", "CustomerGroups", "FirstOrder", "Hours", "MinimumQuantity", "MinimumValue"]


@dataclass(frozen=True, slots=True)
class MinimumValue(Condition):
    """The goods, or some of them, are worth at least so much, before discounts, on the document's basis."""

    amount: Decimal
    currency: str
    goods: Goods = field(default_factory=Goods)

    def unmet(self, document: Document) -> Reason | None:
        if reason := in_currency(self.currency, document):
            return reason
        if (missing := self.missing(document)) is None:
            return None
        text = _("%(amount)s more is needed.") % {"amount": money_text(missing.left, self.currency)}
        return Reason("minimum_not_reached", text)

    def missing(self, document: Document) -> Missing | None:
        if document.currency != self.currency:
            return None
        have = sum((line.gross for line in document.lines if self.goods.cover(line.item)), ZERO)
        return Missing(have, self.amount, self.currency, self.goods) if have < self.amount else None


@dataclass(frozen=True, slots=True)
class MinimumQuantity(Condition):
    """At least so many units, of all goods or of some."""

    quantity: int
    goods: Goods = field(default_factory=Goods)

    def unmet(self, document: Document) -> Reason | None:
        if (missing := self.missing(document)) is None:
            return None
        return fewer_units(int(missing.left))

    def missing(self, document: Document) -> Missing | None:
        have = sum(line.item.quantity for line in document.lines if self.goods.cover(line.item))
        if have >= self.quantity:
            return None
        return Missing(Decimal(have), Decimal(self.quantity), goods=self.goods)


@dataclass(frozen=True, slots=True)
class CustomerGroups(Condition):
    """The buyer is in one of these groups."""

    needs: ClassVar = frozenset({"groups"})
    groups: frozenset[str]

    def unmet(self, document: Document) -> Reason | None:
        if self.groups & document.occasion.groups:
            return None
        return Reason("wrong_group", _("It is for certain customers only."))


@dataclass(frozen=True, slots=True)
class FirstOrder(Condition):
    """The buyer, known by account or e-mail, has no order yet; one who isn't known yet gets the benefit of the doubt."""

    needs: ClassVar = frozenset({"has_ordered"})

    def unmet(self, document: Document) -> Reason | None:
        if not document.occasion.has_ordered:
            return None
        return Reason("not_first_order", _("It is for the first order only."))


@dataclass(frozen=True, slots=True)
class Countries(Condition):
    """The goods go to one of these countries (ISO 3166-1 alpha-2)."""

    countries: frozenset[str]

    def unmet(self, document: Document) -> Reason | None:
        if document.occasion.country in self.countries:
            return None
        text = _("It is for deliveries to these countries only: %(countries)s.")
        return Reason("wrong_country", text % {"countries": ", ".join(sorted(self.countries))})


@dataclass(frozen=True, slots=True)
class Hours(Condition):
    """On some days of the week, at some hours, by the shop's clock; past midnight where it ends before it begins.

    Attributes:
        weekdays: 1 for Monday to 7 for Sunday; none for all. Hours past midnight belong to the day on which they began.
        begin: Included; with ``end`` (excluded) ``None`` for the whole day.
    """

    weekdays: frozenset[int] = frozenset()
    begin: time | None = None
    end: time | None = None

    def unmet(self, document: Document) -> Reason | None:
        at = document.occasion.at
        if at is not None and self._holds(at.isoweekday(), at.time()):
            return None
        return Reason("wrong_time", _("It isn't valid at this time."))

    def _holds(self, weekday: int, clock: time) -> bool:
        begin, end = self.begin or time.min, self.end
        if end is None or begin < end:
            return self._on(weekday) and begin <= clock and (end is None or clock < end)
        if clock >= begin:
            return self._on(weekday)
        return clock < end and self._on(weekday - 1 or 7)

    def _on(self, weekday: int) -> bool:
        return not self.weekdays or weekday in self.weekdays
