"""Use cases of the checkout."""

from __future__ import annotations

from .checkout import CheckoutView, Completion, Visit, complete, look, pay_again, reopen, update

__all__ = [
    "CheckoutView",
    "Completion",
    "Visit",
    "complete",
    "look",
    "pay_again",
    "reopen",
    "update",
]
