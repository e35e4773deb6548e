"""Stripe's answers as our values: plain JSON in, results out. Nothing here asks Stripe.

Stripe books what was authorised and is let go as a refund of the charge. It was never taken, so it becomes a void here,
and is left out of the refunds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
    EntryState,
    NextAction,
    RefundResult,
    Result,
    Status,
)

from .client import Json
from .money import from_units
from .saved_methods import saved_by

__all__ = ["PART", "Reader"]

_STATUS = {
    "requires_confirmation": Status.PENDING,
    "requires_action": Status.REQUIRES_ACTION,
    "processing": Status.PENDING,
    "requires_capture": Status.AUTHORISED,
    "succeeded": Status.CAPTURED,
    "canceled": Status.CANCELLED,
}
_REFUND_STATE = {
    "succeeded": EntryState.SUCCEEDED,
    "failed": EntryState.FAILED,
    "canceled": EntryState.FAILED,
}
_DISPUTE_STATUS = {
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "closed": DisputeStatus.CLOSED,
    "prevented": DisputeStatus.CLOSED,
}
# An inquiry ("warning_…") takes no money, nor does a dispute that was prevented.
_WITHDRAWN = frozenset({"needs_response", "under_review", "won", "lost"})
PART = "taken_"
_OVER = frozenset({"succeeded", "canceled"})
_LAPSED = frozenset({"automatic", "expired"})
_AUTHENTICATION = frozenset({"authentication_required", "payment_intent_authentication_failure"})


class Reader:
    """Reads answers with the project's publishable key and its decimal places."""

    def __init__(self, publishable_key: str, places: Mapping[str, int]) -> None:
        self._publishable_key = publishable_key
        self._places = places

    def result(self, intent: Json, refunds: Iterable[Json] = (), disputes: Sequence[Json] = ()) -> Result:
        """Read the state of a payment from a PaymentIntent, with its latest charge in it."""
        status = _status(intent)
        whole = from_units(_received(intent), intent["currency"], self._places)
        code, message = _error(intent)
        return Result(
            status=status,
            provider_ref=intent["id"],
            reference=intent["metadata"].get("reference", ""),
            amount=whole.amount,
            currency=whole.currency,
            entries=[*self._money(intent), *self._refunds(intent, refunds), *self._charged_back(disputes)],
            disputes=[self._dispute(dispute) for dispute in disputes],
            next_action=self._next_action(intent) if status is Status.REQUIRES_ACTION else None,
            error_code=code,
            error_message=message,
            saved=saved_by(intent),
            raw={key: intent.get(key) for key in ("id", "status", "amount", "amount_received", "currency", "livemode")},
        )

    def refund(self, refund: Json) -> RefundResult:
        """Read a refund."""
        return RefundResult(
            state=_REFUND_STATE.get(refund["status"], EntryState.PENDING),
            provider_ref=refund["id"],
            price=from_units(refund["amount"], refund["currency"], self._places),
            raw={key: refund.get(key) for key in ("id", "status", "amount", "currency", "failure_reason")},
        )

    def _money(self, intent: Json) -> Iterator[Entry]:
        charge = _charge(intent)
        if charge is None:
            return
        if intent["capture_method"] == "manual":
            yield self._entry(EntryKind.AUTHORISE, charge, charge["amount"])
            rest = charge["amount"] - charge["amount_captured"]
            if rest and intent["status"] in _OVER:
                yield self._entry(EntryKind.VOID, charge, rest)
        last = charge["amount_captured"]
        for key, number in _parts(intent["metadata"]):
            last -= number
            yield self._entry(EntryKind.CAPTURE, charge, number, key=key, part=key)
        if last > 0:
            key = intent["metadata"].get("capture_key", "")
            yield self._entry(EntryKind.CAPTURE, charge, last, key=key)

    def _refunds(self, intent: Json, refunds: Iterable[Json]) -> Iterator[Entry]:
        charge = _charge(intent)
        let_go = charge["amount"] - charge["amount_captured"] if charge and intent["status"] in _OVER else 0
        for refund in refunds:
            ours = refund["metadata"].get("key", "")
            if not ours and let_go == refund["amount"] and not refund.get("balance_transaction"):
                let_go = 0  # the rest of an authorisation: see the head of this module
            else:
                state = _REFUND_STATE.get(refund["status"], EntryState.PENDING)
                yield self._entry(EntryKind.REFUND, refund, refund["amount"], state=state, key=ours)

    def _charged_back(self, disputes: Iterable[Json]) -> Iterator[Entry]:
        for dispute in disputes:
            if dispute["status"] in _WITHDRAWN:
                yield self._entry(EntryKind.CHARGEBACK, dispute, dispute["amount"])
            if dispute["status"] == "won":
                yield self._entry(EntryKind.CHARGEBACK_REVERSAL, dispute, dispute["amount"])

    def _dispute(self, dispute: Json) -> DisputeInfo:
        price, status = from_units(dispute["amount"], dispute["currency"], self._places), str(dispute["status"])
        due = (dispute.get("evidence_details") or {}).get("due_by")
        return DisputeInfo(
            provider_ref=dispute["id"],
            amount=price.amount,
            currency=price.currency,
            status=_DISPUTE_STATUS.get(status.removeprefix("warning_"), DisputeStatus.UNDER_REVIEW),
            reason=str(dispute.get("reason") or ""),
            evidence_due=datetime.fromtimestamp(due, UTC) if due else None,
            opened_at=datetime.fromtimestamp(dispute["created"], UTC),
            inquiry=status.startswith("warning_"),
        )

    def _entry(
        self,
        kind: EntryKind,
        thing: Json,
        number: int,
        *,
        state: EntryState = EntryState.SUCCEEDED,
        key: str = "",
        part: str = "",
    ) -> Entry:
        price = from_units(number, thing["currency"], self._places)
        ref = f"{thing['id']}.{part}" if part else thing["id"]
        return Entry(kind=kind, provider_ref=ref, amount=price.amount, currency=price.currency, state=state, key=key)

    def _next_action(self, intent: Json) -> NextAction:
        asked = intent.get("next_action") or {}
        if asked.get("type") == "redirect_to_url":
            return NextAction(kind="redirect", url=asked["redirect_to_url"]["url"])
        data = {"publishable_key": self._publishable_key, "client_secret": intent["client_secret"]}
        return NextAction(kind="sdk", client_data=data)


def _status(intent: Json) -> Status:
    if intent["status"] == "requires_payment_method":  # where it starts, and where a decline puts it back
        return Status.FAILED if intent.get("last_payment_error") else Status.REQUIRES_ACTION
    return _STATUS.get(intent["status"], Status.PENDING)


def _received(intent: Json) -> int:
    """The amount that the customer paid, or has ready; the intent's own amount, which we asked for, only until then.

    Of what was authorised, we may have taken a part by ourselves; so then it is what the charge holds.
    """
    charge = _charge(intent)
    if charge is None:
        return int(intent["amount"])
    if intent["capture_method"] == "manual" or not intent.get("amount_received"):
        return int(charge["amount"])
    return int(intent["amount_received"])


def _charge(intent: Json) -> Json | None:
    """The charge that holds the money; a declined one doesn't."""
    charge = intent.get("latest_charge")
    return charge if isinstance(charge, Mapping) and charge["status"] == "succeeded" else None


def _parts(metadata: Json) -> Iterator[tuple[str, int]]:
    """Key and amount of each capture that wasn't the last one.

    Stripe adds all captures up in one charge, so each of ours leaves a note on the intent in the same call that takes it.
    What isn't noted (the last capture, or one in Stripe's dashboard) is the charge's own.
    """
    for name, number in sorted(metadata.items()):
        if name.startswith(PART) and str(number).isdigit():
            yield name.removeprefix(PART), int(number)


def _error(intent: Json) -> tuple[str, str]:
    if intent["status"] == "canceled":
        return ("expired", "") if intent.get("cancellation_reason") in _LAPSED else ("", "")
    error = intent.get("last_payment_error")
    if not error or intent["status"] != "requires_payment_method":
        return "", ""
    code = error.get("code", "")
    if code in _AUTHENTICATION:
        normal = "authentication_failed"
    else:
        normal = "insufficient_funds" if error.get("decline_code") == "insufficient_funds" else "declined"
    return normal, f"{code} {error.get('decline_code') or ''}: {error.get('message') or ''}"
