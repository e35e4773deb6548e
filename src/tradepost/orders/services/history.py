"""The history of an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradepost.core import db
from tradepost.core.actors import By

from ..base import AbstractOrder, AbstractOrderEvent
from ..models import OrderEvent

__all__ = ["note"]


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
    return OrderEvent.objects.create(
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
