"""History of prices: each amount of a price is noted once, with the moment from which it held.

What writes prices through :func:`tradepost.pricing.services.set_prices` notes it in the same transaction; :func:`record` finds
what was written around it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from tradepost.core import db
from tradepost.core.dates import clock

from ..models import (
    Price,
    PriceChange,
    PriceList,
)

__all__ = ["Key", "key_of", "record", "record_all", "with_last"]

Key = tuple[int, int]
"""Variant and least quantity of a price on a list."""
_AT_ONCE = 5000


def key_of(row: Any) -> Key:
    """Of a price, or of a change of one."""
    return row.variant_id, row.min_quantity


def with_last(prices: QuerySet[Price]) -> QuerySet[Any]:
    """Prices with the latest amount that was noted of each (``last_amount``), and since when (``last_at``)."""
    noted = PriceChange.objects.filter(**_same()).order_by("-at", "-pk")
    return prices.annotate(last_amount=Subquery(noted.values("amount")[:1]), last_at=Subquery(noted.values("at")[:1]))


def _same() -> dict[str, Any]:
    return {name: OuterRef(name) for name in ("price_list", "variant", "min_quantity")}


def since(price: Any, now: datetime) -> datetime:
    """From when an amount holds that nobody noted: when its row says it was written, if that can be."""
    written: datetime = price.updated_at
    return written if written <= now and (price.last_at is None or written > price.last_at) else now


@db.atomic
def record(price_list_id: int, *, variants: Collection[int] | None = None) -> int:
    """Note what differs from the latest change of each price: new amounts, and prices that are gone.

    Locks the list. Three queries, whatever there is.

    Args:
        price_list_id: Whose prices.
        variants: Of these only.

    Returns:
        How many changes were noted, 5,000 at most.
    """
    if not PriceList.objects.filter(pk=price_list_id).locked():
        return 0
    scope: dict[str, Any] = {"price_list": price_list_id}
    if variants is not None:
        scope["variant__in"] = list(variants)
    now = clock.now()
    differing = with_last(Price.objects.filter(**scope)).filter(Q(last_amount=None) | ~Q(last_amount=F("amount")))
    changes = [
        PriceChange(**_whose(row, price_list_id), amount=row.amount, at=since(row, now))
        for row in differing.order_by("pk")[:_AT_ONCE]
    ]
    later = PriceChange.objects.filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")), **_same()
    )
    gone = PriceChange.objects.filter(~Exists(later), ~Exists(Price.objects.filter(**_same())), amount__isnull=False)
    room = _AT_ONCE - len(changes)
    changes += [
        PriceChange(**_whose(row, price_list_id), amount=None, at=max(now, row.at))
        for row in gone.filter(**scope).order_by("pk")[:room]
    ]
    PriceChange.objects.bulk_create(changes)
    return len(changes)


def _whose(row: Any, price_list_id: int) -> dict[str, int]:
    variant, least = key_of(row)
    return {"price_list_id": price_list_id, "variant_id": variant, "min_quantity": least}


def record_all() -> int:
    """Note what was written around the services, on every list, each in a transaction of its own."""
    return sum(record(pk) for pk in PriceList.objects.order_by("pk").values_list("pk", flat=True))
