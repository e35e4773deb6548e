"""Jobs of baskets."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

from . import services
from .conf import settings

__all__ = ["clear_baskets"]


@job("tradepost.basket.clear", every=timedelta(hours=6))
def clear_baskets() -> int:
    """Delete guests' baskets that nobody came back for."""
    return services.clear_old(older_than=settings().GUESTS_KEPT)
