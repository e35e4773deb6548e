"""Values that a JSON column can hold on every database."""

from __future__ import annotations

from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

__all__ = ["MAX_DEPTH", "check_json", "is_text", "pairs_of"]

MAX_DEPTH = 20
"""Lists and objects inside each other."""


def is_text(text: str) -> bool:
    """Whether text has neither NUL nor half a surrogate pair, which PostgreSQL and UTF-8 can't hold."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """A list of pairs, as bands and tiers are stored.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(value, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in value
    ):
        raise TypeError("no list of pairs")
    return [(first, second) for first, second in value]


def check_json(value: Any) -> None:
    """Refuse what Python's ``json`` writes and reads though it is no JSON, or none that PostgreSQL holds.

    Raises:
        ValidationError: NaN or infinity (``1e999`` is read as one), NUL, half a character, or nesting without end.
    """
    _check(value, MAX_DEPTH - 1)


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise ValidationError(_("It is nested too deeply."), code="invalid")
    if isinstance(value, float) and not isfinite(value):
        raise ValidationError(_("NaN and infinity aren't allowed."), code="invalid")
    if isinstance(value, str) and not is_text(value):
        raise ValidationError(_("It has characters that text can’t contain."), code="invalid")
    if isinstance(value, dict):
        for key, part in value.items():
            _check(key, depth - 1)
            _check(part, depth - 1)
    elif isinstance(value, list | tuple):
        for part in value:
            _check(part, depth - 1)
