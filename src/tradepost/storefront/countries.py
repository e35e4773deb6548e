"""Countries by name, in the visitor's language."""

from __future__ import annotations

from functools import lru_cache

from django.utils import translation

from tradepost.core.addresses.countries import COUNTRIES
from tradepost.core.money.format import locale_of

from .conf import settings

__all__ = ["country_choices", "country_name"]


@lru_cache(maxsize=32)
def _names(language: str) -> dict[str, str]:
    locale = locale_of(language)
    return {code: str(name) for code, name in locale.territories.items() if code in COUNTRIES}


def country_choices() -> list[tuple[str, str]]:
    """Code and name of each country that addresses may be in, by name."""
    names = _names(translation.get_language() or "en")
    codes = settings().COUNTRIES or tuple(names)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda item: item[1])


def country_name(code: str) -> str:
    """A country's name; the code where it has none."""
    return _names(translation.get_language() or "en").get(code, code)
