"""Prices in currencies that no price list has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tradepost.core.money import quantise
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import PriceContext, PriceQuote, PriceRequest
from tradepost.pricing.tax.zone_taxes import ListPricer


class ConvertingPricer:
    """The price list's price; where there is none, the price in the shop's own currency, converted.

    Args:
        base: The shop's own currency.
    """

    def __init__(self, *, base: str = "EUR") -> None:
        self.base = base
        self.lists = ListPricer()

    def quote(
        self, requests: Sequence[PriceRequest], context: PriceContext
    ) -> Sequence[PriceQuote]:
        """At most three queries, however many items are asked for."""
        quotes = self.lists.quote(requests, context)
        missing = [
            request
            for request, quote in zip(requests, quotes, strict=True)
            if quote.amount is None
        ]
        if not missing or context.currency == self.base:
            return quotes
        rate = pricing.exchange_rate(context.currency, context.at)
        own = {
            quote.key: quote
            for quote in self.lists.quote(missing, replace(context, currency=self.base))
        }
        return [
            self._converted(quote, own.get(quote.key), rate, context.currency)
            for quote in quotes
        ]

    def _converted(
        self, quote: PriceQuote, own: PriceQuote | None, rate: Decimal, currency: str
    ) -> PriceQuote:
        if own is None or own.amount is None:
            return quote
        amount = quantise(own.amount / rate, currency)
        return PriceQuote(
            key=quote.key, amount=amount, source=f"{own.source} at {rate.normalize():f}"
        )
