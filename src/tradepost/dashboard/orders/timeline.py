"""The history of an order in sentences: who did what, with which amounts and units. No codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.money.format import money_text
from tradepost.orders.base import AbstractOrder, AbstractOrderEvent
from tradepost.orders.states.display_status import status_choices

from ..registry import TimelineEntry
from .holds import HOLDS

__all__ = ["order_events", "sentence"]

_SENTENCES: Mapping[str, Any] = {
    "place": gettext_lazy("%(by)s placed the order."),
    "join": gettext_lazy("The order was added to the customer’s account."),
    "confirm": gettext_lazy("%(by)s confirmed the order."),
    "start_processing": gettext_lazy("%(by)s started to prepare it."),
    "complete": gettext_lazy("%(by)s completed the order."),
    "cancel": gettext_lazy("%(by)s cancelled the order."),
    "expire": gettext_lazy("Nobody paid in time, so the order expired."),
    "reinstate": gettext_lazy("%(by)s took the order back."),
    "cancel_units": gettext_lazy("%(by)s cancelled %(units)s; %(credit)s was credited."),
    "credit": gettext_lazy("%(by)s credited %(amount)s."),
    "hold": gettext_lazy("%(by)s put it on hold: %(hold)s."),
    "hold_released": gettext_lazy("%(by)s released the hold."),
    "note": gettext_lazy("%(by)s wrote a note."),
    "ship": gettext_lazy("%(by)s sent %(units)s."),
    "deliver": gettext_lazy("A shipment was delivered."),
    "cancel_shipment": gettext_lazy("%(by)s unpacked a shipment."),
    "tracking": gettext_lazy("%(by)s changed the tracking%(tracking)s."),
    "payment_requested": gettext_lazy("%(by)s asked the customer to pay until %(until)s, by a link."),
    "capture_requested": gettext_lazy("%(by)s asked for %(amount)s of payment %(payment)s."),
    "refund_requested": gettext_lazy("%(by)s asked for a refund of %(amount)s to payment %(payment)s."),
    "capture_by_hand": gettext_lazy("%(by)s booked that %(amount)s was received."),
    "refund_by_hand": gettext_lazy("%(by)s booked that %(amount)s was paid back."),
    "struck_by_hand": gettext_lazy("%(by)s struck out a booking of %(amount)s."),
    "dispute_opened": gettext_lazy("The customer’s bank disputed %(amount)s."),
    "dispute_closed": gettext_lazy("A dispute about %(amount)s was closed."),
    "discrepancy_resolved": gettext_lazy("%(by)s resolved a payment that didn’t fit."),
    "discrepancy_reopened": gettext_lazy("A payment doesn’t fit again."),
}
_ACTORS: Mapping[str, Any] = {
    "system": gettext_lazy("The shop"),
    "customer": gettext_lazy("The customer"),
    "staff": gettext_lazy("Staff"),
    "vendor": gettext_lazy("The vendor"),
    "api_key": gettext_lazy("A connected system"),
}


def order_events(order: AbstractOrder) -> Iterator[TimelineEntry]:
    """The order's own history; no query where its events were fetched with it."""
    for event in order.events.all():
        facts = event.facts if isinstance(event.facts, dict) else {}
        is_note = event.kind == "note"
        quote = str(facts.get("note", "")) if is_note else event.reason
        yield TimelineEntry(at=event.created_at, text=sentence(event, order), quote=quote, is_note=is_note)


def sentence(event: AbstractOrderEvent, order: AbstractOrder) -> str:
    """One entry of the history as somebody would tell it."""
    facts = event.facts if isinstance(event.facts, dict) else {}
    by = _by(event)
    template = _SENTENCES.get(event.kind)
    if template is None:
        return _of_a_project(event, order, by)
    if event.kind == "place" and event.actor_kind == "system":  # for a guest, who has no name yet
        return _("The order was placed.")
    values = {name: written(facts.get(name), order.currency) for name, written in _FACTS.items()}
    return str(template) % {"by": by, "tracking": _tracking(facts), **values}


def _of_a_project(event: AbstractOrderEvent, order: AbstractOrder, by: str) -> str:
    """A transition or a note of another app: its button's words, and the states."""
    field: Any = order._meta.get_field("status")
    steps = (step for step in field.get_all_transitions(type(order)) if step.name == event.kind)
    verbs = (step.custom["verb"] for step in steps if "verb" in step.custom)
    what = str(next(verbs, event.kind.replace("_", " ").replace(".", " ").capitalize()))
    states = dict(status_choices(type(order)))
    if event.to_state:
        facts = {"by": by, "what": what, "state": states.get(event.to_state, event.to_state)}
        return _("%(by)s: %(what)s; now it is “%(state)s”.") % facts
    return _("%(by)s: %(what)s.") % {"by": by, "what": what}


def _by(event: AbstractOrderEvent) -> str:
    if event.actor_label and event.actor_label not in (event.actor_kind, "system"):
        return event.actor_label
    return str(_ACTORS.get(event.actor_kind, event.actor_kind))


def _amount(value: Any, currency: str) -> str:
    number, _blank, own = str(value or "").partition(" ")
    try:
        return money_text(Decimal(number), own or currency)
    except InvalidOperation:
        return str(value or "")


def _units(value: Any, currency: str) -> str:
    if not isinstance(value, Mapping):
        return _("some units")
    return ", ".join(f"{number} × {sku}" for sku, number in value.items())


def _time(value: Any, currency: str) -> str:
    moment = parse_datetime(str(value or ""))
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment and moment.tzinfo else str(value or "")


def _hold(value: Any, currency: str) -> str:
    return str(dict(HOLDS).get(value, value or ""))


def _text(value: Any, currency: str) -> str:
    return str(value or "")


def _tracking(facts: Mapping[str, Any]) -> str:
    words = [str(facts[name]) for name in ("carrier", "tracking_number") if facts.get(name)]
    return ": " + " ".join(words) if words else ""


_FACTS: Mapping[str, Callable[[Any, str], str]] = {
    "amount": _amount,
    "credit": _amount,
    "units": _units,
    "until": _time,
    "hold": _hold,
    "payment": _text,
}
