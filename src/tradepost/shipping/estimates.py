"""Arrival of deliveries, by the shop's working days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

__all__ = ["Calendar", "Estimate", "estimate"]

_DAY = timedelta(days=1)
_YEAR = 366  # days; a calendar without any working day in a year is given up, not searched for ever


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the shop and its carriers.

    Attributes:
        weekdays: Working days of the week, Monday is 0.
        holidays: Days without work, of one year (``2026-12-24``) or of each (``12-25``).
        cut_off: Hour of the day from which on an order is sent on the next working day, 0 to 24.
    """

    weekdays: Sequence[int] = (0, 1, 2, 3, 4)
    holidays: Sequence[str] = ()
    cut_off: int = 12

    def works(self, day: date) -> bool:
        """Whether anybody works on that day."""
        return day.weekday() in self.weekdays and not {f"{day:%Y-%m-%d}", f"{day:%m-%d}"} & set(self.holidays)

    def later(self, day: date, days: int) -> date:
        """Add working days; with none, the day itself."""
        for _n in range(days):
            day = self.next(day + _DAY)
        return day

    def next(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        return next((day + n * _DAY for n in range(_YEAR) if self.works(day + n * _DAY)), day)

    def sent(self, at: datetime) -> date:
        """The day on which an order of that moment is sent; ``at`` is by the shop's clock."""
        today = at.date()
        return self.next(today) if at.hour < self.cut_off else self.next(today + _DAY)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The first and the last day on which a delivery is expected. As a text: "Tue 24 – Thu 26 November"."""

    earliest: date
    latest: date

    def __str__(self) -> str:
        last = date_format(self.latest, "D j F")
        if self.earliest == self.latest:
            return last
        same_month = (self.earliest.year, self.earliest.month) == (self.latest.year, self.latest.month)
        first = date_format(self.earliest, "D j" if same_month else "D j F")
        return _("%(first)s – %(last)s") % {"first": first, "last": last}


def estimate(at: datetime, min_days: int | None, max_days: int | None, calendar: Calendar) -> Estimate | None:
    """Estimate the arrival of an order of a given moment.

    Args:
        at: By the shop's clock.
        min_days: Working days on the way, at least; the same as at most, where it isn't known.
        max_days: Likewise, at most.

    Returns:
        ``None`` where no days are known.
    """
    bounds = [days for days in (min_days, max_days) if days is not None]
    if not bounds:
        return None
    sent = calendar.sent(at)
    return Estimate(calendar.later(sent, min(bounds)), calendar.later(sent, max(bounds)))
