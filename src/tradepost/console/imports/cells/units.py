"""Weights and sizes in the units of other systems, as our grams and millimetres."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ..rows import FileRefused

__all__ = ["GRAMS", "MILLIMETRES", "factor", "measure"]

GRAMS: Mapping[str, Decimal] = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "mg": Decimal("0.001"),
    "oz": Decimal("28.349523125"),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
}
MILLIMETRES: Mapping[str, Decimal] = {
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "in": Decimal("25.4"),
    "yd": Decimal("914.4"),
}
_MEASURE = re.compile(r"([0-9.,]+) ?([a-zA-Z]+)")


def factor(unit: str, units: Mapping[str, Decimal]) -> Decimal:
    """The number of our units in one of theirs.

    Raises:
        FileRefused: The unit isn't known.
    """
    try:
        return units[unit.strip().lower()]
    except KeyError:
        names = ", ".join(units)
        raise FileRefused(f"The unit “{unit}” isn't known; these are: {names}.", unit=unit) from None


def measure(text: str, units: Mapping[str, Decimal]) -> tuple[str, Decimal] | None:
    """Number and factor of a text as in ``1.5 kg``; ``None`` where it is none."""
    match = _MEASURE.fullmatch(text.strip())
    unit = match[2].lower() if match else ""
    return (match[1], units[unit]) if match and unit in units else None
