"""Where a basket is bought for, and in which currency."""

from __future__ import annotations

from tradepost.core import db
from tradepost.core.addresses.countries import read_country
from tradepost.pricing.services import check_currency

from ..base import AbstractBasket
from ..models import BasketLine
from .lines import check_prices, locked
from .manual_prices import refuse_amounts

__all__ = ["set_country", "set_currency"]


@db.atomic
def set_country(basket: AbstractBasket, country: str) -> AbstractBasket:
    """Say where the basket is priced for, before there is an address.

    Args:
        country: ISO 3166-1 alpha-2; empty for "not known".

    Raises:
        BasketNotOpen: The basket was submitted.
        Invalid: There is no such country.
    """
    country = read_country(country)
    fresh = locked(basket)
    fresh.country = country
    fresh.save(update_fields=["country"])
    return fresh


@db.atomic
def set_currency(basket: AbstractBasket, currency: str) -> AbstractBasket:
    """Price the basket in another currency.

    Raises:
        BasketNotOpen: The basket was submitted.
        CurrencyNotOffered: The shop doesn't sell in it.
        PriceMissing: Some of the goods have no price in it; nothing was changed.
        ManuallyPriced: Amounts that staff set are in the present currency.
    """
    check_currency(currency)
    fresh = locked(basket)
    if fresh.is_draft and fresh.currency != currency:
        refuse_amounts(fresh)
    rows = BasketLine.objects.filter(basket=fresh.pk).values_list("variant_id", "variant__sku")
    check_prices(fresh, dict(rows), currency=currency)
    fresh.currency = currency
    fresh.save(update_fields=["currency"])
    return fresh
