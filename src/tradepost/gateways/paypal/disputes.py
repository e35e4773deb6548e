"""Disputes at PayPal: those of a capture, as records and as what they took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from tradepost.gateways.answers import Json
from tradepost.gateways.http import segment
from tradepost.payments.ports import DisputeInfo, DisputeStatus, Entry, EntryKind

from .client import PayPalClient
from .money import price_of

__all__ = ["charged_back", "disputes_of", "read_dispute"]

_LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
_WON = frozenset({"RESOLVED_SELLER_FAVOUR", "DENIED"})
_ASKS_US = frozenset({"OPEN", "WAITING_FOR_SELLER_RESPONSE"})


def disputes_of(api: PayPalClient, capture: str) -> list[Json]:
    """The disputes of a capture. The list has no outcomes, so that each of the resolved ones is asked for."""
    listed = api.call("GET", "/v1/customer/disputes", query={"disputed_transaction_id": capture})
    return [
        api.get(f"/v1/customer/disputes/{segment(one['dispute_id'])}") if one["status"] == "RESOLVED" else one
        for one in listed.get("items") or []
    ]


def read_dispute(dispute: Json) -> DisputeInfo:
    """What a dispute is."""
    price, due = price_of(dispute["dispute_amount"]), dispute.get("seller_response_due_date")
    since = dispute.get("create_time")
    return DisputeInfo(
        provider_ref=dispute["dispute_id"],
        amount=price.amount,
        currency=price.currency,
        status=_status(dispute),
        reason=str(dispute.get("reason") or "").lower(),
        evidence_due=datetime.fromisoformat(due) if due else None,
        opened_at=datetime.fromisoformat(since) if since else None,
    )


def charged_back(disputes: Iterable[Json]) -> Iterator[Entry]:
    """What the lost ones took."""
    for dispute in disputes:
        outcome = dispute.get("dispute_outcome") or {}
        if outcome.get("outcome_code") in _LOST and (given := outcome.get("amount_refunded")):
            price, ref = price_of(given), dispute["dispute_id"]
            yield Entry(kind=EntryKind.CHARGEBACK, provider_ref=ref, amount=price.amount, currency=price.currency)


def _status(dispute: Json) -> DisputeStatus:
    if dispute["status"] == "RESOLVED":
        outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code", "")
        if outcome in _LOST:
            return DisputeStatus.LOST
        return DisputeStatus.WON if outcome in _WON else DisputeStatus.CLOSED
    return DisputeStatus.NEEDS_RESPONSE if dispute["status"] in _ASKS_US else DisputeStatus.UNDER_REVIEW
