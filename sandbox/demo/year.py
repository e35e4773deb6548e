"""The year before: copies of orders that went through the shop's services, with their payments, parcels and history.

Three hundred more of them by the services would take half a minute at the first start. A copy has all rows of its original, at
another time and of another buyer from the same country; its stock was counted long ago.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from tradepost.core.models import Sequence as Counter
from tradepost.fulfilment.models import Shipment, ShipmentLine
from tradepost.orders.models import (
    Credit,
    CreditLine,
    Order,
    OrderAdjustment,
    OrderCharge,
    OrderEvent,
    OrderLine,
    OrderTax,
)
from tradepost.payments.models import Payment, Transaction

__all__ = ["COPIES", "fill_year"]

COPIES = 420
FIRST, LAST = 358, 5  # days ago
SETTLED = 20  # days after which nothing happens to an order any more
# How well a month sells: gifts before Christmas, little in the weeks after.
SEASON = (0.6, 0.7, 0.85, 0.95, 1.1, 0.9, 0.75, 0.8, 1.0, 1.1, 1.7, 2.1)
WEEKDAY = (1.2, 1.0, 1.0, 1.0, 1.1, 0.8, 0.9)
# Children before what points at them, and how each finds its order.
ROWS: tuple[tuple[type[models.Model], str], ...] = (
    (OrderLine, "order"),
    (OrderCharge, "order"),
    (OrderAdjustment, "order"),
    (OrderTax, "order"),
    (OrderEvent, "order"),
    (Credit, "order"),
    (CreditLine, "credit__order"),
    (Payment, "order"),
    (Transaction, "payment__order"),
    (Shipment, "order"),
    (ShipmentLine, "shipment__order"),
)


@transaction.atomic
def fill_year(buyers: Sequence[Any]) -> None:
    """Copy the orders that there are over the year before, the oldest first; the same ones at every load.

    Args:
        buyers: Customers with an address, as the originals have.
    """
    random = Random(11)
    originals = list(Order.objects.filter(currency="EUR", customer__isnull=False).order_by("pk"))
    moments = sorted(_moments(random))
    settled = timezone.now() - timedelta(days=SETTLED)
    plain = [order for order in originals if order.completed_at and not order.credited]
    chosen = [(random.choice(originals if moment < settled else plain), moment) for moment in moments]
    copies = [_copied_order(random, original, moment, buyers) for original, moment in chosen]
    shifts = [copy.placed_at - original.placed_at for copy, (original, _moment) in zip(copies, chosen, strict=True)]
    _number(copies)
    _write(Order, copies)
    new_keys: dict[type[models.Model], list[dict[int, int]]] = {
        Order: [{original.pk: copy.pk} for copy, (original, _moment) in zip(copies, chosen, strict=True)]
    }
    for model, path in ROWS:
        new_keys[model] = _copy_rows(model, path, [original for original, _moment in chosen], shifts, new_keys)


def _moments(random: Random) -> Iterator[datetime]:
    """When somebody buys: more in season, on Mondays, in the evening, and more this month than a year ago."""
    now = timezone.now()
    days = [now - timedelta(days=days) for days in range(LAST, FIRST)]
    weights = [
        SEASON[day.month - 1] * WEEKDAY[day.weekday()] * (1.6 - (now - day).days / FIRST) * random.uniform(0.6, 1.4)
        for day in days
    ]
    for day in random.choices(days, weights, k=COPIES):
        hour = random.choice((7, 9, 10, 11, 12, 13, 15, 17, 18, 19, 19, 20, 20, 21, 22))
        yield day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60))


def _copied_order(random: Random, original: Any, moment: datetime, buyers: Sequence[Any]) -> Any:
    """A copy at another time, of another buyer from the same country where there are any."""
    shift = moment - original.placed_at
    is_early = bool(original.completed_at) and original.completed_at + shift > timezone.now()
    # It has arrived, and that is all.
    copy = _copied(original, shift, **({"status": "processing", "completed_at": None} if is_early else {}))
    country = original.shipping_address.get("country")
    others = [buyer for buyer in buyers if buyer.customer and buyer.address["country"] == country]
    if others:
        buyer = random.choice(others)
        copy.customer_id, copy.email = buyer.customer.pk, buyer.email
        copy.shipping_address = dict(buyer.address)
    return copy


def _number(copies: Iterable[Any]) -> None:
    """The next numbers of the shop, counted on at once."""
    counter = Counter.objects.select_for_update().get(name="tradepost.orders")
    for copy in copies:
        counter.value += 1
        copy.number = str(counter.value)
    counter.save()


def _copied(row: Any, shift: timedelta, **changes: Any) -> Any:
    """A row that isn't saved, with its own identity, and all that happened to it at another time.

    Args:
        changes: What it has otherwise; a state can't be set on a row that is there.
    """
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for field in row._meta.concrete_fields:
        value = values[field.attname]
        if field.primary_key or (field.unique and field.null):
            values[field.attname] = None
        elif isinstance(field, models.UUIDField):
            values[field.attname] = uuid.uuid4()
        elif isinstance(value, datetime):
            values[field.attname] = value + shift
        elif field.name in ("reference", "key", "provider_ref", "idempotency_key") and value:
            values[field.attname] = uuid.uuid4().hex
    return type(row)(**{**values, **changes})


def _copy_rows(
    model: type[models.Model],
    path: str,
    originals: Sequence[Any],
    shifts: Sequence[timedelta],
    new_keys: Mapping[type[models.Model], list[dict[int, int]]],
) -> list[dict[int, int]]:
    """Copy the rows of one kind for each copied order; the new key of each by the old one, for each copy."""
    by_order: dict[int, list[Any]] = {}
    for row in model._default_manager.filter(**{f"{path}__in": {original.pk for original in originals}}).order_by("pk"):
        owner: Any = row
        for name in path.split("__"):
            owner = getattr(owner, name)
        by_order.setdefault(owner.pk, []).append(row)
    pairs: list[tuple[int, int, Any]] = []
    for index, (original, shift) in enumerate(zip(originals, shifts, strict=True)):
        for row in by_order.get(original.pk, ()):
            copy = _copied(row, shift)
            if isinstance(copy, OrderEvent) and copy.created_at > timezone.now():
                continue
            _point(copy, index, new_keys)
            pairs.append((index, row.pk, copy))
    _write(model, [copy for _index, _pk, copy in pairs])
    keys: list[dict[int, int]] = [{} for _original in originals]
    for index, pk, copy in pairs:
        keys[index][pk] = copy.pk
    return keys


def _point(copy: Any, index: int, new_keys: Mapping[type[models.Model], list[dict[int, int]]]) -> None:
    """Let a copy point at the copies of what its original points at."""
    for field in copy._meta.concrete_fields:
        old = getattr(copy, field.attname)
        if field.is_relation and old is not None and field.related_model in new_keys:
            setattr(copy, field.attname, new_keys[field.related_model][index].get(old))


def _write(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert them with the times that they bear; ``auto_now_add`` would say that all of it happened now."""
    clocks = [
        field
        for field in model._meta.concrete_fields
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
    ]
    flags: list[tuple[Any, bool, bool]] = [(field, field.auto_now, field.auto_now_add) for field in clocks]  # type: ignore[attr-defined]
    try:
        for field, _now, _add in flags:
            field.auto_now = field.auto_now_add = False
        model._default_manager.bulk_create(rows, batch_size=200)
    finally:
        for field, now, add in flags:
            field.auto_now, field.auto_now_add = now, add
