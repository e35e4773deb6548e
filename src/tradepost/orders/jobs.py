"""Jobs of orders."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from .services import evaluate_due_tiers

__all__ = ["evaluate_tiers"]


@job("tradepost.orders.tiers", every=timedelta(minutes=10))
def evaluate_tiers() -> int:
    """Move customers into the tiers that they have earned, or out of those that they haven't any more."""
    return evaluate_due_tiers()
