"""The countries of ISO 3166-1, named by Babel: the one table that addresses, zones, conditions and forms know."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from ..errors import Invalid
from ..money.format import locale_of

__all__ = ["COUNTRIES", "check_country", "country_name", "country_names", "read_country"]

_LENGTH = 2
# Written out, since asking Babel takes five MiB and 12 ms at every start; a test compares both. XK stays: Kosovo has no code of
# ISO's own yet, and customs and carriers know it by this one.
_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
    UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES: Final = frozenset(_CODES.split())
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
