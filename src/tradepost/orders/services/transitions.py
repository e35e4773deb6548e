"""Moving an order from state to state, and holding it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from tradepost.core import clock, db, events
from tradepost.core.actors import By
from tradepost.core.fsm import Step, fire, steps

from ..base import AbstractOrder
from ..errors import ReasonRequired
from ..states import Status
from .credits import credit_all
from .history import note
from .locking import derive_payment, locked

__all__ = ["apply", "available_transitions", "hold", "release_hold"]


def available_transitions(order: AbstractOrder, by: By) -> list[Step]:
    """Transitions from the order's state, each with the reasons why this actor may not make it now."""
    return steps(order, by)


@db.atomic
def apply(order: AbstractOrder, transition: str, *, by: By, reason: str = "", override: bool = False) -> AbstractOrder:
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
        raise ReasonRequired(_("Say why the rules are passed over."), attr="reason")
    row = locked(order.pk)
    before, refused = row.status, _refusals(row, transition, by)
    if not fire(row, transition, by, override=override):
        return row
    if row.status == Status.CANCELLED:
        credit_all(row, by=by, note=reason)
    derive_payment(row)
    row.save(update_fields=["status", "payment_status", *_stamp(row)])
    facts = {"overridden": refused} if refused else {}
    note(row, transition, by=by, reason=reason, facts=facts, states=(str(before), str(row.status)))
    if event := _event_of(row, transition):
        events.publish(event(row.pk))
    return row


def _refusals(row: AbstractOrder, transition: str, by: By) -> list[str]:
    return [r.code for step in steps(row, by) if step.name == transition for r in step.refusals]


def _event_of(row: AbstractOrder, transition: str) -> Callable[[int], events.Event] | None:
    """The event that the transition names in its ``custom``; a project's own may name one, or none."""
    found = row._meta.get_field("status").get_all_transitions(type(row))
    return next((t.custom["event"] for t in found if t.name == transition and "event" in t.custom), None)


def _stamp(row: AbstractOrder) -> list[str]:
    """Set the time that goes with the state; the fields to save."""
    field = {Status.CANCELLED: "cancelled_at", Status.COMPLETED: "completed_at"}.get(row.status)
    if field is None:
        return []
    setattr(row, field, clock.now())
    return [field]


@db.atomic
def hold(order: AbstractOrder, code: str, *, by: By, reason: str = "") -> AbstractOrder:
    """Stop processing, shipment and capture. The same hold again is a no-op.

    Args:
        code: Stable, and what staff read: ``fraud``, ``address``.
    """
    return _set_hold(order, code, by=by, reason=reason)


@db.atomic
def release_hold(order: AbstractOrder, *, by: By, reason: str = "") -> AbstractOrder:
    """Let an order go on. Without a hold it is a no-op."""
    return _set_hold(order, "", by=by, reason=reason)


def _set_hold(order: AbstractOrder, code: str, *, by: By, reason: str) -> AbstractOrder:
    row = locked(order.pk)
    if row.hold != code:
        facts = {"hold": code or row.hold}
        row.hold = code
        row.save(update_fields=["hold"])
        note(row, "hold" if code else "hold_released", by=by, reason=reason, facts=facts)
    return row
