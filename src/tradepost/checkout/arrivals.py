"""When the deliveries of an order are expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Replace

from tradepost.core import clock
from tradepost.core.aggregates import joined
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order, OrderEvent
from tradepost.orders.states import FulfilmentStatus, Status
from tradepost.shipping import services as shipping
from tradepost.shipping.estimates import Estimate

__all__ = ["Arrival", "arrivals", "with_arrivals"]

_COMING = {Status.PENDING.value, Status.CONFIRMED.value, Status.PROCESSING.value}
_THERE = {FulfilmentStatus.DELIVERED.value, FulfilmentStatus.RETURNED.value}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that is expected; ``method`` is the code of its shipping method."""

    group: str
    method: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class _Time:
    method: str
    min_days: int | None
    max_days: int | None
    group: str


def with_arrivals(orders: QuerySet[Any]) -> QuerySet[Any]:
    """Orders with what :func:`arrivals` needs, by no query more."""
    times = shipping.delivery_times("order", Cast(OuterRef("pk"), CharField()))
    parts = ["method", _text("min_days"), _text("max_days"), Replace("group", Value(","), Value(" "))]
    apart = [part for pair in zip(parts, [Value("/")] * 3 + [Value("")], strict=True) for part in pair]
    confirmed = OrderEvent.objects.filter(order=OuterRef("pk"), to_state=Status.CONFIRMED.value).order_by()
    found: QuerySet[Any] = orders.annotate(
        told_times=joined(times.annotate(_row=Concat(*apart, output_field=CharField())), "_row"),
        told_confirmed=Subquery(confirmed.values("order").annotate(last=Max("created_at")).values("last")),
    )
    return found


def _text(column: str) -> Coalesce:
    return Coalesce(Cast(F(column), CharField()), Value(""))


def arrivals(order: AbstractOrder) -> Sequence[Arrival]:
    """When what was ordered arrives, by delivery group; nothing for an order that is over or delivered.

    Counted from the moment when the order was confirmed; for one that isn't yet, from now. One query, for an order that
    wasn't fetched by :func:`with_arrivals`.
    """
    if str(order.status) not in _COMING or order.fulfilment_status in _THERE:
        return []
    told: Any = order if hasattr(order, "told_times") else with_arrivals(Order.objects.filter(pk=order.pk)).get()
    since: datetime = told.told_confirmed or clock.now()
    found = ((time, shipping.estimate(time, since)) for time in _read(told.told_times))
    return [Arrival(time.group, time.method, when) for time, when in found if when is not None]


def _read(text: str | None) -> Iterator[_Time]:
    for row in sorted(text.split(",")) if text else []:
        method, least, most, group = row.split("/", 3)
        yield _Time(method, int(least) if least else None, int(most) if most else None, group)
