"""Disputes of three providers, as one record."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tradepost.gateways.paypal.disputes import read_dispute
from tradepost.gateways.razorpay.parse import Reader as RazorpayReader
from tradepost.gateways.stripe.parse import Reader as StripeReader
from tradepost.payments.interface import DisputeInfo, DisputeStatus

OPENED, DUE = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 27, 9, tzinfo=UTC)


def record(ref: str, currency: str, status: str, reason: str, **more: Any) -> DisputeInfo:
    return DisputeInfo(
        provider_ref=ref,
        amount=Decimal("12.50"),
        currency=currency,
        status=DisputeStatus(status),
        reason=reason,
        evidence_due=DUE,
        opened_at=OPENED,
        **more,
    )


INTENT = {
    "id": "pi_1",
    "status": "succeeded",
    "amount": 5000,
    "currency": "eur",
    "capture_method": "automatic",
    "metadata": {},
    "latest_charge": None,
}


@pytest.mark.parametrize(
    ("stated", "status", "inquiry"),
    [
        ("needs_response", "needs_response", False),
        ("under_review", "under_review", False),
        ("won", "won", False),
        ("lost", "lost", False),
        ("warning_needs_response", "needs_response", True),
        ("warning_under_review", "under_review", True),
        ("warning_closed", "closed", True),
        ("prevented", "closed", False),
        ("invented_tomorrow", "under_review", False),
    ],
)
def test_stripe(stated: str, status: str, inquiry: bool) -> None:
    """A warning is an inquiry; a status that we don't know counts as open."""
    dispute = {
        "id": "du_1",
        "amount": 1250,
        "currency": "eur",
        "status": stated,
        "reason": "fraudulent",
        "created": int(OPENED.timestamp()),
        "evidence_details": {"due_by": int(DUE.timestamp())},
    }

    [result] = StripeReader("pk", {}).result(INTENT, [], [dispute]).disputes

    assert result == record("du_1", "EUR", status, "fraudulent", inquiry=inquiry)


@pytest.mark.parametrize(
    ("stated", "phase", "status", "inquiry"),
    [
        ("open", "chargeback", "needs_response", False),
        ("open", "retrieval", "needs_response", True),
        ("under_review", "pre_arbitration", "under_review", False),
        ("won", "chargeback", "won", False),
        ("lost", "chargeback", "lost", False),
        ("closed", "fraud", "closed", True),
    ],
)
def test_razorpay(stated: str, phase: str, status: str, inquiry: bool) -> None:
    """A retrieval only asks."""
    order = {"id": "order_1", "receipt": "R1", "amount": 5000, "currency": "INR", "status": "paid"}
    dispute = {
        "id": "disp_1",
        "amount": 1250,
        "amount_deducted": 0,
        "currency": "INR",
        "status": stated,
        "phase": phase,
        "reason_code": "not_received",
        "created_at": int(OPENED.timestamp()),
        "respond_by": int(DUE.timestamp()),
    }

    [result] = RazorpayReader("rzp", {}).result(order, [], [], [dispute]).disputes

    assert result == record("disp_1", "INR", status, "not_received", inquiry=inquiry)


@pytest.mark.parametrize(
    ("stated", "outcome", "status"),
    [
        ("OPEN", "", "needs_response"),
        ("WAITING_FOR_SELLER_RESPONSE", "", "needs_response"),
        ("WAITING_FOR_BUYER_RESPONSE", "", "under_review"),
        ("UNDER_REVIEW", "", "under_review"),
        ("RESOLVED", "RESOLVED_SELLER_FAVOUR", "won"),
        ("RESOLVED", "RESOLVED_BUYER_FAVOUR", "lost"),
        ("RESOLVED", "CANCELED_BY_BUYER", "closed"),
    ],
)
def test_paypal(stated: str, outcome: str, status: str) -> None:
    """By its status, and once that is resolved by the outcome."""
    dispute = {
        "dispute_id": "PP-D-1",
        "dispute_amount": {"currency_code": "USD", "value": "12.50"},
        "status": stated,
        "reason": "UNAUTHORISED",
        "create_time": OPENED.isoformat(),
        "seller_response_due_date": DUE.isoformat(),
        **({"dispute_outcome": {"outcome_code": outcome}} if outcome else {}),
    }

    assert read_dispute(dispute) == record("PP-D-1", "USD", status, "unauthorised")
