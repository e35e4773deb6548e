"""What is done with orders. Each locks the order's row, checks, writes once and tells."""

from __future__ import annotations

from .credits import cancel_units, credit, credit_goodwill
from .deadlines import prolong
from .history import note
from .placement import create, give_number
from .records import record_fulfilment, record_payments
from .transitions import apply, available_transitions, hold, release_hold

__all__ = [
    "apply",
    "available_transitions",
    "cancel_units",
    "create",
    "credit",
    "credit_goodwill",
    "give_number",
    "hold",
    "note",
    "prolong",
    "record_fulfilment",
    "record_payments",
    "release_hold",
]
