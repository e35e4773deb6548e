"""Jobs of shipping."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from . import carriers

__all__ = ["clear_rates"]


@job("tradepost.shipping.clear_rates", every=timedelta(hours=1))
def clear_rates() -> int:
    """Delete carriers' answers that don't count any more."""
    return carriers.clear_old()
