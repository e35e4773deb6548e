"""Warnings about addresses that look unusual, and are taken all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from .countries import country_name
from .rules import fits_postcode, normalise_postcode, rule_of

__all__ = ["PlaceWarning", "place_warnings"]

_DIGITS = re.compile(r"\\d\{(\d+)\}")


class _Place(Protocol):
    @property
    def country(self) -> str: ...

    @property
    def postcode(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PlaceWarning:
    """Something in an address to look at once more; nothing is refused for it.

    Attributes:
        code: Stable: ``postcode_unusual``.
        message: For who typed it, in the present language.
        attr: The field that it is about.
    """

    code: str
    message: str
    attr: str


def place_warnings(place: _Place, *, attr: str = "") -> list[PlaceWarning]:
    """Warnings about an address, a row of the address book or a pickup point; none where all looks usual.

    Args:
        place: Its country is ISO 3166-1 alpha-2; of any other there are no warnings.
        attr: What the caller calls the address; it stands before the field, as in ``shipping_address.postcode``.
    """
    if fits_postcode(place.country, normalise_postcode(place.postcode)):
        return []
    field = f"{attr}.postcode" if attr else "postcode"
    return [PlaceWarning("postcode_unusual", _postcode_message(place.country), field)]


def _postcode_message(country: str) -> str:
    rule = rule_of(country)
    facts = {"country": country_name(country), "example": rule.example}
    if digits := _DIGITS.fullmatch(rule.postcode):
        return _("Please check the postcode (%(country)s: %(digits)s digits, as in %(example)s).") % {
            **facts,
            "digits": digits[1],
        }
    return _("Please check the postcode (%(country)s: as in %(example)s).") % facts
