"""Prices and stock of imported variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tradepost.catalogue.base import AbstractVariant
from tradepost.core import clock
from tradepost.core.actors import By
from tradepost.inventory import services as inventory
from tradepost.inventory.base import AbstractLocation
from tradepost.inventory.models import StockLevel
from tradepost.pricing.base import AbstractPriceList
from tradepost.pricing.models import Price

from .rows import VariantRow

__all__ = ["write_prices", "write_stock"]

Pairs = Sequence[tuple[VariantRow, AbstractVariant]]


def write_prices(price_list: AbstractPriceList, pairs: Pairs) -> set[int]:
    """Set the prices for one unit; an empty cell takes the price away. Other tiers stay.

    Returns:
        Primary keys of the products whose prices changed.
    """
    priced = [(row, variant) for row, variant in pairs if row.has_price]
    rows = Price.objects.filter(price_list=price_list.pk, min_quantity=1, variant__in=[v.pk for _, v in priced])
    have = {price.variant_id: price for price in rows}
    new: list[Any] = []
    changed: list[Any] = []
    gone: list[int] = []
    products: set[int] = set()
    for row, variant in priced:
        price: Any = have.get(variant.pk)
        if price is None and row.price is not None:
            new.append(Price(price_list_id=price_list.pk, variant_id=variant.pk, amount=row.price, was_amount=row.was))
        elif price is not None and row.price is None:
            gone.append(price.pk)
        elif price is not None and (price.amount, price.was_amount) != (row.price, row.was):
            price.amount, price.was_amount, price.updated_at = row.price, row.was, clock.now()
            changed.append(price)
        else:
            continue
        products.add(variant.product_id)
    Price.objects.bulk_create(new)
    if changed:
        Price.objects.bulk_update(changed, ["amount", "was_amount", "updated_at"])
    if gone:
        Price.objects.filter(pk__in=gone).delete()
    return products


def write_stock(location: AbstractLocation, pairs: Pairs, *, by: By) -> set[int]:
    """Book what a file says is on hand as a count, so that each change has its movement; set the limits of backorders.

    Returns:
        Primary keys of the products whose stock changed.
    """
    product_of = {variant.pk: variant.product_id for _, variant in pairs}
    counted = {variant.pk: row.stock for row, variant in pairs if row.stock is not None}
    changed = inventory.count_many(counted, location.pk, by=by, note="import") if counted else set()
    limits = {variant.pk: row.backorder_limit for row, variant in pairs if row.backorder_limit is not None}
    levels = StockLevel.objects.filter(location=location.pk, variant__in=list(limits))
    other = [level for level in levels if level.backorder_limit != limits[level.variant_id]]
    for level in other:
        level.backorder_limit = limits[level.variant_id]
    if other:
        StockLevel.objects.bulk_update(other, ["backorder_limit"])
    return {product_of[pk] for pk in [*changed, *(level.variant_id for level in other)]}
