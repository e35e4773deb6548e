"""Bounds of numbers and durations in settings: more than zero, unless a settings class says that zero has a meaning.

``CALL_LOG_KEPT: Annotated[timedelta, MayBeZero()] = timedelta(days=90)``
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_type_hints

__all__ = ["MayBeZero", "bound_problem", "may_be_zero"]

_LONGEST = timedelta(days=36_525)  # a hundred years: adding it to a moment gives a moment


@dataclass(frozen=True, slots=True)
class MayBeZero:
    """Marks a setting of which zero means something, such as "none"."""


def may_be_zero(cls: type[Any], key: str) -> bool:
    """Whether a settings class marks a key so."""
    marks = getattr(get_type_hints(cls, include_extras=True).get(key), "__metadata__", ())
    return any(isinstance(mark, MayBeZero) for mark in marks)


def bound_problem(value: Any, *, zero: bool = False) -> str:
    """Say what is wrong with a number or a duration; empty for anything else, or where it is right.

    Args:
        value: Of a setting.
        zero: Whether zero is allowed.
    """
    least = "0 or more" if zero else "more than 0"
    if isinstance(value, timedelta):
        is_low = value < timedelta() or (not zero and not value)
        if value > _LONGEST:
            return "must be a hundred years at most"
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        is_low = not math.isfinite(value) or value < 0 or (not zero and not value)
    else:
        return ""
    return f"must be {least}" if is_low else ""
