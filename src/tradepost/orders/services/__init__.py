"""Use cases of orders. Each locks the order's row, checks, writes once and publishes its events."""

from __future__ import annotations

from .best_sellers import count_best_sellers
from .credits import cancel_units, credit, credit_goodwill
from .deadlines import prolong
from .history import add_note, note, noted_together
from .placement import WrittenOrder, create, give_number, set_number, write
from .previews import MoneyPreview, OrderMoney, money_of, preview
from .records import record_fulfilment, record_payments, set_payments
from .tiers import NextTier, TierStanding, evaluate_due_tiers, evaluate_tiers, has_earned_tiers, tier_standing
from .transitions import apply, apply_locked, available_transitions, hold, release_hold

__all__ = [
    "MoneyPreview",
    "NextTier",
    "OrderMoney",
    "TierStanding",
    "WrittenOrder",
    "add_note",
    "apply",
    "apply_locked",
    "available_transitions",
    "cancel_units",
    "count_best_sellers",
    "create",
    "credit",
    "credit_goodwill",
    "evaluate_due_tiers",
    "evaluate_tiers",
    "give_number",
    "has_earned_tiers",
    "hold",
    "money_of",
    "note",
    "noted_together",
    "preview",
    "prolong",
    "record_fulfilment",
    "record_payments",
    "release_hold",
    "set_number",
    "set_payments",
    "tier_standing",
    "write",
]
