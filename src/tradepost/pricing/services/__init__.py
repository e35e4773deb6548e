"""Use cases of pricing: contexts, quotes, taxes, currencies, exchange rates."""

from __future__ import annotations

from ..exchange.loader import LoadedRates, load_rates
from ..exchange.rates import exchange_rate
from ..prices.conversion import convert
from ..prices.price_changes import NewPrice, set_prices
from ..zones import zones_for
from .currencies import check_currency, currency_for
from .quotes import context, quote
from .taxes import check_tax_id, tax_is_known, tax_reporter, taxer

__all__ = [
    "LoadedRates",
    "NewPrice",
    "check_currency",
    "check_tax_id",
    "context",
    "convert",
    "currency_for",
    "exchange_rate",
    "load_rates",
    "quote",
    "set_prices",
    "tax_is_known",
    "tax_reporter",
    "taxer",
    "zones_for",
]
