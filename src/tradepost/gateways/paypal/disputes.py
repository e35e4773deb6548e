"""Disputes at PayPal: those of a capture, as records and as what they took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from tradepost.gateways.http import segment
from tradepost.gateways.responses import Json, aside
from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
)

from .client import PayPalClient
from .money import price_of

__all__ = ["charged_back", "disputes_of", "read_dispute"]

_DISPUTES = "/v1/customer/disputes"
_LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
_WON = frozenset({"RESOLVED_SELLER_FAVOUR", "DENIED"})
_ASKS_US = frozenset({"OPEN", "WAITING_FOR_SELLER_RESPONSE"})


def disputes_of(api: PayPalClient, capture: str, missing: list[str]) -> list[Json]:
    """The disputes of a capture. The list has no outcomes, so that each of the resolved ones is asked for.

    Args:
        api: Asked.
        capture: PayPal's id.
        missing: Gets ``disputes`` where one of the questions isn't answered; that dispute is left out.
    """
    disputes: list[Json] = []
    with aside(missing, "disputes", is_optional=True):
        for listed in api.call("GET", _DISPUTES, query={"disputed_transaction_id": capture}).get("items") or []:
            with aside(missing, "disputes", is_optional=True):
                asked = listed["status"] == "RESOLVED"
                disputes.append(api.get(f"{_DISPUTES}/{segment(listed['dispute_id'])}") if asked else listed)
    return disputes


def read_dispute(dispute: Json) -> DisputeInfo:
    """Read a dispute."""
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
    """The ledger entries of lost disputes."""
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
