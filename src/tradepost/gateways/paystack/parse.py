"""Paystack's answers as our values: plain JSON in, results out. Nothing here asks Paystack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tradepost.gateways.responses import Json, shown
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

__all__ = ["LEAST", "entry", "is_paid", "key_of", "note", "read_error", "read_refund", "read_transaction", "units"]

LEAST = {
    "GHS": Decimal("0.10"),
    "KES": Decimal(3),
    "NGN": Decimal(50),
    "USD": Decimal(2),
    "ZAR": Decimal(1),
}
"""Least amounts, in major units."""

_PLACES = 2  # of every currency, those without decimal places too
_MARK = "tradepost:"  # before our key in a refund's note
_STATUS = {
    "success": Status.CAPTURED,
    "reversed": Status.CAPTURED,  # what came back is in the entries
    "failed": Status.FAILED,
    "abandoned": Status.REQUIRES_ACTION,  # the customer isn't done
}
_REFUND_STATE = {"processed": EntryState.SUCCEEDED, "failed": EntryState.FAILED}


def is_paid(paid: Json) -> bool:
    """Whether money came; it may be gone again."""
    return _STATUS.get(paid["status"]) is Status.CAPTURED


def read_transaction(paid: Json, refunds: Sequence[Json], url: str) -> Result:
    """Read the state of a payment from a transaction with its refunds.

    Args:
        paid: As it was verified.
        refunds: All of it.
        url: Of Paystack's page, where we know it.
    """
    status = _STATUS.get(paid["status"], Status.PENDING)
    price = Price.from_minor(paid["amount"], paid["currency"], _PLACES)
    failed = status is Status.FAILED
    return Result(
        status=status,
        provider_ref=str(paid["reference"]),
        reference=str(paid["reference"]),
        amount=price.amount,
        currency=price.currency,
        entries=list(_entries(paid, price, refunds)) if is_paid(paid) else (),
        next_action=NextAction(kind="redirect", url=url) if url and status is Status.REQUIRES_ACTION else None,
        error_code=_error_code(paid) if failed else "",
        error_message=str(paid.get("gateway_response") or "") if failed else "",
        raw=shown(paid, "id", "status", "reference", "amount", "requested_amount", "currency", "channel"),
    )


def read_error(data: Json) -> tuple[str, str] | None:
    """Code and message of a refusal."""
    return (str(data.get("code") or "refused"), str(data["message"])) if data["status"] is False else None


def units(price: Price) -> int:
    """An amount as the whole number that Paystack takes.

    Raises:
        Rejected: It would not be the same amount.
    """
    price.minor()  # what the currency itself can't have is refused, although Paystack's hundredths could hold it
    return price.minor(_PLACES)


def _entries(paid: Json, price: Price, refunds: Sequence[Json]) -> Iterator[Entry]:
    """The payment, and the refunds that somebody asked for; those for a dispute are what its bank took back."""
    yield entry(EntryKind.CAPTURE, str(paid["id"]), price)
    for refund in refunds:
        read = read_refund(refund)
        assert read.price is not None
        if not refund.get("dispute"):
            yield entry(EntryKind.REFUND, read.provider_ref, read.price, state=read.state, key=key_of(refund))


def entry(kind: EntryKind, ref: str, price: Price, *, state: EntryState = EntryState.SUCCEEDED, key: str = "") -> Entry:
    """One of a payment's."""
    return Entry(kind=kind, provider_ref=ref, amount=price.amount, currency=price.currency, state=state, key=key)


def read_refund(refund: Json) -> RefundResult:
    """Read a refund."""
    return RefundResult(
        state=_REFUND_STATE.get(refund["status"], EntryState.PENDING),
        provider_ref=str(refund["id"]),
        price=Price.from_minor(refund["amount"], refund["currency"], _PLACES),
        raw=shown(refund, "id", "status", "amount", "currency", "refunded_at"),
    )


def note(key: str, reason: str) -> str:
    """A refund's note for the merchant, with our key in it, by which it is found again."""
    return f"{_MARK}{key} {reason}".strip()[:200]


def key_of(refund: Json) -> str:
    """Our key, where the refund was asked for by us."""
    head = str(refund.get("merchant_note") or "").partition(" ")[0]
    return head.removeprefix(_MARK) if head.startswith(_MARK) else ""


def _error_code(paid: Json) -> str:
    """A word for people; nothing hangs on it."""
    return "insufficient_funds" if "insufficient" in str(paid.get("gateway_response")).lower() else "declined"
