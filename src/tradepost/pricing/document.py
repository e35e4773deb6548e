"""The document that totals are made in: lines, charges, their adjustments and taxes, and the trail of every step.

Pure values. Stages change a :class:`Document`; what comes out is frozen :class:`Totals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tradepost.core.money import ZERO

__all__ = [
    "Adjustment",
    "ChargeRow",
    "Document",
    "Hint",
    "Item",
    "LineRow",
    "Occasion",
    "Row",
    "TaxRow",
    "Totals",
    "TrailEntry",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line as it enters the calculation.

    Attributes:
        key: Names it, stably (a basket line's UUID).
        weight: Of one unit, in grams.
        sides: Of one unit, in millimetres, the longest first; ``None`` where they aren't known.
        categories: Slugs of those categories, among the ones that some rule names, which the product is in or below.
        product: Slug of the product.
        collections: Keys of those collections, among the ones that some rule names, which the product is in.
        options: Name of what the buyer chose, the same however it was written; empty for nothing.
        group: Of the delivery that it belongs to; empty for the only one.
    """

    key: str
    variant_id: int
    product_id: int
    quantity: int
    sku: str = ""
    name: str = ""
    product: str = ""
    tax_class: str = "standard"
    weight: int = 0
    sides: tuple[int, int, int] | None = None
    kind: str = "physical"
    categories: frozenset[str] = frozenset()
    collections: frozenset[int] = frozenset()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_discountable: bool = True
    is_tracked: bool = True
    options: str = ""
    group: str = ""

    @property
    def is_shipped(self) -> bool:
        """Whether it travels."""
        return self.kind == "physical"

    @property
    def sort_key(self) -> tuple[str, str, int, int, str]:
        """Its place among others: by what it is, and by its key only where two are the same, so that the last cent of what is
        shared out goes to the same goods in every basket.
        """
        return self.sku, self.options, self.variant_id, self.quantity, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A discount on a row. ``application`` joins the shares of one discount; ``amount`` is below zero, on the row's basis.

    Attributes:
        kind: ``promotion``, or ``manual`` for what staff gave: then there is no promotion, but a reason and who gave it.
    """

    promotion: str
    label: str
    amount: Decimal
    application: str
    coupon: str = ""
    kind: str = "promotion"
    reason: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """A tax on a row; written for 0 % too."""

    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    jurisdiction: str = ""
    compound: bool = False
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Row:
    """The common part of lines and charges. ``gross`` and ``left`` are on the document's basis, quantised.

    Attributes:
        gross: Before discounts.
        net: After discounts, without tax; with :attr:`tax` it is :attr:`total`.
        taxed: The amount :attr:`left` that the three were made of; ``None`` until then. Who changes a row later taxes it again.
    """

    key: str
    tax_class: str
    gross: Decimal = ZERO
    adjustments: list[Adjustment] = field(default_factory=list)
    net: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO
    taxes: list[TaxRow] = field(default_factory=list)
    taxed: Decimal | None = None

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Its place among the rows, wherever cents are shared out: lines by their goods, then charges by their key."""
        return 1, self.key

    @property
    def discount(self) -> Decimal:
        """Sum of the discounts, at least zero."""
        return -sum((a.amount for a in self.adjustments), ZERO)

    @property
    def left(self) -> Decimal:
        """The rest after discounts."""
        return self.gross - self.discount


@dataclass(slots=True, kw_only=True)
class LineRow(Row):
    """A line with its price. ``unit_price`` and ``list_price`` have up to four decimals."""

    item: Item
    unit_price: Decimal = ZERO
    list_price: Decimal | None = None
    price_source: str = ""

    @property
    def sort_key(self) -> tuple[Any, ...]:
        return 0, self.item.sort_key


@dataclass(slots=True, kw_only=True)
class ChargeRow(Row):
    """A charge: shipping, a fee."""

    kind: str
    code: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One step that changed an amount, or that would have and why it did not.

    Attributes:
        stage: As in ``"taxes"``.
        row: Key of the line or charge; empty for the whole document.
        rule: What did it: a price list, a promotion's code, a rate's name.
        applied: False for what did not apply; then ``why`` says why, and the amounts are equal.
        code: Stable, of a refusal: ``minimum_not_reached``, ``nothing_left``, ``coupon_unknown`` …
    """

    stage: str
    rule: str
    why: str
    row: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    applied: bool = True
    code: str = ""
    coupon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """An offer that a little more in the basket would bring.

    Attributes:
        code: ``spend_more``, ``add_more``, ``free_delivery`` or ``take_gift``.
        message: For people, as in "Add 1 more for the third one free."
        progress: How far the basket has come, in percent; 100 only where a gift waits to be taken.
        amount: What is missing, in the basket's currency and basis; ``None`` where units are.
        units: The units that are missing; ``None`` where an amount is.
        promise: What it would give, for people who write the message themselves.
        promotion: Code of the promotion; empty for a way to deliver.
        products: Slugs of the only products that help; empty where more do.
    """

    code: str
    message: str
    progress: int
    amount: Decimal | None = None
    units: int | None = None
    promise: str = ""
    promotion: str = ""
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who buys, where and when, as far as it is known; what rules look at beside the goods.

    Attributes:
        at: By the shop's clock (its time zone).
        country: Where the goods go, ISO 3166-1 alpha-2.
        groups: Codes of the customer's groups, where some rule asks for them.
        has_ordered: Whether the buyer has an order already, where some rule asks for it.
    """

    at: datetime | None = None
    country: str = ""
    groups: frozenset[str] = frozenset()
    has_ordered: bool = False


@dataclass(slots=True, kw_only=True)
class Document:
    """The document that the stages work on, in one currency and on one basis.

    Attributes:
        memo: What a stage keeps for a later one, by a name of its own.
    """

    currency: str
    prices_include_tax: bool
    occasion: Occasion = field(default_factory=Occasion)
    lines: list[LineRow] = field(default_factory=list)
    charges: list[ChargeRow] = field(default_factory=list)
    trail: list[TrailEntry] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    tax_rounding: str = "line"
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[Row]:
        """Lines, then charges."""
        return [*self.lines, *self.charges]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The outcome of a calculation. Σ lines + Σ charges = total; on each row net + tax = total.

    Attributes:
        errors: What can't be sold, as facts with ``code`` (``no_price``, ``not_sellable``, ``shipping_unavailable``,
            ``not_calculated`` …) and ``message``; empty for a basket that can.
        total: ``None`` where the stages didn't calculate the document to its end; then there is an error, too.
        goods: Of the lines before discounts, on the document's basis.
        coupons: Codes that had an effect.
        hints: What a little more would give, the nearest first.
    """

    currency: str
    prices_include_tax: bool
    tax_rounding: str
    lines: tuple[LineRow, ...]
    charges: tuple[ChargeRow, ...]
    trail: tuple[TrailEntry, ...]
    errors: tuple[Mapping[str, Any], ...]
    goods: Decimal
    goods_net: Decimal
    goods_tax: Decimal
    goods_total: Decimal
    charges_net: Decimal
    charges_tax: Decimal
    charges_total: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal | None
    coupons: frozenset[str] = frozenset()
    hints: tuple[Hint, ...] = ()

    def line(self, key: str) -> LineRow:
        """The line of that key.

        Raises:
            KeyError: There is none.
        """
        for row in self.lines:
            if row.key == key:
                return row
        raise KeyError(key)
