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
    """What a refund is.

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


def updated_refund(known: Entry, told: RefundResult | None, *, all_is_back: bool, price: Price) -> Entry | None:
    """A refund of the ledger as it is now; ``None`` while nothing shows that Chapa ever had it.

    Args:
        known: Of the ledger.
        told: What Chapa says of it; ``None`` where it says nothing.
        all_is_back: The payment itself counts as refunded.
        price: Of the payment.
    """
    if told is not None:
        amount = told.price.amount if told.price else known.amount
        return replace(known, provider_ref=known.provider_ref or told.provider_ref, state=told.state, amount=amount)
    if all_is_back and known.amount == price.amount:
        return replace(known, provider_ref=known.provider_ref or known.key, state=EntryState.SUCCEEDED)
    return known if known.provider_ref else None


def refund_of_all(paid: Mapping[str, object], price: Price) -> Entry:
    """The refund that the ledger knows nothing of, of a payment that counts as refunded."""
    ref = str(paid["tx_ref"])
    return Entry(kind=EntryKind.REFUND, provider_ref=ref, amount=price.amount, currency=price.currency)
