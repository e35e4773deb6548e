"""Prices and discounts that staff set by hand, as a calculation takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tradepost.pricing.ports import PriceQuote

from ..base import AbstractBasket, AbstractManualPrice
from ..models import ManualPrice
from .snapshots import ManualDiscount

__all__ = ["NOTHING_BY_HAND", "ManualPrices", "manual_prices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPrices:
    """Prices and discounts by hand, by key of the item; and a discount on all goods together."""

    prices: Mapping[str, Decimal] = field(default_factory=dict)
    discounts: Mapping[str, ManualDiscount] = field(default_factory=dict)
    whole: ManualDiscount | None = None

    def over(self, quotes: Mapping[str, PriceQuote]) -> dict[str, PriceQuote]:
        """Quotes with these prices in place of the lists'; one that was lowered shows the list's as the price before."""
        return {key: self._over(quote) for key, quote in quotes.items()}

    def _over(self, quote: PriceQuote) -> PriceQuote:
        price = self.prices.get(quote.key)
        if price is None:
            return quote
        was = quote.amount if quote.amount is not None and quote.amount > price else None
        return replace(quote, amount=price, was=was, lowest=None, source=AbstractManualPrice.SOURCE, note="")


NOTHING_BY_HAND = ManualPrices()


def manual_prices(basket: AbstractBasket) -> ManualPrices:
    """The prices and discounts that staff set in a draft; one query."""
    prices: dict[str, Decimal] = {}
    discounts: dict[str, ManualDiscount] = {}
    whole: ManualDiscount | None = None
    for row in ManualPrice.objects.filter(basket=basket.pk):
        key = str(row.line)
        if row.line == basket.uuid:
            whole = _discount(row)
        elif row.kind == AbstractManualPrice.Kind.PRICE:
            prices[key] = row.value
        else:
            discounts[key] = _discount(row)
    return ManualPrices(prices=prices, discounts=discounts, whole=whole)


def _discount(row: AbstractManualPrice) -> ManualDiscount:
    values = {"percent": row.value} if row.kind == AbstractManualPrice.Kind.PERCENT else {"amount": row.value}
    return ManualDiscount(**values, reason=row.reason, actor=row.actor_label)
