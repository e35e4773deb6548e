"""Prices and stock of imported variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tradepost.catalogue.base import AbstractVariant
from tradepost.core.actors import By
from tradepost.inventory import services as inventory
from tradepost.inventory.base import AbstractLocation
from tradepost.inventory.models import StockLevel
from tradepost.pricing.base import AbstractPriceList
from tradepost.pricing.services import NewPrice, set_prices

from ..rows import VariantRow

__all__ = ["UNLIMITED", "write_prices", "write_stock"]

UNLIMITED = 1_000_000
"""Units that may be sold before they are there, where a file only says that some may."""

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
    rows = {variant.pk: row for row, variant in pairs if _limit(row, 0) is not None}
    other: list[Any] = []
    for level in StockLevel.objects.filter(location=location.pk, variant__in=list(rows)):
        limit = _limit(rows[level.variant_id], level.backorder_limit)
        if limit is not None and level.backorder_limit != limit:
            level.backorder_limit = limit
            other.append(level)
    if other:
        StockLevel.objects.bulk_update(other, ["backorder_limit"])
    return {product_of[pk] for pk in [*changed, *(level.variant_id for level in other)]}


def _limit(row: VariantRow, have: int) -> int | None:
    """The limit of backorders that a row says; the one that is there, where the row only says that there is one."""
    if row.backorder_limit is not None or row.takes_backorders is None:
        return row.backorder_limit
    return (have or UNLIMITED) if row.takes_backorders else 0
