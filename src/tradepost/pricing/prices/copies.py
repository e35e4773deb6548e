"""Giving variants the prices of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tradepost.core import db

from ..models import Price, PriceList
from .price_changes import NewPrice, set_prices

__all__ = ["copy_prices"]


@db.atomic
def copy_prices(variants: Mapping[int, int]) -> None:
    """Give variants the prices that others have on every list; lists that follow others are converted.

    Args:
        variants: The primary key of each that gets prices, by that of the one that has them. A price that it has already
            for the same quantity is replaced.
    """
    by_list: dict[int, list[NewPrice]] = defaultdict(list)
    for row in Price.objects.filter(variant__in=list(variants), is_converted=False).order_by("pk"):
        new = NewPrice(variants[row.variant_id], row.amount, row.was_amount, row.min_quantity)
        by_list[row.price_list_id].append(new)
    for price_list in PriceList.objects.filter(pk__in=by_list).order_by("pk"):
        set_prices(price_list, by_list[price_list.pk])
