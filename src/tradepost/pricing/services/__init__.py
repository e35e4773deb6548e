"""Use cases of pricing: contexts, quotes, taxes, currencies, exchange rates."""

from __future__ import annotations

from ..exchange.loader import LoadedRates, load_rates
from ..exchange.rates import exchange_rate
from ..prices.adjustments import AdjustedPrice, Adjustment, adjust_prices
from ..prices.conversion import convert
from ..prices.copies import copy_prices
from ..prices.price_changes import NewPrice, set_prices
from ..zones import zones_for
from .currencies import check_currency, currency_for
from .price_lists import change_price_list, create_price_list, remove_price_list
from .quotes import context, quote
from .rate_values import remove_exchange_rate, set_exchange_rate
from .sku_prices import SkuPrice, set_prices_by_sku, set_prices_of_lists
from .taxes import check_tax_id, tax_is_known, tax_reporter, taxer
from .zone_values import (
    change_tax_class,
    change_zone,
    create_tax_class,
    create_zone,
    remove_tax_class,
    remove_zone,
    set_tax_rates,
    tax_class_users,
    zone_users,
)

__all__ = [
    "AdjustedPrice",
    "Adjustment",
    "LoadedRates",
    "NewPrice",
    "SkuPrice",
    "adjust_prices",
    "change_price_list",
    "change_tax_class",
    "change_zone",
    "check_currency",
    "check_tax_id",
    "context",
    "convert",
    "copy_prices",
    "create_price_list",
    "create_tax_class",
    "create_zone",
    "currency_for",
    "exchange_rate",
    "load_rates",
    "quote",
    "remove_exchange_rate",
    "remove_price_list",
    "remove_tax_class",
    "remove_zone",
    "set_exchange_rate",
    "set_prices",
    "set_prices_by_sku",
    "set_prices_of_lists",
    "set_tax_rates",
    "tax_class_users",
    "tax_is_known",
    "tax_reporter",
    "taxer",
    "zone_users",
    "zones_for",
]
