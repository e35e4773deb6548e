"""Rules for addresses by country: one table for the API, the storefront and the admin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..errors import Invalid
from ..shop_settings import shop
from .countries import read_country
from .regions import REGIONS, has_regions, read_region

__all__ = [
    "RULE_KEYS",
    "AddressRule",
    "address_problems",
    "check_place",
    "fits_postcode",
    "normalise_postcode",
    "normalise_region",
    "overlong",
    "region_problem",
    "rule_of",
]

_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Of one country.

    Attributes:
        postcode: What a postcode looks like, in capitals; empty where nothing is known.
        example: One of them, for messages.
        needs_postcode: Whether each place has one.
        needs_region: Whether an address without state or province doesn't arrive.
        needs_city: Whether an address without a town doesn't; none is asked for in a city state, and where the ward is written
            with the street.
    """

    postcode: str = ""
    example: str = ""
    needs_postcode: bool = False
    needs_region: bool = False
    needs_city: bool = True


RULE_KEYS = {f.name: type(f.default) for f in fields(AddressRule)}
"""Names of what a rule says, with the class of each value."""


def _same(pattern: str, example: str, codes: str) -> dict[str, AddressRule]:
    return {code: AddressRule(pattern, example, needs_postcode=True) for code in codes.split()}


def _with_region(pattern: str, example: str) -> AddressRule:
    return AddressRule(pattern, example, needs_postcode=True, needs_region=True)


_RULES: dict[str, AddressRule] = {
    **_same(r"\d{4}", "1010", "AT BE BG CH CY DK GE HU LI LU NO NZ PH SI TN ZA"),
    **_same(r"\d{5}", "10115", "DE EE ES FI FR HR IT KR MA ME MX MY RS TH TR UA"),
    **_same(r"\d{6}", "010011", "CN KZ RO RU SG VN"),
    **_same(r"\d{3} ?\d{2}", "114 55", "CZ GR SE SK"),
    **_same(r"\d{4} ?[A-Z]{2}", "1012 JS", "NL"),
    **_same(r"\d{2}-?\d{3}", "00-950", "PL"),
    **_same(r"\d{4}(-?\d{3})?", "1000-205", "PT"),
    **_same(r"(LV-?)?\d{4}", "LV-1010", "LV"),
    **_same(r"(LT-?)?\d{5}", "LT-01100", "LT"),
    **_same(r"[A-Z]{3} ?\d{4}", "VLT 1117", "MT"),
    **_same(r"\d{3}-?\d{4}", "100-0001", "JP"),
    **_same(r"\d{5}(\d{2})?", "9103401", "IL"),
    **_same(r"GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA", "GB GG IM JE"),
    "IE": AddressRule(r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 AF30"),
    "US": _with_region(r"\d{5}([- ]?\d{4})?", "94103"),
    "CA": _with_region(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "AU": _with_region(r"\d{4}", "2000"),
    "BR": _with_region(r"\d{5}-?\d{3}", "01310-100"),
    "IN": _with_region(r"\d{3} ?\d{3}", "110 001"),
}
_NO_RULE = AddressRule()
_WITHOUT_CITY = frozenset({"AE", "GI", "JP", "KY", "MO", "NR", "SG"})


def rule_of(country: str) -> AddressRule:
    """The rule of a country, as ``TRADEPOST_SHOP["ADDRESS_RULES"]`` changes it; one that asks for little where none is known."""
    rule = _RULES.get(country, _NO_RULE)
    changes: dict[str, Any] = {"needs_city": country not in _WITHOUT_CITY}
    return replace(rule, **{**changes, **shop().ADDRESS_RULES.get(country, {})})


def fits_postcode(country: str, postcode: str) -> bool:
    """Whether a postcode looks like those of a country; each does where nothing is known, and an empty one.

    Args:
        postcode: As :func:`normalise_postcode` makes it.
    """
    pattern = rule_of(country).postcode
    return not (pattern and postcode) or re.fullmatch(pattern, postcode, re.ASCII) is not None


def normalise_postcode(text: str) -> str:
    """A postcode in plain capitals: full-width letters, digits of other scripts, and dashes of every kind become ASCII's."""
    folded = unicodedata.normalize("NFKC", text)
    plain = "".join(_plain(character) for character in folded)
    capitals = "".join(c.upper() if c.isascii() else c for c in plain)
    return _BLANKS.sub(" ", capitals).strip()


def normalise_region(text: str, country: str) -> str:
    """A state or province as its code where we know those of the country, so that all spellings are one; else as it is written.

    Ordinary letters stand instead of full-width ones, and single blanks; capitals stay.
    """
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    return read_region(country, plain) or plain


def overlong(row: Any, *names: str) -> dict[str, str]:
    """Messages for columns whose values don't fit: some letters become many where they are normalised."""
    longer = [name for name in names if len(getattr(row, name)) > row._meta.get_field(name).max_length]
    return {name: _("This is too long.") for name in longer}


def _plain(character: str) -> str:
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character in "\u2212\u30fc\u00ad":  # minus, the Japanese long vowel, a soft hyphen
        return "-"
    return "" if category == "Cf" else character  # marks of direction, zero-width blanks


def check_place(row: Any) -> None:
    """Refuse a row whose ``country``, ``region`` or ``postcode`` is missing or none; for ``clean()``.

    A postcode that doesn't look like the country's is refused with ``STRICT_POSTCODES`` alone.

    Raises:
        ValidationError: It names the fields.
    """
    try:
        row.country = read_country(row.country)
    except Invalid as refusal:
        raise ValidationError({"country": refusal.message}) from refusal
    row.region = normalise_region(row.region, row.country)
    if problems := {
        **address_problems(row.country, postcode=row.postcode, region=row.region),
        **overlong(row, "postcode", "region"),
    }:
        raise ValidationError(problems)


def address_problems(country: str, *, postcode: str, region: str) -> dict[str, str]:
    """Check an address by the rules of its country: a message by field.

    A postcode that doesn't look like the country's is wrong with ``STRICT_POSTCODES`` alone: patterns age, and lack places.
    :func:`~tradepost.core.addresses.place_warnings.place_warnings` tells of it.

    Args:
        country: ISO 3166-1 alpha-2.
        postcode: As :func:`normalise_postcode` makes it.
        region: State or province, as :func:`normalise_region` makes it.
    """
    rule, problems = rule_of(country), {}
    if not postcode and rule.needs_postcode:
        problems["postcode"] = _("This field is required.")
    elif shop().STRICT_POSTCODES and not fits_postcode(country, postcode):
        problems["postcode"] = _("A postcode of this country looks like %(example)s.") % {"example": rule.example}
    if not region and rule.needs_region:
        problems["region"] = _("This field is required.")
    elif unknown := region_problem(country, region):
        problems["region"] = unknown
    return problems


def region_problem(country: str, region: str) -> str:
    """The message for a state or province that a country doesn't have; empty for one that it has, and where we know none."""
    if not region or not has_regions(country) or read_region(country, region) is not None:
        return ""
    code, name = next(iter(REGIONS[country].items()))
    message = _(
        "There is no such state or province in this country. Enter its name or code, as in %(name)s or %(code)s."
    )
    return message % {"name": name, "code": code}
