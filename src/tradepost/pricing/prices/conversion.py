"""Converted prices: those of a list that follows another, made by the exchange rates on file.

They are rows like others, so that lists of products are filtered and sorted by them, and have a history. What somebody wrote into
the list stays: a variant with a price of its own isn't converted at all.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.jobs import for_each

from ..base import AbstractPriceList
from ..errors import RateMissing
from ..exchange.rates import exchange_rate
from ..models import Price, PriceList
from .history import Key
from .rounding import round_price
from .writer import Amounts, write

__all__ = ["convert", "convert_all", "follow"]

logger = logging.getLogger(__name__)


@db.atomic
def convert(price_list: AbstractPriceList, *, variants: Collection[int] | None = None) -> set[int]:
    """Make the prices that a list lacks from those of the list that it follows; one that follows none loses converted prices.

    Locks the list. Nine queries for each 5,000 prices at most; what doesn't change isn't written.

    Args:
        price_list: The one that follows.
        variants: Of these only.

    Returns:
        Primary keys of the variants of which some price changed.

    Raises:
        RateMissing: There is no exchange rate of one of the two currencies; the prices stay as they are.
    """
    return _convert(price_list.pk, {} if variants is None else {"variant__in": list(variants)})


def _convert(pk: int, scope: dict[str, Any]) -> set[int]:
    """In the caller's transaction, which lives on where a rate is missing."""
    price_list = PriceList.objects.filter(pk=pk).locked().first()
    if price_list is None:
        return set()
    have = Price.objects.filter(price_list=price_list.pk, **scope)
    converted_keys: set[Key] = set()
    own: set[int] = set()
    for variant, least, is_converted in have.values_list("variant_id", "min_quantity", "is_converted"):
        if is_converted:
            converted_keys.add((variant, least))
        else:
            own.add(variant)
    targets: dict[Key, Amounts | None] = dict.fromkeys(converted_keys)
    if price_list.converts_id is not None:
        source = PriceList.objects.get(pk=price_list.converts_id)
        factor = _factor(source, price_list)
        rows = Price.objects.filter(price_list=source.pk, **scope)
        for variant, least, amount, was in rows.values_list("variant_id", "min_quantity", "amount", "was_amount"):
            if variant not in own:
                targets[variant, least] = _amounts(amount, was, factor, price_list)
    return write(price_list.pk, targets, converted=True)


def _factor(source: AbstractPriceList, target: AbstractPriceList) -> Decimal:
    """Units of the target's currency for one of the source's, with the target's margin."""
    margin = 1 + target.margin
    if source.currency == target.currency:
        return margin
    now = clock.now()
    return margin * exchange_rate(source.currency, now) / exchange_rate(target.currency, now)


def _amounts(amount: Decimal, was: Decimal | None, factor: Decimal, target: AbstractPriceList) -> Amounts:
    price = round_price(amount * factor, target.rounding, target.currency)
    before = None if was is None else round_price(was * factor, target.rounding, target.currency)
    return price, before if before is not None and before > price else None


@db.atomic
def follow(price_list_id: int, variants: Collection[int]) -> None:
    """After prices of a list changed: convert them for the lists that follow it, and fill its own gaps if it follows one.

    A list whose currency has no exchange rate keeps its prices, and the log says so.
    """
    if not variants:
        return
    for row in PriceList.objects.filter(pk=price_list_id).exclude(converts=None):
        _try(row, variants)
    for follower in PriceList.objects.filter(converts=price_list_id).order_by("pk"):
        _try(follower, variants)


def _try(price_list: AbstractPriceList, variants: Collection[int]) -> None:
    try:
        _convert(price_list.pk, {"variant__in": list(variants)})
    except RateMissing as error:
        logger.warning("Prices of %s weren't converted: %s", price_list.code, error)


def convert_all() -> int:
    """Convert every list that follows another, each in a transaction of its own; one that fails is logged.

    Returns:
        How many variants have another price.
    """
    lists = PriceList.objects.exclude(converts=None).order_by("pk")
    return for_each(lists, lambda row: len(convert(row)))
