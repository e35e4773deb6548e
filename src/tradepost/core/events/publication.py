"""Publishing: handlers are called, or stored to be called, as they were subscribed."""

from __future__ import annotations

from contextvars import ContextVar

from django.db import transaction

from ..db.transactions import after_commit
from ..errors import Misused
from .bus import Event, subscriptions

__all__ = ["heard", "publish"]

_heard: ContextVar[int] = ContextVar("tradepost_handlers_within", default=0)


def heard() -> int:
    """How many handlers ``within`` have run here so far, those left out that said that they work elsewhere.

    Such a handler may change any row. Who holds a row that it locked, and sees that the number has grown, reads it again.
    """
    return _heard.get()


def publish(event: Event) -> None:
    """Tell what happened, inside the transaction that did it.

    Side effects: handlers ``within`` run now; those ``after`` run once the transaction has committed; for ``durable`` ones
    a row each is written, and the dispatcher is woken after the commit.

    Raises:
        Misused: No transaction is open.
    """
    if not transaction.get_connection().in_atomic_block:
        raise Misused(f"{type(event).__name__} was published outside a transaction.")
    listening = subscriptions(type(event))
    for subscription in listening:
        if subscription.when == "within":
            _heard.set(_heard.get() + (not subscription.elsewhere))
            subscription.handler(event)
        elif subscription.when == "after":
            after_commit(subscription.handler, event)
    durable = [s for s in listening if s.when == "durable"]
    if durable:
        from . import outbox  # models aren't there yet when this module is first imported

        outbox.store(event, durable)
