"""Arrival of a parcel that is ordered now."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.utils import timezone

from tradepost.core.dates import clock

from ..conf import settings
from ..estimates import Calendar, Estimate
from ..estimates import estimate as estimated

__all__ = ["estimate"]


class _Days(Protocol):
    @property
    def min_days(self) -> int | None: ...
    @property
    def max_days(self) -> int | None: ...


def estimate(days: _Days, at: datetime | None = None) -> Estimate | None:
    """Estimate the arrival: by the working days of a quote or a method, and the shop's calendar and clock.

    Args:
        days: With ``min_days`` and ``max_days``.
        at: The moment of the order; now, where it isn't given.

    Returns:
        ``None`` where no days are known.
    """
    options, moment = settings(), at or clock.now()
    calendar = Calendar(options.WORKING_DAYS, options.HOLIDAYS, options.CUT_OFF_HOUR)
    here = timezone.localtime(moment, timezone.get_default_timezone())
    return estimated(here, days.min_days, days.max_days, calendar)
