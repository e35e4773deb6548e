"""Jobs of orders."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from .services import count_best_sellers, evaluate_due_tiers

__all__ = ["count_units", "evaluate_tiers"]


@job("tradepost.orders.tiers", every=timedelta(minutes=10))
def evaluate_tiers() -> int:
    """Move customers into the tiers that they have earned, or out of those that they haven't any more."""
    return evaluate_due_tiers()


@job("tradepost.orders.best_sellers", every=timedelta(hours=1))
def count_units() -> int:
    """Count which products sell best; see :func:`~tradepost.orders.services.count_best_sellers`."""
    return count_best_sellers()
