"""Short ways to write a calculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from tradepost.basket.calculation import calculate
from tradepost.basket.totals.snapshots import (
    BasketSnapshot,
    Rules,
    Terms,
)
from tradepost.pricing.document import Item, Occasion, Totals
from tradepost.pricing.ports import PriceQuote
from tradepost.pricing.tax.calculation import (
    Rate,
    TaxRules,
    tax,
)
from tradepost.promotions.rules import Benefit, Condition, Goods, PromotionRule

ALL = Goods()


def d(text: str | int) -> Decimal:
    """An amount."""
    return Decimal(text)


def line(price: str, quantity: int = 1, **values: Any) -> tuple[Decimal, dict[str, Any]]:
    """A line of a basket."""
    return Decimal(price), {"quantity": quantity, **values}


def promotion(
    *benefits: Benefit, code: str = "promotion", when: Sequence[Condition] = (), **values: Any
) -> PromotionRule:
    """A promotion."""
    return PromotionRule(
        code=code,
        label=code.capitalize(),
        conditions=tuple(when),
        benefits=benefits,
        **{"priority": 0, "is_exclusive": False, **values},
    )


def vat(rounding: str = "line", **rates: str) -> Callable[..., None]:
    """A taxer of one tax for each class; 19 % where nothing is said."""
    values = {cls: (Rate(f"VAT {rate}", Decimal(rate)),) for cls, rate in (rates or {"standard": "0.19"}).items()}
    return partial(tax, rules=TaxRules(here=values, home=values, rounding=rounding))


def total(
    *lines: tuple[Decimal, dict[str, Any]],
    promotions: Sequence[PromotionRule] = (),
    net: bool = False,
    currency: str = "EUR",
    terms: Terms | None = None,
    at: Occasion | None = None,
    **rules: Any,
) -> Totals:
    """The totals of a basket; its lines have the keys a, b, c …"""
    keyed: Mapping[str, tuple[Decimal, dict[str, Any]]] = {
        f"{number:03}" if len(lines) > 26 else chr(ord("a") + number): result for number, result in enumerate(lines)
    }
    items = tuple(
        Item(key=key, variant_id=number, product_id=number, **values)
        for number, (key, (_price, values)) in enumerate(keyed.items())
    )
    return calculate(
        BasketSnapshot(
            currency=currency,
            prices_include_tax=not net,
            items=items,
            terms=terms or Terms(),
            occasion=at or Occasion(),
        ),
        Rules(
            prices={key: PriceQuote(key=key, amount=price, source="list") for key, (price, _v) in keyed.items()},
            promotions=tuple(promotions),
            **rules,
        ),
    )


def left(totals: Totals) -> list[Decimal]:
    """The rest of each line, on the document's basis."""
    return [row.left for row in totals.lines]


def refused(totals: Totals) -> list[tuple[str, str]]:
    """Rules that did not apply, and the codes why."""
    return [(entry.rule, entry.code) for entry in totals.trail if not entry.applied]
