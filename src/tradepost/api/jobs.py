"""Jobs of the API."""

from __future__ import annotations

from datetime import timedelta

from tradepost.core.jobs import job

__all__ = ["forget_answers"]


@job("tradepost.api.forget_answers", every=timedelta(hours=1))
def forget_answers() -> int:
    """Delete the remembered answers to calls with an ``Idempotency-Key`` whose time is over."""
    from .callers.idempotency import forget

    return forget()
