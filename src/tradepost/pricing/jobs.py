"""Jobs of pricing."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from .exchange import loader
from .prices import conversion, history

__all__ = ["convert_prices", "load_rates", "record_prices"]


@job("tradepost.pricing.record_prices", every=timedelta(minutes=10))
def record_prices() -> int:
    """Note prices that were written around the services, so that their history has no gap."""
    return history.record_all()


@job("tradepost.pricing.convert_prices", every=timedelta(hours=1))
def convert_prices() -> int:
    """Convert prices of lists that follow another, where rates or prices changed around the services."""
    return conversion.convert_all()


@job("tradepost.pricing.load_rates", every=timedelta(hours=6))
def load_rates() -> int:
    """Load exchange rates from the configured source; what it can't give is tried again some hours later."""
    return len(loader.load_rates().stored)
