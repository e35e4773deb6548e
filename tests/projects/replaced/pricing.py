"""The shop's prices: those of the lists, and less for teachers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.core.cache import cache

from tradepost.core.money import quantise
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.ports import PriceContext, PriceQuote, PriceRequest
from tradepost.pricing.tax.zone_taxes import ListPricer


class TeachersPricer(ListPricer):
    """Whoever is in the group pays a part less of every price."""

    def __init__(self, *, group: str, percent: int) -> None:
        self.group = group
        self.factor = Decimal(100 - percent) / 100

    def quote(self, requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
        """Our lists' prices, by one query; the group's key is remembered for a minute."""
        quotes = super().quote(requests, context)
        if not context.groups or self._key() not in context.groups:
            return quotes
        return [
            quote if quote.amount is None else self._less(quote, quote.amount, context.currency) for quote in quotes
        ]

    def _key(self) -> int:
        customer_groups = CustomerGroup.objects.filter(code=self.group).values_list("pk", flat=True)
        key: int = cache.get_or_set(f"myshop-group-{self.group}", lambda: customer_groups.first() or 0, 60)
        return key

    def _less(self, quote: PriceQuote, amount: Decimal, currency: str) -> PriceQuote:
        return replace(quote, amount=quantise(amount * self.factor, currency), was=amount, source=self.group)
