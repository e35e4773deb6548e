"""System checks of shipping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.checks import CheckMessage, Error, register

from tradepost.core.conf import check_backend, check_settings
from tradepost.core.extending.port_checks import port_of

from . import conf

__all__ = ["check_shipping"]

_ALIAS = re.compile(r"[-\w]{1,50}")
_LEAP = 2024  # a year that has each day


@register("tradepost")
def check_shipping(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_SHIPPING``, the working days in it among the rest."""
    messages = check_settings("TRADEPOST_SHIPPING", conf.ShippingSettings, "tradepost.E300")
    return messages or [*_check_calendar(conf.settings()), *_check_carriers(conf.settings())]


def _check_calendar(settings: conf.ShippingSettings) -> Iterator[CheckMessage]:
    days = settings.WORKING_DAYS
    if not days or not all(type(day) is int and 0 <= day <= 6 for day in days):
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
    wrong = [day for day in settings.HOLIDAYS if not _is_day(day)]
    if wrong:
        yield Error(
            f'TRADEPOST_SHIPPING["HOLIDAYS"] has {wrong[0]!r}, which is not a day.',
            hint='TRADEPOST_SHIPPING = {"HOLIDAYS": ["2026-12-24", "12-25"]}',
            id="tradepost.E303",
        )


def _check_carriers(settings: conf.ShippingSettings) -> Iterator[CheckMessage]:
    """`TRADEPOST_SHIPPING["CARRIERS"]["…"]` can't be used: …"""
    for alias, entry in settings.CARRIERS.items():
        where = f'TRADEPOST_SHIPPING["CARRIERS"]["{alias}"]'
        if not isinstance(alias, str) or not _ALIAS.fullmatch(alias):
            hint = "At most 50 letters, digits, hyphens and underscores."
            yield Error(f"{where}: {alias!r} isn't an alias.", hint=hint, id="tradepost.E304")
            continue
        yield from check_backend(where, entry, "tradepost.E305", port_of(conf.ShippingSettings, "CARRIERS"))


def _is_day(value: Any) -> bool:
    """Whether it is ``2026-12-24`` or ``12-25``."""
    if not isinstance(value, str) or len(value) not in (5, 10):
        return False
    try:
        date.fromisoformat(value if len(value) == 10 else f"{_LEAP}-{value}")
    except ValueError:
        return False
    return True
