"""The countries of ISO 3166-1, by Babel's territories: the one table that addresses, zones, conditions and forms know."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from ..errors import Invalid
from ..money.format import locale_of

__all__ = ["COUNTRIES", "check_country", "country_name", "country_names", "read_country"]

# Codes of CLDR that ISO 3166-1 gives to no country: exceptional reservations, groups of countries, oceans, pseudo-regions.
# XK stays: Kosovo has no code of ISO's own yet, and customs and carriers know it by this one.
_OTHERS = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_LENGTH = 2
COUNTRIES: Final = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == _LENGTH and code.isalpha() and code not in _OTHERS
)
"""Alpha-2 codes, in capitals."""
_MEANT = {"UK": "GB", "EL": "GR", "EN": "GB", "AN": "CW", "YU": "RS", "SU": "RU"}


def read_country(text: str, *, attr: str = "country") -> str:
    """A country's code, in capitals; empty for empty.

    Raises:
        Invalid: There is no such country; what is often written instead is named.
    """
    given = text.strip()
    code = given.upper() if given.isascii() else given  # "ß" would become South Sudan's
    if not code or code in COUNTRIES:
        return code
    if meant := _MEANT.get(code):
        message = _("There is no country %(code)s: write %(meant)s.") % {"code": code, "meant": meant}
        raise Invalid(message, attr=attr, meant=meant)
    if len(code) == _LENGTH and code.isascii() and code.isalpha():
        raise Invalid(_("There is no country with the code %(code)s.") % {"code": code}, attr=attr)
    raise Invalid(_("Two letters, as in DE."), attr=attr)


def check_country(code: str) -> None:
    """A validator: the code is a country's, in capitals.

    Raises:
        ValidationError: It is none.
    """
    try:
        read = read_country(code)
    except Invalid as refusal:
        raise ValidationError(refusal.message, code="invalid") from refusal
    if read != code:
        raise ValidationError(_("Two capital letters, as in DE."), code="invalid")


@lru_cache(maxsize=32)
def country_names(language: str) -> dict[str, str]:
    """Names of all countries by their codes, in a language."""
    return {code: str(name) for code, name in locale_of(language).territories.items() if code in COUNTRIES}


def country_name(code: str) -> str:
    """A country's name in the present language; the code where it has none."""
    return country_names(translation.get_language() or "en").get(code, code)
