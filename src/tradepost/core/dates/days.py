"""Days, months and years of the shop's clock. Python's zone data alone decide where they begin.

A database has zone data of its own, of another year, or none at all (MariaDB as it is installed). So periods are bounded here,
and the database compares moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Max, Min, QuerySet, Value, When
from django.utils import timezone

from . import clock

__all__ = ["day_of", "period_number", "periods_with_rows", "start_of_day", "starts_between", "today"]


def day_of(moment: datetime) -> date:
    """The day in which a moment lies, by the shop's time zone, whichever one is activated for the visitor."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def today() -> date:
    """The present day of the shop."""
    return day_of(clock.now())


def start_of_day(day: date) -> datetime:
    """The moment at which a day begins, by the shop's time zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def starts_between(first: date, last: date, kind: str) -> list[date]:
    """The first days of the ``day``, ``month`` or ``year`` periods that touch some days, both ends included."""
    day = first if kind == "day" else first.replace(day=1) if kind == "month" else first.replace(month=1, day=1)
    starts = []
    while day <= last:
        starts.append(day)
        day = _next(day, kind)
    return starts


def _next(start: date, kind: str) -> date:
    if kind == "day":
        return start + timedelta(days=1)
    if kind == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start.replace(year=start.year + 1)


def period_number(field: str, starts: Sequence[date], kind: str) -> Case:
    """An expression: in which of the periods a moment lies, counted from 0. The rows must lie in one of them."""
    ends = [start_of_day(_next(start, kind)) for start in starts]
    whens = [When(**{f"{field}__lt": end, "then": Value(number)}) for number, end in enumerate(ends)]
    return Case(*whens, output_field=IntegerField())


def periods_with_rows(rows: QuerySet[Any], field: str, kind: str) -> list[datetime]:
    """List the beginnings of periods that have rows, as ``rows.datetimes(field, kind)`` does. Two queries."""
    ends = rows.order_by().aggregate(first=Min(field), last=Max(field))
    if ends["first"] is None:
        return []
    starts = starts_between(day_of(ends["first"]), day_of(ends["last"]), kind)
    numbered = rows.order_by().exclude(**{field: None}).annotate(period=period_number(field, starts, kind))
    numbers = sorted(set(numbered.values_list("period", flat=True).distinct()))
    return [start_of_day(starts[number]) for number in numbers]
