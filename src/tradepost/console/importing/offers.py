"""Prices and stock of imported variants."""

from __future__ import annotations

from collections.abc import Sequence

from tradepost.catalogue.base import AbstractVariant
from tradepost.core.actors import By
from tradepost.inventory import services as inventory
from tradepost.inventory.base import AbstractLocation
from tradepost.inventory.models import StockLevel
from tradepost.pricing.base import AbstractPriceList
from tradepost.pricing.services import NewPrice, set_prices

from .rows import VariantRow

__all__ = ["write_prices", "write_stock"]

Pairs = Sequence[tuple[VariantRow, AbstractVariant]]


def write_prices(price_list: AbstractPriceList, pairs: Pairs) -> set[int]:
    """Set the prices for one unit, noted in their history; an empty cell takes the price away. Other tiers stay.

    Returns:
        Primary keys of the products whose prices changed.
    """
    priced = {variant.pk: (row, variant) for row, variant in pairs if row.has_price}
    changed = set_prices(price_list, [NewPrice(pk, row.price, row.was) for pk, (row, _variant) in priced.items()])
    return {priced[pk][1].product_id for pk in changed}


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
