"""The states of an order, what they allow, and how they are shown."""

from __future__ import annotations

from .statuses import (
    RULES,
    Allows,
    End,
    FulfilmentStatus,
    PaymentStatus,
    Status,
    Sums,
    Units,
    fulfilment_status,
    payment_status,
)

__all__ = [
    "RULES",
    "Allows",
    "End",
    "FulfilmentStatus",
    "PaymentStatus",
    "Status",
    "Sums",
    "Units",
    "fulfilment_status",
    "payment_status",
]
