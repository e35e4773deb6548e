"""System checks of shipping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.core.checks import CheckMessage, Error, register

from tradepost.core.conf import check_settings

from . import conf

__all__ = ["check_shipping"]

_LEAP = 2024  # a year that has each day


@register("tradepost")
def check_shipping(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_SHIPPING``, the working days in it among the rest."""
    found = check_settings("TRADEPOST_SHIPPING", conf.ShippingSettings, "tradepost.E300")
    return found or [*_check_calendar(conf.settings())]


def _check_calendar(settings: conf.ShippingSettings) -> Iterator[CheckMessage]:
    days = settings.WORKING_DAYS
    if not _is_list(days) or not days or not all(type(day) is int and 0 <= day <= 6 for day in days):
        yield Error(
            'TRADEPOST_SHIPPING["WORKING_DAYS"] must be days of the week, from 0 for Monday to 6, at least one.',
            hint='TRADEPOST_SHIPPING = {"WORKING_DAYS": (0, 1, 2, 3, 4)}',
            id="tradepost.E301",
        )
    if not 0 <= settings.CUT_OFF_HOUR <= 24:
        yield Error(
            'TRADEPOST_SHIPPING["CUT_OFF_HOUR"] must be an hour from 0 to 24.',
            hint='TRADEPOST_SHIPPING = {"CUT_OFF_HOUR": 12}',
            id="tradepost.E302",
        )
    holidays = settings.HOLIDAYS
    if not _is_list(holidays) or (wrong := [day for day in holidays if not _is_day(day)]):
        what = repr(wrong[0]) if _is_list(holidays) else repr(holidays)
        yield Error(
            f'TRADEPOST_SHIPPING["HOLIDAYS"] has {what}, which is no day.',
            hint='TRADEPOST_SHIPPING = {"HOLIDAYS": ["2026-12-24", "12-25"]}',
            id="tradepost.E303",
        )


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_day(value: Any) -> bool:
    """Whether it is ``2026-12-24`` or ``12-25``."""
    if not isinstance(value, str) or len(value) not in (5, 10):
        return False
    try:
        date.fromisoformat(value if len(value) == 10 else f"{_LEAP}-{value}")
    except ValueError:
        return False
    return True
