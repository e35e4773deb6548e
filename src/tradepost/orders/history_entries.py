"""An order's history in words, for people who look after it: what happened, to what, by whom, with which facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.templatetags.tradepost import money

from .states.display_status import status_choices

if TYPE_CHECKING:
    from .base import AbstractOrder
    from .row_models import AbstractOrderEvent

__all__ = ["HistoryEntry", "history"]

_HAPPENED: Mapping[str, Any] = {
    "place": gettext_lazy("Placed"),
    "join": gettext_lazy("Added to an account, whose address was verified"),
    "confirm": gettext_lazy("Confirmed"),
    "start_processing": gettext_lazy("Preparation started"),
    "complete": gettext_lazy("Completed"),
    "cancel": gettext_lazy("Cancelled"),
    "expire": gettext_lazy("Expired"),
    "reinstate": gettext_lazy("Reinstated"),
    "cancel_units": gettext_lazy("Units cancelled"),
    "credit": gettext_lazy("Credited"),
    "hold": gettext_lazy("Put on hold"),
    "hold_released": gettext_lazy("Hold released"),
    "note": gettext_lazy("Note"),
    "ship": gettext_lazy("Shipped"),
    "deliver": gettext_lazy("Delivered"),
    "cancel_shipment": gettext_lazy("Shipment cancelled"),
    "tracking": gettext_lazy("Tracking changed"),
    "payment_requested": gettext_lazy("Payment requested"),
    "capture_requested": gettext_lazy("Capture requested"),
    "refund_requested": gettext_lazy("Refund requested"),
    "capture_by_hand": gettext_lazy("Payment booked by hand"),
    "refund_by_hand": gettext_lazy("Refund booked by hand"),
    "struck_by_hand": gettext_lazy("Booking struck out by hand"),
    "dispute_opened": gettext_lazy("Payment disputed"),
    "dispute_closed": gettext_lazy("Dispute closed"),
    "discrepancy_resolved": gettext_lazy("Discrepancy resolved"),
    "discrepancy_reopened": gettext_lazy("Discrepancy reopened"),
}
_FACTS: Mapping[str, Any] = {  # in the order in which they are told; databases keep none
    "note": gettext_lazy("Note"),
    "source": gettext_lazy("From"),
    "deliveries": gettext_lazy("Delivery"),
    "consents": gettext_lazy("Agreed to"),
    "units": gettext_lazy("Units"),
    "credit": gettext_lazy("Credit"),
    "amount": gettext_lazy("Amount"),
    "payment": gettext_lazy("Payment"),
    "shipment": gettext_lazy("Shipment"),
    "reference": gettext_lazy("Reference"),
    "dispute": gettext_lazy("Dispute"),
    "status": gettext_lazy("Status"),
    "kind": gettext_lazy("Kind"),
    "how": gettext_lazy("How"),
    "hold": gettext_lazy("Why"),
    "overridden": gettext_lazy("Overridden"),
    "reason": gettext_lazy("Reason"),
    "until": gettext_lazy("Until"),
    "mail": gettext_lazy("Mail"),
}
_ACTORS: Mapping[str, Any] = {
    "system": gettext_lazy("The shop"),
    "customer": gettext_lazy("Customer"),
    "staff": gettext_lazy("Staff"),
    "vendor": gettext_lazy("Vendor"),
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry.

    Attributes:
        what: As in "Refund requested".
        change: The order's states before and after, as in "Pending → Confirmed"; empty where it stayed.
        by: A name, or the kind of party.
        facts: Name and value, both for people.
    """

    at: datetime
    what: str
    change: str
    by: str
    reason: str
    facts: tuple[tuple[str, str], ...]


def history(order: AbstractOrder) -> list[HistoryEntry]:
    """All that happened to an order, the first first; no query where its events were fetched with it."""
    states = dict(status_choices(type(order)))
    return [
        HistoryEntry(
            at=event.created_at,
            what=_what(event, order),
            change=" → ".join(states.get(state, state) for state in (event.from_state, event.to_state) if state),
            by=_by(event),
            reason=event.reason,
            facts=tuple(_facts(event, order.currency)),
        )
        for event in order.events.all()
    ]


def _by(event: AbstractOrderEvent) -> str:
    """Name the actor; a label that only repeats the kind of party is left out."""
    if event.actor_label and event.actor_label != event.actor_kind:
        return event.actor_label
    return str(_ACTORS.get(event.actor_kind, event.actor_kind))


def _what(event: AbstractOrderEvent, order: AbstractOrder) -> str:
    """Our words; for a transition of the project's own the button's, else what the kind itself says."""
    if event.kind in _HAPPENED:
        return str(_HAPPENED[event.kind])
    field: Any = order._meta.get_field("status")
    for step in field.get_all_transitions(type(order)):
        if step.name == event.kind and "verb" in step.custom:
            return str(step.custom["verb"])
    return _plain_words(event.kind)


def _facts(event: AbstractOrderEvent, currency: str) -> Iterator[tuple[str, str]]:
    places = {key: place for place, key in enumerate(_FACTS)}
    for key, value in sorted(event.facts.items(), key=lambda fact: (places.get(fact[0], len(places)), fact[0])):
        if value not in (None, "", [], {}):
            yield str(_FACTS.get(key, _plain_words(key))), _WRITTEN.get(key, _any)(value, currency)


def _plain_words(key: str) -> str:
    return key.replace("_", " ").replace(".", " ").capitalize()


def _any(value: Any, currency: str) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_any(entry, currency)}" for key, entry in value.items())
    if isinstance(value, list):
        return ", ".join(_any(entry, currency) for entry in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _amount(value: Any, currency: str) -> str:
    number, _blank, own_currency = str(value).partition(" ")
    try:
        return money(Decimal(number), own_currency or currency)
    except InvalidOperation:
        return str(value)


def _units(value: Any, currency: str) -> str:
    if not isinstance(value, Mapping):
        return _any(value, currency)
    return ", ".join(f"{number} × {sku}" for sku, number in value.items())


def _deliveries(value: Any, currency: str) -> str:
    if not (isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)):
        return _any(value, currency)
    return ", ".join(_days(entry) for entry in value)


def _days(entry: Mapping[str, Any]) -> str:
    days = [str(entry[key]) for key in ("min_days", "max_days") if entry.get(key) is not None]
    if not days:
        return str(entry.get("method", ""))
    return _("%(method)s, %(days)s working days") % {"method": entry.get("method", ""), "days": "–".join(days)}


def _time(value: Any, currency: str) -> str:
    moment = parse_datetime(str(value))
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment and moment.tzinfo else str(value)


_WRITTEN: Mapping[str, Callable[[Any, str], str]] = {
    "amount": _amount,
    "credit": _amount,
    "units": _units,
    "deliveries": _deliveries,
    "until": _time,
}
