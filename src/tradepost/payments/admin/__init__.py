"""Payments in the admin."""

from __future__ import annotations

from .payments import (
    DiscrepancyAdmin,
    DisputeAdmin,
    PaymentAdmin,
    PaymentCallAdmin,
    SavedMethodAdmin,
    WebhookReceiptAdmin,
)
from .records import change_url

__all__ = [
    "DiscrepancyAdmin",
    "DisputeAdmin",
    "PaymentAdmin",
    "PaymentCallAdmin",
    "SavedMethodAdmin",
    "WebhookReceiptAdmin",
    "change_url",
]
