"""Values of providers that a database can store: no NUL, no half characters, no enormous numbers, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from decimal import Decimal
from numbers import Real

__all__ = ["flaw_of"]

_DEPTH = 40
_TOO_LARGE = "there is a number in it that is too large"
_LARGEST = 10**15  # what an amount's column holds
_LONGEST = {"id": 200, "provider_ref": 200, "customer_ref": 200, "reference": 200, "key": 200, "currency": 3}


def flaw_of(value: object) -> str:
    """Say why a value of :mod:`tradepost.payments.interface`, or anything in it, can't be stored; empty where it can.

    Args:
        value: An event, a result, a list of them, or a part.
    """
    return _flaw(value, _DEPTH)


def _flaw(value: object, depth: int) -> str:
    if depth == 0:
        return "it is nested too deeply"
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, int):
        return "" if abs(value) < _LARGEST else _TOO_LARGE
    if isinstance(value, (Real, Decimal)):
        number = Decimal(str(value))
        return "" if number.is_finite() and abs(number) < _LARGEST else _TOO_LARGE
    if is_dataclass(value) and not isinstance(value, type):
        return _of_fields(value, depth)
    if isinstance(value, Mapping):
        return _first([*value.keys(), *value.values()], depth)
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        return _first(list(value), depth)
    return ""


def _first(values: Sequence[object], depth: int) -> str:
    return next(filter(None, (_flaw(value, depth - 1) for value in values)), "")


def _of_fields(value: object, depth: int) -> str:
    for field in fields(value):  # type: ignore[arg-type]
        part = getattr(value, field.name)
        if isinstance(part, str) and len(part) > _LONGEST.get(field.name, len(part)):
            return f"its {field.name} is too long"
        if flaw := _flaw(part, depth - 1):
            return flaw
    return ""


def _of_text(text: str) -> str:
    if "\x00" in text:
        return "there is a NUL in it"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "there is half a character in it"
    return ""
