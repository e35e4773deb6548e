"""Units of a stock level in SQL, in signed 64 bits: a limit of backorders may be as great as its column, and MySQL keeps what is
positive unsigned and refuses a sum with it that is below zero.
"""

from __future__ import annotations

from django.db.models import BigIntegerField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Greatest

__all__ = ["available", "sellable", "unpromised"]


def _units(column: str) -> Cast:
    return Cast(F(column), BigIntegerField())


def available() -> Combinable:
    """Units on hand that nobody was promised; negative where more is promised than is there."""
    return _units("on_hand") - _units("reserved")


def unpromised() -> Combinable:
    """The units and backorders that may still be promised; negative where more was promised than may be."""
    return available() + _units("backorder_limit")


def sellable() -> Combinable:
    """Units that may still be promised, backorders included; at least zero."""
    return Greatest(Value(0), unpromised())
