"""Use cases of shipping."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, cast

from django.db.models import QuerySet
from django.utils import timezone

from tradepost.core.conf import instance
from tradepost.core.dates import clock

from .conf import settings
from .estimates import Calendar, Estimate
from .estimates import estimate as estimated
from .models import PickupPoint
from .ports import ShippingRates

__all__ = ["estimate", "pickup_point", "pickup_points", "rates"]


class _Days(Protocol):
    @property
    def min_days(self) -> int | None: ...
    @property
    def max_days(self) -> int | None: ...


def rates() -> ShippingRates:
    """The configured rates."""
    return cast("ShippingRates", instance(settings().RATES))


def estimate(days: _Days, at: datetime | None = None) -> Estimate | None:
    """When it arrives: by the working days of a quote or a method, and the shop's calendar and clock.

    Args:
        days: With ``min_days`` and ``max_days``.
        at: The moment of the order; now, where it isn't given.

    Returns:
        ``None`` where no days are known.
    """
    known, moment = settings(), at or clock.now()
    calendar = Calendar(known.WORKING_DAYS, known.HOLIDAYS, known.CUT_OFF_HOUR)
    here = timezone.localtime(moment, timezone.get_default_timezone())
    return estimated(here, days.min_days, days.max_days, calendar)


def pickup_points(*methods: str, country: str = "", postcode: str = "") -> QuerySet[PickupPoint]:
    """The active points of methods, those near a postcode first; each once for each method, with its code as ``of_method``.

    Args:
        methods: Their codes.
        country: Only those in it; everywhere, where it isn't given.
    """
    found: QuerySet[PickupPoint] = PickupPoint.objects.of_methods(*methods).near(country=country, postcode=postcode)
    return found


def pickup_point(method: str, code: str) -> PickupPoint | None:
    """An active point of a method by its code."""
    return PickupPoint.objects.of_methods(method).filter(code=code).first() if code else None
