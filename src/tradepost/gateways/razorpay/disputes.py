"""Disputes at Razorpay, as records and as what they took. Nothing here asks Razorpay.

Accounts with "deduct at onset" lose the amount when a dispute is opened, and get it back when it is won; others lose it when
it is lost. ``amount_deducted`` says what is gone just now, so what was gone before is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
    Result,
)

from .money import from_units

__all__ = ["with_disputes"]

Json = Mapping[str, Any]

_STATUS = {
    "open": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "closed": DisputeStatus.CLOSED,
}
_INQUIRIES = frozenset({"retrieval", "fraud"})  # phases in which the bank only asks


def with_disputes(
    result: Result, disputes: Sequence[Json], places: Mapping[str, int], before: Mapping[str, int]
) -> Result:
    """A result with its disputes, and with what they took and gave back.

    Args:
        result: The order with its attempts and refunds.
        disputes: Of its attempts.
        places: Decimal places by currency, as the project says.
        before: The most that each dispute ever took; kept in the payment's state as ``deducted``.
    """
    most = {row["id"]: max(before.get(row["id"], 0), _kept(row), row.get("amount_deducted") or 0) for row in disputes}
    taken = {**before, **{dispute: units for dispute, units in most.items() if units}}
    return replace(
        result,
        entries=[*result.entries, *(entry for row in disputes for entry in _entries(row, most[row["id"]], places))],
        disputes=[_read(row, places) for row in disputes],
        state={**result.state, "deducted": taken} if taken else result.state,
    )


def _kept(dispute: Json) -> int:
    """The amount that Razorpay has taken and keeps, as it stands."""
    deducted: int = dispute.get("amount_deducted") or 0
    if dispute["status"] == "lost":
        return deducted or int(dispute["amount"])
    return 0 if dispute["status"] == "won" else deducted


def _entries(dispute: Json, most: int, places: Mapping[str, int]) -> Iterator[Entry]:
    amounts = {EntryKind.CHARGEBACK: most, EntryKind.CHARGEBACK_REVERSAL: most - _kept(dispute)}
    for kind, units in amounts.items():
        if units:
            price = from_units(units, dispute["currency"], places)
            yield Entry(kind=kind, provider_ref=dispute["id"], amount=price.amount, currency=price.currency)


def _read(dispute: Json, places: Mapping[str, int]) -> DisputeInfo:
    price, due = from_units(dispute["amount"], dispute["currency"], places), dispute.get("respond_by")
    return DisputeInfo(
        provider_ref=dispute["id"],
        amount=price.amount,
        currency=price.currency,
        status=_STATUS.get(dispute["status"], DisputeStatus.UNDER_REVIEW),
        reason=str(dispute.get("reason_code") or ""),
        evidence_due=datetime.fromtimestamp(due, UTC) if due else None,
        opened_at=datetime.fromtimestamp(dispute["created_at"], UTC),
        inquiry=dispute.get("phase") in _INQUIRIES,
    )
