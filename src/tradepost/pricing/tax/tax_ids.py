"""Tax ids of buyers: the check that the library brings, which asks nobody."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from tradepost.core.dates import clock

from .ports import TaxIdCheck

__all__ = ["FormatChecker", "compact"]

_NOISE = re.compile(r"[\s.\-/_]+")
_TAXED_AS = {"GR": "EL", "IM": "GB"}  # countries whose ids have another's letters

# What stands behind the country's letters; those of the European Union as its own exchange of data describes them.
_BRITISH = r"\d{9}|\d{12}|GD\d{3}|HA\d{3}"
_FORMATS = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CH": r"E\d{9}(?:MWST|TVA|IVA)?",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "GB": _BRITISH,
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W]",
    "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "NO": r"\d{9}(?:MVA)?",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"[1-9]\d{1,9}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": _BRITISH,
}


def compact(tax_id: str) -> str:
    """An id in the form in which it is checked and stored: ``"de 136.695.976"`` is ``"DE136695976"``."""
    return _NOISE.sub("", tax_id).upper()


class FormatChecker:
    """Looks at the form of an id alone, by what its country gives out; where the package ``python-stdnum`` is installed (the
    extra ``taxid``), at its check digits, too.

    Nobody is asked, so a good form is ``valid=None`` and a wrong one ``valid=False``. Ids of countries that it doesn't know are
    ``None``, whatever they look like.
    """

    def check(self, tax_id: str, country: str) -> TaxIdCheck:
        """By the letters that the id begins with, else by the buyer's country."""
        letters, number = _parts(tax_id, _TAXED_AS.get(country.upper(), country.upper()))
        rule = _check_digits(letters)
        valid, method = None, "format"
        if letters in _FORMATS and not re.fullmatch(_FORMATS[letters], number):
            valid = False
        elif letters in _FORMATS and rule is not None:
            valid, method = None if rule.is_valid(letters + number) else False, "checksum"
        return TaxIdCheck(valid=valid, method=method, at=clock.now(), country=_country(letters))


def _parts(tax_id: str, country: str) -> tuple[str, str]:
    """The country's letters and the rest. An id may begin with letters that only look like a country's: those of the French, the
    Spanish, or of somebody whose country isn't among ours.
    """
    if tax_id[:2] in _FORMATS and re.fullmatch(_FORMATS[tax_id[:2]], tax_id[2:]):
        return tax_id[:2], tax_id[2:]
    if country in _FORMATS and re.fullmatch(_FORMATS[country], tax_id):
        return country, tax_id
    if tax_id[:2] in _FORMATS and (not country or country in _FORMATS):
        return tax_id[:2], tax_id[2:]
    return country, tax_id


def _country(letters: str) -> str:
    return {"EL": "GR", "XI": "GB"}.get(letters, letters)


def _check_digits(letters: str) -> Any:
    """The module of ``python-stdnum`` for a country's ids; ``None`` where it isn't installed or knows none."""
    try:
        module = import_module("stdnum").get_cc_module(_country(letters).lower(), "vat")
    except ImportError:
        return None
    return module if letters != "XI" else None
