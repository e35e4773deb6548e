"""Amounts as people in several countries write them: which sign stands before the decimal places, and the plain number."""

from __future__ import annotations

import re

__all__ = ["AMBIGUOUS", "decimal_sign", "plain_number"]

AMBIGUOUS = "?"
_BLANKS = re.compile(r"[\s'’]")  # between thousands, in France and Switzerland
_SIGNS = re.compile(r"[.,]")
_GROUPED = {
    ".": re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"),
    ",": re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?"),
}


def decimal_sign(text: str) -> str:
    """``.`` or ``,`` where a number shows which it has before its decimal places, ``?`` where it could be either, else empty.

    ``1.299`` could be either: a thousand and some, or one and a fraction.
    """
    number = _BLANKS.sub("", text)
    signs = _SIGNS.findall(number)
    if not signs:
        return ""
    other = {".": ",", ",": "."}
    if len(set(signs)) == 2:
        return signs[-1] if signs.count(signs[-1]) == 1 else ""
    if len(signs) > 1:
        return other[signs[0]]
    before, after = _SIGNS.split(number)
    return AMBIGUOUS if len(after) == 3 and re.fullmatch(r"-?[1-9][0-9]{0,2}", before) else signs[0]


def plain_number(text: str, decimal: str) -> str:
    """A number with a point and without signs between its thousands; what is none stays as it is."""
    number = _BLANKS.sub("", text)
    if _GROUPED[decimal].fullmatch(number):
        number = number.replace("," if decimal == "." else ".", "")
    elif decimal == "," and "." in number:
        return text
    return number.replace(",", ".") if decimal == "," else number
