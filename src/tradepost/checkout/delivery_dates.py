"""When the deliveries of an order are expected.

How many working days they take is kept in the order's history, as its customer was told; later changes of the methods don't
matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from tradepost.core.dates import clock
from tradepost.core.fsm import states_that
from tradepost.orders.base import AbstractOrder, AbstractOrderEvent
from tradepost.orders.models import Order, OrderEvent
from tradepost.orders.states import FulfilmentStatus
from tradepost.shipping import services as shipping
from tradepost.shipping.estimates import Estimate
from tradepost.shipping.ports import Quote

from .delivery_choice import Choice

__all__ = ["Arrival", "arrivals", "delivery_facts", "tell_arrivals", "with_arrivals"]

_THERE = {FulfilmentStatus.DELIVERED.value, FulfilmentStatus.RETURNED.value}
_FACT = "deliveries"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that is expected; ``method`` is the code of its shipping method."""

    group: str
    method: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class _Days:
    min_days: int | None
    max_days: int | None


def delivery_facts(quotes: Sequence[Quote], choices: Mapping[str, Choice]) -> dict[str, Any]:
    """The days of the chosen deliveries, for an order's history. Nothing, where none are known."""
    offers = {quote.code: quote for quote in quotes}
    rows = [
        {"group": group, "method": how.method, "min_days": quote.min_days, "max_days": quote.max_days}
        for group, how in sorted(choices.items())
        if (quote := offers.get(how.method)) and (quote.min_days is not None or quote.max_days is not None)
    ]
    return {_FACT: rows} if rows else {}


def with_arrivals(orders: QuerySet[Any]) -> QuerySet[Any]:
    """Orders with what :func:`arrivals` needs, by no query more."""
    history = OrderEvent.objects.filter(order=OuterRef("pk")).order_by()
    going = states_that(Order, "can_ship")
    confirmed = history.filter(to_state__in=going).exclude(from_state__in=going).values("order")
    annotated: QuerySet[Any] = orders.annotate(
        told_at_placing=Subquery(history.filter(kind="place").values("facts")[:1]),
        told_confirmed=Subquery(confirmed.annotate(last=Max("created_at")).values("last")),
    )
    return annotated


def tell_arrivals(order: AbstractOrder, history: Sequence[AbstractOrderEvent]) -> None:
    """Tell an order what :func:`arrivals` needs, by its whole history, in place of :func:`with_arrivals`."""
    going = set(states_that(Order, "can_ship"))
    confirmed = [entry.created_at for entry in history if entry.to_state in going and entry.from_state not in going]
    placed: Any = order
    placed.told_at_placing = next((entry.facts for entry in history if entry.kind == "place"), None)
    placed.told_confirmed = max(confirmed, default=None)


def arrivals(order: AbstractOrder) -> Sequence[Arrival]:
    """When what was ordered arrives, by delivery group; nothing for an order that is over or delivered.

    Counted from the moment when the order was confirmed; for one that isn't yet, from now. One query, for an order that
    wasn't fetched by :func:`with_arrivals`.
    """
    if order.allows.is_final or order.fulfilment_status in _THERE:
        return []
    facts: Any = order if hasattr(order, "told_confirmed") else with_arrivals(Order.objects.filter(pk=order.pk)).get()
    since: datetime = facts.told_confirmed or clock.now()
    rows = (facts.told_at_placing or {}).get(_FACT, [])
    estimates = ((row, shipping.estimate(_Days(row["min_days"], row["max_days"]), since)) for row in rows)
    return [Arrival(row["group"], row["method"], when) for row, when in estimates if when is not None]
