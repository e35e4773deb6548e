"""Base classes of all kinds of rules."""

from __future__ import annotations

import abc
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradepost.core.money import ZERO, allocate, portions, quantise
from tradepost.pricing.document import Adjustment, Document, Item, LineRow, Row

__all__ = [
    "Application",
    "Benefit",
    "Condition",
    "Goods",
    "Lot",
    "Missing",
    "PromotionRule",
    "Reason",
    "by_row",
    "fewer_units",
    "first_units",
    "give",
    "in_currency",
    "lots_left",
    "share",
    "unit_count",
    "units_by_key",
    "units_left",
]


class Lot(NamedTuple):
    """Units of a row that are worth the same, each ``value``; ``position`` is that of the row."""

    value: Decimal
    position: int
    number: int = 1


Unit = tuple[Decimal, int]
"""The rest of one unit, and the position of its row."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason why a promotion does not apply: a stable code, and a sentence for customers."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Goods:
    """Which goods a rule is for; of each kind that is named one must fit, and nothing named means all goods.

    Attributes:
        categories: Slugs; what is below them counts.
        products: Slugs.
        collection: Key of a collection; ``None`` for any.
        attributes: Values by the code of an attribute; of an attribute with several values one is enough.
    """

    categories: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    collection: int | None = None
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def is_all(self) -> bool:
        """Whether nothing is named."""
        return not (self.categories or self.products or self.attributes or self.collection is not None)

    def cover(self, item: Item) -> bool:
        """Whether an item is one of them."""
        return (
            (not self.categories or bool(self.categories & item.categories))
            and (not self.products or item.product in self.products)
            and (self.collection is None or self.collection in item.collections)
            and all(_has(item, code, values) for code, values in self.attributes.items())
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """The distance of a basket from something.

    Attributes:
        have: Less than ``needed``; at least zero.
        currency: Of both amounts; empty where they are units.
        goods: What counts.
        is_gift: What is missing is to be had for nothing.
    """

    have: Decimal
    needed: Decimal
    currency: str = ""
    goods: Goods = field(default_factory=Goods)
    is_gift: bool = False

    @property
    def left(self) -> Decimal:
        """The missing amount, to the currency's smallest unit."""
        return quantise(self.needed - self.have, self.currency) if self.currency else self.needed - self.have


def _has(item: Item, code: str, accepted: Sequence[Any]) -> bool:
    value = item.attributes.get(code)
    return any(entry in accepted for entry in (value if isinstance(value, list | tuple) else [value]))


@dataclass(frozen=True, slots=True)
class Application:
    """One use of a promotion in a calculation; its shares on several rows carry the same ``key``.

    Attributes:
        uses_units: A unit that this promotion counts is used up for others of the kind.
        used: What those used up before: by key of the line the units, and what is left of their price.
    """

    promotion: str
    label: str
    key: str
    coupon: str = ""
    uses_units: bool = False
    used: dict[str, tuple[int, Decimal]] = field(default_factory=dict)

    def left(self, row: Row) -> Decimal:
        """The rest of a row, for this promotion."""
        return max(ZERO, row.left - self.used[row.key][1]) if self._shares(row) else row.left

    def units(self, row: LineRow) -> int:
        """Units of a line that this promotion may count."""
        return row.item.quantity - (self.used[row.key][0] if self._shares(row) else 0)

    def _shares(self, row: Row) -> bool:
        return self.uses_units and row.key in self.used


class Condition(abc.ABC):
    """A condition on a document. Asked once for each calculation, before any benefit.

    Attributes:
        needs: What of the document's occasion it looks at and isn't loaded unless somebody does: ``groups``, ``has_ordered``.
    """

    needs: ClassVar[frozenset[str]] = frozenset()

    @abc.abstractmethod
    def unmet(self, document: Document) -> Reason | None:
        """Say why it doesn't hold; ``None`` where it does."""

    def missing(self, document: Document) -> Missing | None:
        """Say what more in the basket would make it hold, for a hint; ``None`` where it holds, or no more would."""
        return None


class Benefit(abc.ABC):
    """A reduction. ``target`` decides the stage: ``lines``, ``order`` or ``shipping``."""

    target: str
    goods: Goods

    @abc.abstractmethod
    def apply(self, document: Document, application: Application) -> bool:
        """Add adjustments, by :func:`give`; False where there was nothing to take off.

        It may be tried on a copy of the document to find the best of several promotions, so it keeps nothing elsewhere.
        """

    def fits(self, document: Document) -> bool:
        """Whether there is something in the document that it is for, as a hint asks; whether it takes anything off is tried."""
        if self.target == "shipping":
            return any(line.item.is_shipped for line in document.lines)
        return any(row.left for row in self.rows(document))

    @property
    def gives_gifts(self) -> bool:
        """Whether it gives something away beside what is bought."""
        return False

    def gifts(self, document: Document) -> Mapping[str, int]:
        """Units that it gives away beside what is bought, by the key of their line; they meet no condition of their promotion."""
        return {}

    def rows(self, document: Document) -> Sequence[Row]:
        """The rows it is for, in their order: goods that may be discounted, or shipping."""
        if self.target == "shipping":
            return sorted((c for c in document.charges if c.kind == "shipping"), key=lambda charge: charge.sort_key)
        return sorted((line for line in document.lines if self._covers(line)), key=lambda line: line.sort_key)

    def lacking(self, document: Document) -> Reason:
        """Say why it took nothing off, where there are goods for it."""
        return Reason("no_effect", _("It takes nothing off these items."))

    def missing(self, document: Document) -> Missing | None:
        """Say what more would make it take something off, or more than now, for a hint; ``None`` for nothing."""
        return None

    def promise(self, document: Document) -> str:
        """Describe what it gives once nothing is missing, in a few words within a sentence ("10 % off").

        Empty where the promotion's label has to do.
        """
        return ""

    def badge(self) -> str:
        """Describe what it gives, as a badge on a product ("−10 %"); empty for none."""
        return ""

    def _covers(self, line: LineRow) -> bool:
        return line.item.is_discountable and self.goods.cover(line.item)


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """A promotion as the calculation sees it.

    Attributes:
        lane: Of all promotions of a lane one applies: the best. An empty lane is nobody else's.
        uses_units: A unit counts for one promotion of this kind only.
        most: What it may take off one document, in ``currency``; ``None`` for no limit.
        used_up: Why nobody, or not this buyer, may have it any more; ``None`` where they may.
    """

    code: str
    label: str
    priority: int
    is_exclusive: bool
    conditions: tuple[Condition, ...]
    benefits: tuple[Benefit, ...]
    coupon: str = ""
    lane: str = ""
    uses_units: bool = False
    most: Decimal | None = None
    currency: str = ""
    used_up: Reason | None = None


def in_currency(currency: str, document: Document) -> Reason | None:
    """The reason where a document is in another currency."""
    if document.currency == currency:
        return None
    return Reason("wrong_currency", _("Only for orders in %(currency)s.") % {"currency": currency})


def fewer_units(count: int) -> Reason:
    """The reason where so many more units are needed."""
    text = ngettext("%(count)s more item is needed.", "%(count)s more items are needed.", count)
    return Reason("quantity_not_reached", text % {"count": count})


def give(
    rows: Sequence[Row],
    shares: Sequence[Decimal],
    application: Application,
    counted: Sequence[Lot | Unit] | None = None,
) -> bool:
    """Take a share off each row, at most what is left of it.

    Args:
        counted: The units that the discount is for; where it isn't given, all units of each row that something is taken off.

    Returns:
        Whether anything was taken off.
    """
    before = [application.left(row) for row in rows]
    taken = [max(ZERO, min(amount, rest)) for amount, rest in zip(shares, before, strict=True)]
    if not any(taken):
        return False
    for row, amount in zip(rows, taken, strict=True):
        if amount > 0:
            row.adjustments.append(
                Adjustment(
                    promotion=application.promotion,
                    label=application.label,
                    amount=-amount,
                    application=application.key,
                    coupon=application.coupon,
                )
            )
    if application.uses_units:
        _use_up(rows, before, taken, application, None if counted is None else [Lot(*lot) for lot in counted])
    return True


def _use_up(
    rows: Sequence[Row],
    before: Sequence[Decimal],
    taken: Sequence[Decimal],
    application: Application,
    counted: Sequence[Lot] | None,
) -> None:
    worth = list(before) if counted is None else by_row(counted, len(rows))
    numbers: Counter[int] = Counter()
    for lot in counted or ():
        numbers[lot.position] += lot.number
    for position, row in enumerate(rows):
        if not isinstance(row, LineRow):
            continue
        number = numbers[position]
        if counted is None and taken[position]:
            number = application.units(row)
        if number:
            units, rest = application.used.get(row.key, (0, ZERO))
            application.used[row.key] = (units + number, rest + worth[position] - taken[position])


def share(
    rows: Sequence[Row],
    amount: Decimal,
    currency: str,
    application: Application,
    *,
    weights: Sequence[Decimal] | None = None,
    counted: Sequence[Lot] | None = None,
) -> bool:
    """Share an amount by what is left of each row, or of the part of it that counts."""
    caps = [application.left(row) for row in rows] if weights is None else weights
    amount = min(amount, sum(caps, ZERO))
    if amount <= 0:
        return False
    return give(rows, allocate(amount, caps, currency=currency, caps=caps), application, counted)


def lots_left(rows: Sequence[Row], currency: str, application: Application) -> list[Lot]:
    """The units that may be counted, with what is left of each; the cheapest first, of equal ones in the order of the rows."""
    lots: list[Lot] = []
    for position, row in enumerate(rows):
        if isinstance(row, LineRow) and (count := application.units(row)) > 0:
            parts = portions(application.left(row), count, currency=currency)
            lots += [Lot(value, position, number) for value, number in parts]
    return sorted(lots)


def units_left(rows: Sequence[Row], currency: str, application: Application) -> list[Unit]:
    """As :func:`lots_left`, each single unit by itself: simpler to write a rule with, and slow where there are thousands."""
    return [(lot.value, lot.position) for lot in lots_left(rows, currency, application) for _unit in range(lot.number)]


def unit_count(units: Sequence[Lot]) -> int:
    """Count the units."""
    return sum(lot.number for lot in units)


def first_units(units: Sequence[Lot], number: int) -> list[Lot]:
    """The first so many units, or all where there are fewer."""
    lots: list[Lot] = []
    for lot in units:
        if number <= 0:
            break
        lots.append(lot._replace(number=min(lot.number, number)))
        number -= lot.number
    return lots


def by_row(units: Sequence[Lot], number: int) -> list[Decimal]:
    """Sum the worth of units, for each of so many rows."""
    sums = [ZERO] * number
    for lot in units:
        sums[lot.position] += lot.value * lot.number
    return sums


def units_by_key(units: Sequence[Lot], rows: Sequence[Row]) -> Mapping[str, int]:
    """Count the units, by the key of their row."""
    numbers: Counter[str] = Counter()
    for lot in units:
        numbers[rows[lot.position].key] += lot.number
    return numbers
