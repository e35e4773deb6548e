"""Postal addresses as values: kept as JSON where a document is frozen, as columns where a person keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..errors import Invalid
from ..inputs.phones import MAX_PHONE, read_phone
from .countries import country_name, read_country
from .formats import envelope_lines
from .rules import address_problems, normalise_postcode, normalise_region, rule_of

__all__ = ["AddressInvalid", "PostalAddress"]

_LIMITS = {"country": 2, "postcode": 20, "phone": MAX_PHONE, "region": 80, "city": 120}
_NORMALISED = {"postcode": normalise_postcode}


def _single_blanks(text: str) -> str:
    return " ".join(text.split())


class AddressInvalid(Invalid):
    """An address lacks something. ``context["fields"]`` maps each field to what is wrong with it."""

    code = "address_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address where somebody lives or receives parcels. ``country`` is ISO 3166-1 alpha-2, upper case."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any], *, attr: str = "") -> PostalAddress:
        """From untrusted input: text is trimmed, required fields and lengths are checked.

        Args:
            data: Values by field.
            attr: What the caller calls this address, for the error's ``context``.

        Raises:
            AddressInvalid: Unknown, missing or overlong fields, a country that there isn't, what its rules refuse, or a phone
                number that nobody can call from there. A postcode that looks unusual is refused with ``STRICT_POSTCODES`` alone.
        """
        names = {f.name for f in fields(cls)}
        wrong: dict[str, Any] = {name: _("Unknown field.") for name in data.keys() - names}
        values = {}
        for name in names & data.keys():
            value = data[name]
            if value is not None and not isinstance(value, str):
                wrong[name] = _("Text is expected.")
                continue
            values[name] = _NORMALISED.get(name, _single_blanks)(value or "")
            if len(values[name]) > _LIMITS.get(name, 200):
                wrong[name] = _("This is too long.")
        values.setdefault("postcode", "")
        try:
            values["country"] = read_country(values.get("country", ""))
        except Invalid as refusal:
            wrong["country"] = refusal.message
        values["region"] = normalise_region(values.get("region", ""), values["country"])
        if len(values["region"]) > _LIMITS["region"]:
            wrong["region"] = _("This is too long.")
        needed = ("name", "line1", "country", *(("city",) if rule_of(values["country"]).needs_city else ()))
        for name in needed:
            if not values.get(name) and name not in wrong:
                wrong[name] = _("This field is required.")
        try:
            read_phone(values.get("phone", ""), region=values["country"])
        except Invalid as refusal:
            wrong.setdefault("phone", refusal.message)
        missing = address_problems(values["country"], postcode=values["postcode"], region=values["region"])
        wrong = {**missing, **wrong}
        if wrong:
            facts = {k: str(v) for k, v in sorted(wrong.items())}
            raise AddressInvalid(_("The address is incomplete."), fields=facts, attr=attr)
        return cls(**values)

    @classmethod
    def stored(cls, data: Mapping[str, Any] | None) -> PostalAddress | None:
        """From our own JSON, written by :meth:`as_dict`; ``None`` for an empty one."""
        if not data:
            return None
        names = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in names})

    def as_dict(self) -> dict[str, str]:
        """JSON to store."""
        return asdict(self)

    @property
    def lines(self) -> list[str]:
        """As on an envelope in its country, without empty lines; the country by its name in the present language.

        Each field is there but the phone number. Pages and mail show these.
        """
        rows = [*envelope_lines(self.as_dict(), self.country), country_name(self.country)]
        return [row for row in rows if row]
