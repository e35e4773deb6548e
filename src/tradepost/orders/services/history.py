"""The history of an order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.core.one_time_keys import once

from ..base import AbstractOrder, AbstractOrderEvent
from ..models import OrderEvent

__all__ = ["add_note", "note", "noted_together"]

NOTE_LENGTH = 2000  # characters

_waiting: ContextVar[list[OrderEvent] | None] = ContextVar("tradepost_order_events", default=None)


@db.atomic
def note(
    order: AbstractOrder,
    kind: str,
    *,
    by: By,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    states: tuple[str, str] = ("", ""),
) -> AbstractOrderEvent:
    """Write an entry of an order's history.

    Args:
        kind: Stable: a transition's name, or what was done (``refund_requested``).
        facts: JSON.
        states: Before and after, for a transition.
    """
    entry = OrderEvent(
        order_id=order.pk,
        kind=kind,
        from_state=states[0],
        to_state=states[1],
        actor_id=by.user_id,
        actor_kind=by.kind.value,
        actor_label=by.label[:150],
        reason=reason[:200],
        facts=dict(facts or {}),
    )
    waiting = _waiting.get()
    if waiting is None:
        entry.save(force_insert=True)
    else:
        waiting.append(entry)
    return entry


@once("orders.add_note")
@db.atomic
def add_note(order: AbstractOrder, text: str, *, by: By, idempotency_key: str = "") -> AbstractOrderEvent:
    """Write a note of staff into an order's history. Customers never see it.

    Args:
        text: 1 to 2,000 characters.
        idempotency_key: The same one again writes no second note.

    Raises:
        Invalid: There is no text, or too much.
    """
    kept = text.strip()
    if not 0 < len(kept) <= NOTE_LENGTH or "\x00" in kept:
        raise Invalid(_("A note has 1 to 2,000 characters."), attr="text")
    return note(order, "note", by=by, facts={"note": kept})


@contextmanager
def noted_together() -> Iterator[Sequence[AbstractOrderEvent]]:
    """Write the entries that are noted meanwhile by one statement, when the block ends well; in the caller's transaction.

    Until then they aren't in the database: for a block that makes an order, whose history nobody can have looked at.

    Yields:
        The entries, as they are noted.
    """
    entries: list[OrderEvent] = []
    token = _waiting.set(entries)
    try:
        yield entries
    finally:
        _waiting.reset(token)
    OrderEvent.objects.bulk_create(entries)
