"""Jobs of pricing."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from . import history

__all__ = ["record_prices"]


@job("tradepost.pricing.record_prices", every=timedelta(minutes=10))
def record_prices() -> int:
    """Note prices that were written around the services, so that their history has no gap."""
    return history.record_all()
