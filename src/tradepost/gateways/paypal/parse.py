"""PayPal's answers as our values: JSON in, results out. Nothing here asks PayPal.

Our keys are in the ``invoice_id`` of captures and refunds, behind our reference; ``custom_id`` is our reference everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tradepost.core.money import ZERO
from tradepost.gateways.responses import Json
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    NextAction,
    Price,
    RefundResult,
    Result,
    Status,
)

from .disputes import charged_back, read_dispute
from .money import price_of

__all__ = [
    "OPEN_AUTHORISATION",
    "TAKEN",
    "Order",
    "closed",
    "has_failed",
    "invoice_id",
    "link",
    "read_refund",
    "read_result",
]

TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
OPEN_AUTHORISATION = frozenset({"CREATED", "PARTIALLY_CAPTURED"})
_CAPTURE_STATE = {
    **dict.fromkeys(TAKEN, EntryState.SUCCEEDED),
    "DECLINED": EntryState.FAILED,
    "FAILED": EntryState.FAILED,
}
_REFUND_STATE = {
    "COMPLETED": EntryState.SUCCEEDED,
    "FAILED": EntryState.FAILED,
    "CANCELLED": EntryState.FAILED,
}
_AUTHORISATION_STATE = {"PENDING": EntryState.PENDING, "DENIED": EntryState.FAILED}
_ORDER_STATUS = {
    "CREATED": Status.REQUIRES_ACTION,
    "SAVED": Status.REQUIRES_ACTION,
    "PAYER_ACTION_REQUIRED": Status.REQUIRES_ACTION,
    "VOIDED": Status.CANCELLED,
}


@dataclass(frozen=True)
class Order:
    """An order at PayPal, which is one payment of ours, by its parts."""

    data: Json

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.data["id"])

    @property
    def status(self) -> str:
        """PayPal's word."""
        return str(self.data["status"])

    @property
    def reference(self) -> str:
        """Ours."""
        return str(self.data["purchase_units"][0].get("custom_id", ""))

    @property
    def authorises(self) -> bool:
        """Whether it is to be captured later."""
        return bool(self.data["intent"] == "AUTHORIZE")

    def parts(self, kind: str) -> list[Json]:
        """Its ``authorizations``, ``captures`` or ``refunds``."""
        units = self.data["purchase_units"]
        return [part for unit in units for part in (unit.get("payments") or {}).get(kind) or []]

    def key_of(self, part: Json) -> str:
        """Our idempotency key of a capture or a refund; none where it was made otherwise."""
        invoice_id, head = str(part.get("invoice_id") or ""), f"{self.reference}-"
        return invoice_id.removeprefix(head) if invoice_id.startswith(head) else ""

    def refunds_with(self, key: str) -> list[Json]:
        """The refunds that were made under one of our keys: one, or its parts over several captures."""
        parts = [(self.key_of(refund), refund) for refund in self.parts("refunds")]
        return [refund for invoice_id, refund in parts if invoice_id == key or invoice_id.startswith(f"{key}.")]

    def refundable(self, capture: Json) -> Decimal:
        """The refundable rest of a capture."""
        if capture["status"] not in TAKEN:
            return ZERO
        given = [r for r in self.parts("refunds") if not has_failed(r)]
        ours = [price_of(r["amount"]).amount for r in given if link(r, "up").endswith(f"/{capture['id']}")]
        return price_of(capture["amount"]).amount - sum(ours, ZERO)


def has_failed(refund: Json) -> bool:
    """Whether its money stayed here."""
    return _REFUND_STATE.get(refund["status"]) is EntryState.FAILED


def invoice_id(reference: str, key: str) -> str:
    """The id by which a capture or refund is recognised; PayPal refuses one that it already knows."""
    return f"{reference}-{key}"


def link(thing: Json, *names: str) -> str:
    """The first address by one of the names."""
    links = {entry["rel"]: entry["href"] for entry in thing.get("links") or []}
    return next((str(links[name]) for name in names if name in links), "")


def read_result(
    order: Order, disputes: Sequence[Json] = (), *, state: Mapping[str, Any], error: tuple[str, str] = ("", "")
) -> Result:
    """Read the state of a payment from an order.

    Args:
        order: As it is now.
        disputes: Of its captures, with the outcome of those that are resolved.
        state: What we keep: ``approve``, where the customer goes to, and ``closed``.
        error: Normalised code and PayPal's words, of an attempt that was declined.
    """
    whole = _received(order)
    approve = link(order.data, "payer-action", "approve") or state.get("approve", "")
    status = _status(order)
    if error[0] and status is Status.PENDING:
        status = Status.REQUIRES_ACTION  # the customer may choose another way to pay at PayPal
    asks = status is Status.REQUIRES_ACTION
    return Result(
        status=status,
        provider_ref=order.id,
        reference=order.reference,
        amount=whole.amount,
        currency=whole.currency,
        entries=[*_authorisations(order), *_captures(order), *_refunds(order), *charged_back(disputes)],
        disputes=[read_dispute(dispute) for dispute in disputes],
        next_action=NextAction(kind="redirect", url=approve) if asks and approve else None,
        error_code=error[0],
        error_message=error[1],
        state={"approve": approve} if approve else {},
        raw={"id": order.id, "status": order.status, "intent": order.data["intent"]},
    )


def closed(payment_amount: Decimal, currency: str, provider_ref: str, reference: str, code: str = "") -> Result:
    """A payment that nobody can approve any more, or that we won't capture."""
    return Result(
        status=Status.CANCELLED,
        provider_ref=provider_ref,
        reference=reference,
        amount=payment_amount,
        currency=currency,
        error_code=code,
        state={"closed": True},
    )


def read_refund(refund: Json) -> RefundResult:
    """Read a refund."""
    return RefundResult(
        state=_REFUND_STATE.get(refund["status"], EntryState.PENDING),
        provider_ref=refund["id"],
        price=price_of(refund["amount"]),
        raw={key: refund.get(key) for key in ("id", "status")},
    )


def _received(order: Order) -> Price:
    """The amount that the customer paid, or has ready; the order's own amount, which we asked for, only until then.

    Of what was authorised, we may have taken a part by ourselves; so then it is what the authorisation holds.
    """
    parts = order.parts("authorizations")[:1]
    parts = parts or [part for part in order.parts("captures") if part["status"] in TAKEN]
    prices = [price_of(part["amount"]) for part in parts] or [price_of(order.data["purchase_units"][0]["amount"])]
    return Price(sum((price.amount for price in prices), ZERO), prices[0].currency)


def _authorisations(order: Order) -> Iterator[Entry]:
    for held in order.parts("authorizations"):
        state = _AUTHORISATION_STATE.get(held["status"], EntryState.SUCCEEDED)
        yield _entry(EntryKind.AUTHORISE, held, state)
        captures = [c for c in order.parts("captures") if _CAPTURE_STATE.get(c["status"]) is not EntryState.FAILED]
        rest = price_of(held["amount"]).amount - sum((price_of(c["amount"]).amount for c in captures), ZERO)
        over = held["status"] not in OPEN_AUTHORISATION or any(c.get("final_capture") for c in captures)
        if state is EntryState.SUCCEEDED and over and rest > 0:
            yield Entry(
                kind=EntryKind.VOID, provider_ref=held["id"], amount=rest, currency=held["amount"]["currency_code"]
            )


def _captures(order: Order) -> Iterator[Entry]:
    for taken in order.parts("captures"):
        state = _CAPTURE_STATE.get(taken["status"], EntryState.PENDING)
        yield _entry(EntryKind.CAPTURE, taken, state, key=order.key_of(taken))


def _refunds(order: Order) -> Iterator[Entry]:
    for given in order.parts("refunds"):
        state = _REFUND_STATE.get(given["status"], EntryState.PENDING)
        yield _entry(EntryKind.REFUND, given, state, key=order.key_of(given))


def _entry(kind: EntryKind, thing: Json, state: EntryState, *, key: str = "") -> Entry:
    price = price_of(thing["amount"])
    return Entry(
        kind=kind, provider_ref=thing["id"], amount=price.amount, currency=price.currency, state=state, key=key
    )


def _status(order: Order) -> Status:
    """By the money; an order that is approved is not paid, and one that is completed need not be."""
    captures = [capture["status"] for capture in order.parts("captures")]
    held = [authorisation["status"] for authorisation in order.parts("authorizations")]
    if TAKEN.intersection(captures):
        return Status.CAPTURED
    if "PENDING" in captures:
        return Status.PENDING
    if held:
        return _held_status(held)
    return Status.FAILED if captures else _ORDER_STATUS.get(order.status, Status.PENDING)


def _held_status(held: Sequence[str]) -> Status:
    if OPEN_AUTHORISATION.intersection(held):
        return Status.AUTHORISED
    if "PENDING" in held:
        return Status.PENDING
    return Status.FAILED if set(held) == {"DENIED"} else Status.CANCELLED
