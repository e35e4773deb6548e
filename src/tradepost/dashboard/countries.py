"""Countries to choose from, by name in the reader's language."""

from __future__ import annotations

from django.utils import translation

from tradepost.core.addresses.countries import country_names

__all__ = ["country_choices"]


def country_choices(first: str = "") -> list[tuple[str, str]]:
    """Code and name of each country, by name; ``first`` is the text of no choice."""
    names = country_names(translation.get_language() or "en")
    return [("", first), *sorted(names.items(), key=lambda item: item[1])]
