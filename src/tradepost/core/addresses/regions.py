"""States and provinces of countries in which goods are taxed by them: one code for each, however a buyer writes it.

Other countries' regions are free text: nothing is decided by them unless a zone names one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["REGIONS", "has_regions", "read_region"]

_US = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, DC District of Columbia,
FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine,
MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada,
NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon,
PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia,
WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming, AS American Samoa, GU Guam, MP Northern Mariana Islands,
PR Puerto Rico, VI Virgin Islands, UM Minor Outlying Islands, AA Armed Forces Americas,
AE Armed Forces Europe, AP Armed Forces Pacific
"""
_CA = """
AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador, NS Nova Scotia, ON Ontario,
PE Prince Edward Island, QC Quebec, SK Saskatchewan, NT Northwest Territories, NU Nunavut, YT Yukon
"""
_AU = """
ACT Australian Capital Territory, NSW New South Wales, NT Northern Territory, QLD Queensland, SA South Australia, TAS Tasmania,
VIC Victoria, WA Western Australia
"""


def _plain(text: str) -> str:
    """Letters alone, in capitals: no accents, stops, hyphens or double blanks."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c) and c != ".")
    return re.sub(r"[\s-]+", " ", letters).strip().upper()


def _table(text: str) -> dict[str, str]:
    pairs = (entry.split(maxsplit=1) for entry in text.split(","))
    return {code: name.strip() for code, name in pairs}


REGIONS: Final = {"US": _table(_US), "CA": _table(_CA), "AU": _table(_AU)}
"""Names by code, by country."""
_CODES = {
    country: {spelling: code for code, name in names.items() for spelling in (_plain(code), _plain(name))}
    for country, names in REGIONS.items()
}


def has_regions(country: str) -> bool:
    """Whether we know all regions of a country."""
    return country in REGIONS


def read_region(country: str, text: str) -> str | None:
    """The code of a region by its code or English name; ``None`` where the country is another one, or has none of that name."""
    return _CODES.get(country, {}).get(_plain(text))
