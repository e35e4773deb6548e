"""Which products sell best: units sold lately, kept on each product as one whole number.

Counted by a job and not with each order. An order that wrote to its products would make all orders of a best seller wait for each
other, and every list of products that is kept would end with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, IntegerField, Sum, Value, When

from tradepost.catalogue.models import Product
from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.fsm import states_that

from ..models import Order, OrderLine

__all__ = ["count_best_sellers"]

# Days, and how much a unit counts that was sold within them; older ones count nothing.
_WEIGHTS = ((30, 4), (60, 2), (120, 1))
_CHUNK = 500
_MOST = 2**31 - 1


def count_best_sellers(now: datetime | None = None) -> int:
    """Count for each product the units that were sold lately, less what was cancelled or came back; returns how many changed.

    A unit counts four times in its first 30 days, twice until its 60th, once until its 120th. All is counted anew, so it may run
    at any time, twice or at once; only products whose number differs are written, and neither their version nor the time of
    their last change moves.
    """
    numbers = _numbers(now or clock.now())
    current = dict(Product.objects.exclude(popularity=0).order_by().values_list("pk", "popularity"))
    changed = sorted(key for key in numbers.keys() | current.keys() if numbers.get(key, 0) != current.get(key, 0))
    chunks = (changed[start : start + _CHUNK] for start in range(0, len(changed), _CHUNK))
    return sum(_write(keys, numbers) for keys in chunks)


def _numbers(now: datetime) -> dict[int, int]:
    """By product; only those that sold anything."""
    weights = [When(order__placed_at__gt=now - timedelta(days=days), then=Value(weight)) for days, weight in _WEIGHTS]
    units = F("quantity") - F("cancelled_quantity") - F("returned_quantity")
    sold = OrderLine.objects.filter(
        order__status__in=states_that(Order, "is_sold"),
        order__placed_at__gt=now - timedelta(days=_WEIGHTS[-1][0]),
        variant__isnull=False,
    )
    weighted = Sum(units * Case(*weights, default=Value(0)), output_field=IntegerField())
    rows: Any = sold.order_by().values_list("variant__product").annotate(number=weighted)
    return {product: min(int(number), _MOST) for product, number in rows if number > 0}


@db.atomic
def _write(keys: Sequence[int], numbers: Mapping[int, int]) -> int:
    rows = Product.objects.filter(pk__in=[row.pk for row in Product.objects.filter(pk__in=keys).only("pk").locked()])
    number = Case(*(When(pk=key, then=Value(numbers.get(key, 0))) for key in keys), output_field=IntegerField())
    return rows.update(popularity=number, version=F("version"))
