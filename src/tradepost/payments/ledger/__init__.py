"""The ledger of payments: booking, and what it adds up to."""

from __future__ import annotations

from .balance import Balance, balance
from .entries import (
    balance_of,
    book,
    derived_status,
    discrepancy,
    find_overpaid,
    fits,
    list_part_paid,
    list_stuck_refund,
    sums_of_order,
    told_before,
)

__all__ = [
    "Balance",
    "balance",
    "balance_of",
    "book",
    "derived_status",
    "discrepancy",
    "find_overpaid",
    "fits",
    "list_part_paid",
    "list_stuck_refund",
    "sums_of_order",
    "told_before",
]
