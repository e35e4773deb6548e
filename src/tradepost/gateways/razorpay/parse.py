"""Razorpay's answers as our values: JSON in, results out. Nothing here asks Razorpay.

One order at Razorpay is one payment of ours; each attempt of the customer is a payment there, and one of them may be captured.
What was authorised and not captured in time goes back to the customer, and is told as a refund. It was never taken, so it
becomes a void here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    Event,
    EventKind,
    NextAction,
    Price,
    RefundResult,
    Result,
    Status,
)

from .disputes import with_disputes
from .money import from_units

__all__ = ["Json", "Reader", "given_up", "notes", "read_event"]

Json = Mapping[str, Any]

_HELD = frozenset({"authorized", "captured", "refunded"})
_REFUND_STATE = {"processed": EntryState.SUCCEEDED, "failed": EntryState.FAILED}
_EVENTS = {
    "payment.authorized": EventKind.PAYMENT,
    "payment.captured": EventKind.PAYMENT,
    "payment.failed": EventKind.PAYMENT,
    "order.paid": EventKind.PAYMENT,
}
# What a failed attempt's reason holds, and what it means.
_REASONS = {
    "cancel": "cancelled_by_customer",
    "insufficient": "insufficient_funds",
    "authentication": "authentication_failed",
    "otp": "authentication_failed",
    "timed_out": "expired",
    "expired": "expired",
}


class Reader:
    """Reads answers with the project's public key and its decimal places."""

    def __init__(self, key_id: str, places: Mapping[str, int]) -> None:
        self._key_id = key_id
        self._places = places

    def result(
        self,
        order: Json,
        attempts: Sequence[Json] = (),
        refunds: Iterable[Json] = (),
        disputes: Sequence[Json] = (),
        *,
        deducted: Mapping[str, int] | None = None,
    ) -> Result:
        """Read the state of a payment from an order.

        Args:
            order: Of Razorpay's.
            attempts: Its payments, the newest first.
            refunds: Of those that were captured.
            disputes: Of those, too.
            deducted: The most that each dispute ever took.
        """
        status = _status(attempts)
        whole = self._received(order, attempts)
        code, message = _error(status, attempts)
        result = Result(
            status=status,
            provider_ref=order["id"],
            reference=order.get("receipt") or "",
            amount=whole.amount,
            currency=whole.currency,
            entries=[*self._money(attempts), *self._refunds(refunds)],
            next_action=self._next_action(order) if status in (Status.REQUIRES_ACTION, Status.PENDING) else None,
            error_code=code,
            error_message=message,
            raw={key: order.get(key) for key in ("id", "status", "amount", "amount_paid", "currency", "attempts")},
        )
        return with_disputes(result, disputes, self._places, deducted or {})

    def refund(self, refund: Json) -> RefundResult:
        """Read a refund."""
        return RefundResult(
            state=_REFUND_STATE.get(refund["status"], EntryState.PENDING),
            provider_ref=refund["id"],
            price=from_units(refund["amount"], refund["currency"], self._places),
            raw={key: refund.get(key) for key in ("id", "status", "amount", "currency", "speed_processed")},
        )

    def _received(self, order: Json, attempts: Sequence[Json]) -> Price:
        """The amount that the customer paid, or has ready; the order's own amount, which we asked for, only until then."""
        taken = [attempt for attempt in attempts if attempt["captured"]]
        held = [attempt for attempt in attempts if attempt["status"] == "authorized"]
        of = taken or held[:1]
        if not of:
            return from_units(order["amount"], order["currency"], self._places)
        return from_units(sum(attempt["amount"] for attempt in of), of[0]["currency"], self._places)

    def _money(self, attempts: Iterable[Json]) -> Iterator[Entry]:
        for attempt in attempts:
            if attempt["status"] not in _HELD:
                continue
            yield self._entry(EntryKind.AUTHORISE, attempt, attempt["amount"])
            if attempt["captured"]:
                key = notes(attempt).get("capture_key", "")
                yield self._entry(EntryKind.CAPTURE, attempt, attempt["amount"], key=key)
            elif attempt["status"] == "refunded":
                yield self._entry(EntryKind.VOID, attempt, attempt["amount"])

    def _refunds(self, refunds: Iterable[Json]) -> Iterator[Entry]:
        for refund in refunds:
            state = _REFUND_STATE.get(refund["status"], EntryState.PENDING)
            key = notes(refund).get("key", "")
            yield self._entry(EntryKind.REFUND, refund, refund["amount"], state=state, key=key)

    def _entry(
        self, kind: EntryKind, thing: Json, number: int, *, state: EntryState = EntryState.SUCCEEDED, key: str = ""
    ) -> Entry:
        price = from_units(number, thing["currency"], self._places)
        return Entry(
            kind=kind, provider_ref=thing["id"], amount=price.amount, currency=price.currency, state=state, key=key
        )

    def _next_action(self, order: Json) -> NextAction:
        data = {
            "key": self._key_id,
            "order_id": order["id"],
            "amount": order["amount"],
            "currency": order["currency"],
        }
        return NextAction(kind="sdk", client_data=data)


def given_up(result: Result) -> Result:
    """An unpaid payment that is waited for no longer; remembered, so that asking again says the same."""
    return replace(result, status=Status.CANCELLED, next_action=None, state={"given_up": True})


def notes(thing: Json) -> Json:
    """The notes of an object; where there are none, Razorpay sends an empty list."""
    entries = thing.get("notes")
    return entries if isinstance(entries, Mapping) else {}


def read_event(event: Json, event_id: str) -> Event:
    """Read the subject of a verified webhook. It carries one object only, so the rest is fetched."""
    entities = {name: part["entity"] for name, part in event["payload"].items()}
    order = entities.get("order") or {}
    provider_ref = order.get("id") or entities.get("payment", {}).get("order_id") or ""
    kind = _event_kind(event["event"])
    return Event(
        id=event_id,
        kind=kind if provider_ref else EventKind.IGNORED,
        reference=order.get("receipt") or "",
        provider_ref=provider_ref,
        trusted=False,
        occurred_at=datetime.fromtimestamp(event["created_at"], tz=UTC),
    )


def _event_kind(what: str) -> EventKind:
    if what.startswith("payment.dispute."):
        return EventKind.DISPUTE
    if what.startswith("refund."):
        return EventKind.REFUND
    return _EVENTS.get(what, EventKind.IGNORED)


def _status(attempts: Sequence[Json]) -> Status:
    """Of the order: a failed attempt leaves it payable."""
    if any(attempt["captured"] for attempt in attempts):
        return Status.CAPTURED
    statuses = {attempt["status"] for attempt in attempts}
    if "authorized" in statuses:
        return Status.AUTHORISED
    if "created" in statuses:
        return Status.PENDING
    return Status.CANCELLED if "refunded" in statuses else Status.REQUIRES_ACTION


def _error(status: Status, attempts: Sequence[Json]) -> tuple[str, str]:
    if status is Status.CANCELLED:
        return "expired", "It was not captured in time."
    failed = attempts[0] if attempts and status is Status.REQUIRES_ACTION else {}
    reason = str(failed.get("error_reason") or "")
    if failed.get("status") != "failed":
        return "", ""
    code = next((meaning for part, meaning in _REASONS.items() if part in reason), "declined")
    return code, f"{reason}: {failed.get('error_description') or ''}"
