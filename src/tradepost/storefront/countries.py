"""Countries by name, in the visitor's language."""

from __future__ import annotations

from django.utils import translation

from tradepost.core.addresses.countries import country_name, country_names

from .conf import settings

__all__ = ["country_choices", "country_name"]


def country_choices() -> list[tuple[str, str]]:
    """Code and name of each country that addresses may be in, by name."""
    names = country_names(translation.get_language() or "en")
    codes = settings().COUNTRIES or tuple(names)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda item: item[1])
