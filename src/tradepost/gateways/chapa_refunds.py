"""Refunds at Chapa: each is looked up by itself, since Chapa lists none. Nothing here asks Chapa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    Price,
    RefundResult,
)

from .responses import Json, amount_in, shown

__all__ = ["BACK", "is_of", "read_refund", "refund_of_all", "updated_refund"]

BACK = frozenset({"refunded", "reversed"})
"""Of a payment and of a refund: the customer has the money again."""

_STATE = {
    **dict.fromkeys(BACK, EntryState.SUCCEEDED),
    **dict.fromkeys(("failed", "cancelled", "rejected"), EntryState.FAILED),
}
_SHOWN = ("id", "status", "amount", "currency", "ref_id", "ref", "merchant_reference", "bank_reference")


def read_refund(refund: Json, *, ref: str, price: Price) -> RefundResult:
    """Read a refund.

    Args:
        refund: As Chapa made it, or verifies it. Older answers call its id ``ref`` instead of ``ref_id``.
        ref: What it is looked up by where the answer holds no id.
        price: What was asked for, where the answer doesn't say.
    """
    amount, currency = refund.get("amount"), str(refund.get("currency") or price.currency)
    return RefundResult(
        state=_STATE.get(str(refund.get("status")).lower(), EntryState.PENDING),
        provider_ref=str(refund.get("ref_id") or refund.get("ref") or ref),
        price=price if amount is None else Price(amount_in(amount), currency.upper()),
        raw=shown(refund, *_SHOWN),
    )


def is_of(refund: Json, key: str) -> bool:
    """Whether a refund was asked for under our key."""
    return key in (refund.get("merchant_reference"), refund.get("ref_id"), refund.get("ref"))


def updated_refund(booked: Entry, answer: RefundResult | None, *, all_is_back: bool, price: Price) -> Entry | None:
    """A refund of the ledger as it is now; ``None`` while nothing shows that Chapa ever had it.

    Args:
        booked: Of the ledger.
        answer: What Chapa says of it; ``None`` where it says nothing.
        all_is_back: The payment itself counts as refunded.
        price: Of the payment.
    """
    if answer is not None:
        amount = answer.price.amount if answer.price else booked.amount
        return replace(
            booked, provider_ref=booked.provider_ref or answer.provider_ref, state=answer.state, amount=amount
        )
    if all_is_back and booked.amount == price.amount:
        return replace(booked, provider_ref=booked.provider_ref or booked.key, state=EntryState.SUCCEEDED)
    return booked if booked.provider_ref else None


def refund_of_all(paid: Mapping[str, object], price: Price) -> Entry:
    """The refund that the ledger knows nothing of, of a payment that counts as refunded."""
    ref = str(paid["tx_ref"])
    return Entry(kind=EntryKind.REFUND, provider_ref=ref, amount=price.amount, currency=price.currency)
