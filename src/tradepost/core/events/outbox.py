"""The outbox: durable events, delivered at least once.

A row for each event and handler is written in the publisher's transaction. A relay claims rows by a conditional update with
a token and a lease, handles them outside that transaction, and marks them one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connections, transaction
from django.db.models import DateTimeField, F, QuerySet

from .. import db, versions
from ..conf import instance, load
from ..dates import clock
from ..models import Delivery
from ..ports import Dispatcher
from ..shop_settings import EventSettings
from . import bus

__all__ = ["forget", "relay", "settings", "store"]

logger = logging.getLogger(__name__)


def settings() -> EventSettings:
    """``TRADEPOST_EVENTS``."""
    return load("TRADEPOST_EVENTS", EventSettings)


def store(event: bus.Event, durable: Sequence[bus.Subscription]) -> None:
    """Write one row for each handler, in the open transaction, and wake the dispatcher after the commit."""
    due = clock.now()
    Delivery.objects.bulk_create(
        Delivery(event=event.name(), payload=event.payload(), handler=subscription.name, due=due)
        for subscription in durable
    )
    if not any(call[1] is _wake for call in transaction.get_connection().run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    dispatcher: Dispatcher = instance(settings().DISPATCHER)
    dispatcher.wake()


def relay(*, batch: int = 20, limit: int = 500) -> int:
    """Deliver what is due; safe to run in many processes at once.

    Args:
        batch: Rows claimed at a time.
        limit: The most rows handled by one call.

    Returns:
        How many deliveries were handled, well or not.
    """
    db.outside("relay()")
    handled = 0
    while handled < limit:
        mine = _claim(batch)
        for delivery in mine:
            with versions.read_anew():
                _deliver(delivery)
        handled += len(mine)
        if len(mine) < batch:
            break
    return handled


@db.atomic
def _claim(batch: int) -> list[Delivery]:
    """Rows that are due, and from now on this call's for as long as the lease."""
    now, token = clock.now(), uuid4().hex
    claimed = _FREE(now=now, batch=batch)
    if not claimed:
        return []
    lease = now + timedelta(seconds=settings().LEASE)
    free = Delivery.objects.filter(pk__in=[row.pk for row in claimed], state=Delivery.State.DUE, due__lte=now)
    number = free.update(claim=token, due=lease, tries=F("tries") + 1)
    if number < len(claimed):  # without locks on what was claimed, others were faster with some
        return list(Delivery.objects.filter(claim=token, state=Delivery.State.DUE).order_by("pk"))
    for row in claimed:
        row.claim, row.due, row.tries = token, lease, row.tries + 1
    return sorted(claimed, key=lambda row: row.pk)


def _free(p: Any, *, batch: int) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(state=Delivery.State.DUE, due__lte=p.now).order_by("due", "pk")
    if connections[rows.db].features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows[:batch]


_FREE = db.Prepared(_free, now=DateTimeField())


def _deliver(delivery: Delivery) -> None:
    by_name = {s.name: s for s in bus.subscriptions()}
    mine = Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim)
    try:
        subscription = by_name.get(delivery.handler)
        if subscription is None:
            raise LookupError(f"No durable handler is called {delivery.handler!r} any more.")
        subscription.handler(bus.restore(delivery.event, delivery.payload))
    except Exception as error:  # whatever a handler raises is booked, retried and shown to staff
        logger.exception("Handler %s failed for %s", delivery.handler, delivery.event)
        mine.update(**_after_failure(delivery, f"{type(error).__name__}: {error}"))
    else:
        mine.update(state=Delivery.State.DONE, done_at=clock.now(), error="")


def _after_failure(delivery: Delivery, error: str) -> dict[str, object]:
    if delivery.tries >= settings().TRIES:
        return {"state": Delivery.State.DEAD, "error": error[:2000]}
    wait = min(timedelta(seconds=15 * 4 ** (delivery.tries - 1)), timedelta(hours=6))
    return {"due": clock.now() + wait, "claim": "", "error": error[:2000]}


def forget(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Delete what was delivered long ago; returns how many rows."""
    old = Delivery.objects.filter(state=Delivery.State.DONE, done_at__lt=clock.now() - older_than)
    return old.delete()[0]
