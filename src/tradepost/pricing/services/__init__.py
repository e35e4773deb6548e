"""Use cases of pricing: contexts, quotes, taxes, currencies, exchange rates."""

from __future__ import annotations

from ..exchange.loader import LoadedRates, load_rates
from ..exchange.rates import exchange_rate
from ..prices.conversion import convert
from ..prices.price_changes import NewPrice, set_prices
from ..zones import zones_for
from .currencies import check_currency, currency_for
from .price_lists import change_price_list, create_price_list, remove_price_list
from .quotes import context, quote
from .sku_prices import SkuPrice, set_prices_by_sku, set_prices_of_lists
from .taxes import check_tax_id, tax_is_known, tax_reporter, taxer

__all__ = [
    "LoadedRates",
    "NewPrice",
    "SkuPrice",
    "change_price_list",
    "check_currency",
    "check_tax_id",
    "context",
    "convert",
    "create_price_list",
    "currency_for",
    "exchange_rate",
    "load_rates",
    "quote",
    "remove_price_list",
    "set_prices",
    "set_prices_by_sku",
    "set_prices_of_lists",
    "tax_is_known",
    "tax_reporter",
    "taxer",
    "zones_for",
]
