"""The kinds of pricing: what is kept of them is as new as the request that uses it."""

from __future__ import annotations

from tradepost.core.versions import watch

from .models import ExchangeRate, Price, PriceChange, PriceList, TaxClass, TaxRate, Zone, ZoneArea

__all__: list[str] = []

watch("pricing.lists", PriceList, placing=True)
watch("pricing.prices", Price, PriceChange, placing=True)
watch("pricing.rates", ExchangeRate, placing=True)
watch("pricing.taxes", TaxClass, TaxRate, placing=True)
watch("pricing.zones", Zone, ZoneArea, placing=True)
