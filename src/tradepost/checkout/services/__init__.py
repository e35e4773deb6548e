"""Use cases of the checkout."""

from __future__ import annotations

from .checkout import CheckoutView, Completion, Visit, complete, look, pay_again, reopen, update
from .draft_placement import DraftPreview, LinkWanted, PlacedDraft, Receipt, place_draft, preview_draft
from .drafts import change_draft, fill_draft, find_draft, open_draft, remove_draft
from .order_changes import draft_of

__all__ = [
    "CheckoutView",
    "Completion",
    "DraftPreview",
    "LinkWanted",
    "PlacedDraft",
    "Receipt",
    "Visit",
    "change_draft",
    "complete",
    "draft_of",
    "fill_draft",
    "find_draft",
    "look",
    "open_draft",
    "pay_again",
    "place_draft",
    "preview_draft",
    "remove_draft",
    "reopen",
    "update",
]
