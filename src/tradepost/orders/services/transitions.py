"""Moving an order from state to state, and holding it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.fsm import AvailableTransition, fire, steps

from ..base import AbstractOrder
from ..errors import ReasonRequired
from ..events import OrderCancelled, OrderCompleted, OrderConfirmed, OrderExpired
from ..states.statuses import End
from .credits import credit_all
from .history import note
from .locks import derive_payment, locked_as

__all__ = ["apply", "apply_locked", "available_transitions", "hold", "release_hold"]

OrderT = TypeVar("OrderT", bound=AbstractOrder)
_ENDS = {End.CANCELLED: OrderCancelled, End.COMPLETED: OrderCompleted, End.EXPIRED: OrderExpired}


def available_transitions(order: AbstractOrder, by: By) -> list[AvailableTransition]:
    """Transitions from the order's state, each with the reasons why this actor may not make it now."""
    return steps(order, by)


@db.atomic
def apply(order: OrderT, transition: str, *, by: By, reason: str = "", override: bool = False) -> OrderT:
    """Make a transition, with its history and its event, in one transaction.

    Args:
        order: Is read again and locked.
        transition: Name of its method, as in ``"cancel"``.
        by: Who acts. Whether a customer's order is theirs is for the caller to know.
        reason: For the history; needed for an override.
        override: Staff pass over the guards, where the transition allows it. The caller has checked the permission
            ``override_order``.

    Returns:
        The order as it is now, locked. At the transition's target already, it is unchanged and nothing is told.

    Raises:
        TransitionRefused: Not from this state, not by this actor, or guards refuse; ``context["refusals"]`` says which.
        ReasonRequired: An override without a reason.
    """
    if override and not reason.strip():
        raise ReasonRequired(_("Say why the rules are overridden."), attr="reason")
    return apply_locked(locked_as(order), transition, by=by, reason=reason, override=override)


def apply_locked(
    row: OrderT,
    transition: str,
    *,
    by: By,
    reason: str = "",
    override: bool = False,
    unsaved: Collection[str] = (),
    at_once: bool = False,
) -> OrderT:
    """As :func:`apply`, for an order that the caller's transaction has locked, or made, and read since.

    Args:
        row: Is changed, and saved.
        unsaved: Fields that the caller has set and not saved yet; they are saved with it, whatever comes of the transition.
        at_once: The order was made in this very transaction; ``OrderConfirmed`` says so.
    """
    before, over, refused = row.status, row.allows.end, _refusals(row, transition, by)
    if not fire(row, transition, by, override=override):
        if unsaved:
            row.save(update_fields=unsaved)
        return row
    end = row.allows.end if row.allows.end is not over else None
    if end is End.CANCELLED:
        credit_all(row, by=by, note=reason)
    derive_payment(row)
    row.save(update_fields={"status", "payment_status", *_stamp(row, end), *unsaved})
    facts = {"overridden": refused} if refused else {}
    note(row, transition, by=by, reason=reason, facts=facts, states=(str(before), str(row.status)))
    for make in _events_of(row, transition, end):
        event = make(row.pk)
        events.publish(replace(event, at_once=True) if at_once and isinstance(event, OrderConfirmed) else event)
    return row


def _refusals(row: AbstractOrder, transition: str, by: By) -> list[str]:
    return [r.code for step in steps(row, by) if step.name == transition for r in step.refusals]


def _events_of(row: AbstractOrder, transition: str, end: End | None) -> list[Callable[[int], events.Event]]:
    """The event that the transition names in its ``custom``, and that of an end: it gives back what was reserved."""
    declared = row._meta.get_field("status").get_all_transitions(type(row))
    named = [t.custom["event"] for t in declared if t.name == transition and "event" in t.custom]
    return list(dict.fromkeys([*named[:1], *([_ENDS[end]] if end is not None else [])]))


def _stamp(row: AbstractOrder, end: End | None) -> list[str]:
    """Set the time that goes with an end that was reached; the fields to save."""
    field = {End.CANCELLED: "cancelled_at", End.COMPLETED: "completed_at"}.get(end) if end is not None else None
    if field is None:
        return []
    setattr(row, field, clock.now())
    return [field]


@db.atomic
def hold(order: OrderT, code: str, *, by: By, reason: str = "") -> OrderT:
    """Stop processing, shipment and capture. The same hold again is a no-op.

    Args:
        code: Stable, and what staff read: ``fraud``, ``address``.
    """
    return _set_hold(order, code, by=by, reason=reason)


@db.atomic
def release_hold(order: OrderT, *, by: By, reason: str = "") -> OrderT:
    """Let an order go on. Without a hold it is a no-op."""
    return _set_hold(order, "", by=by, reason=reason)


def _set_hold(order: OrderT, code: str, *, by: By, reason: str) -> OrderT:
    row = locked_as(order)
    if row.hold != code:
        facts = {"hold": code or row.hold}
        row.hold = code
        row.save(update_fields=["hold"])
        note(row, "hold" if code else "hold_released", by=by, reason=reason, facts=facts)
    return row
