"""Checks of limits: that each is a rate."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from ..conf import check_settings, raw
from ..shop_settings import LimitSettings
from .rate_limits import parse

__all__ = ["RATE_HINT", "check_limits", "rate_problem"]

RATE_HINT = 'Write "60/min", or None for no limit.'


def check_limits(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_LIMITS``: its keys and their rates."""
    wrong = check_settings("TRADEPOST_LIMITS", LimitSettings, "tradepost.E004")
    values = {} if wrong else raw("TRADEPOST_LIMITS")
    return [
        *wrong,
        *(
            Error(f'TRADEPOST_LIMITS["{key}"]: {problem}', hint=RATE_HINT, id="tradepost.E005")
            for key, rate in values.items()
            if (problem := rate_problem(rate))
        ),
    ]


def rate_problem(rate: Any) -> str:
    """Say why a setting is neither a rate nor ``None``; empty where it is one."""
    try:
        if rate is not None:
            parse(rate)
    except ImproperlyConfigured as error:
        return str(error)
    return ""
