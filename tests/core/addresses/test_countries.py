"""Countries and postcodes: one table, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from babel import Locale
from django.core.exceptions import ValidationError

from tradepost.core.addresses.countries import (
    COUNTRIES,
    check_country,
    read_country,
)
from tradepost.core.addresses.place_warnings import place_warnings
from tradepost.core.addresses.postal import AddressInvalid, PostalAddress
from tradepost.core.addresses.rules import address_problems, normalise_postcode
from tradepost.core.errors import Invalid
from tradepost.customers.models import Address
from tradepost.pricing.models import ZoneArea
from tradepost.promotions.models import Countries
from tradepost.shipping.models import PickupPoint
from tradepost.storefront.countries import country_choices


def test_the_table_is_that_of_iso_3166_and_kosovo() -> None:
    """No groups, no oceans, nothing that is reserved only; and the storefront offers the same."""
    assert len(COUNTRIES) == 250
    assert {"DE", "GB", "AX", "XK"} <= COUNTRIES
    assert not {"UK", "EU", "XX", "ZZ", "AC", "IC", "QO", "XA"} & COUNTRIES
    assert {code for code, _name in country_choices()} == COUNTRIES


def test_the_table_is_babels_without_what_is_no_country() -> None:
    """Exceptional reservations, groups of countries, oceans and pseudo-regions have codes, too; each country has a name."""
    others = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
    codes = {str(code) for code in Locale("en").territories}

    assert {code for code in codes if len(code) == 2 and code.isalpha()} - others == COUNTRIES


def test_codes_are_read_in_capitals() -> None:
    """Empty is empty."""
    assert [read_country(text) for text in (" de", "Gb", "")] == ["DE", "GB", ""]
    check_country("DE")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("UK", "There is no country UK: write GB."),
        ("EL", "There is no country EL: write GR."),
        ("XX", "There is no country with the code XX."),
        ("EU", "There is no country with the code EU."),
        ("DEU", "Two letters, as in DE."),
        ("ß", "Two letters, as in DE."),
        ("D1", "Two letters, as in DE."),
        ("ＤＥ", "Two letters, as in DE."),
    ],
)
def test_what_is_no_country_is_refused_at_every_door(text: str, message: str) -> None:
    """With what to write instead, where that is known; ``ß`` isn't South Sudan."""
    with pytest.raises(Invalid) as refusal:
        read_country(text)
    assert (str(refusal.value), refusal.value.context["attr"]) == (message, "country")
    rows: list[Any] = [
        ZoneArea(country=text),
        Countries(codes=["DE", text]),
        Address(country=text),
        PickupPoint(country=text),
    ]
    for row in rows:
        with pytest.raises(ValidationError):
            row.clean()
    with pytest.raises(ValidationError):
        check_country(text)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("１０１１５", "10115"),
        ("94103–1234", "94103-1234"),
        ("94103\u20121234", "94103-1234"),
        ("94103\u22121234", "94103-1234"),
        ("94103－1234", "94103-1234"),
        ("１００ー０００１", "100-0001"),
        ("٩٤١٠٣", "94103"),
        (" sw1a\u00a0 1aa ", "SW1A 1AA"),
        ("ＳＷ１Ａ　１ＡＡ", "SW1A 1AA"),
        ("101\u200b15", "10115"),
    ],
)
def test_postcodes_are_plain_capitals(typed: str, expected: str) -> None:
    """Full-width, with whatever dash, in other digits: it is the same place."""
    assert normalise_postcode(typed) == expected


def test_a_postcode_is_measured_as_it_is_kept() -> None:
    """One sign of Arabic script is eighteen letters: two of them don't fit, at no door; regions have ordinary letters."""
    address = {"name": "Ada", "line1": "Street 1", "city": "Dubai", "country": "AE"}
    with pytest.raises(AddressInvalid) as refusal:
        PostalAddress.read({**address, "postcode": "\ufdfa" * 2})
    assert refusal.value.context["fields"] == {"postcode": "This is too long."}
    for row in (Address(country="AE", postcode="\ufdfa" * 2), PickupPoint(country="AE", postcode="\ufdfa" * 2)):
        with pytest.raises(ValidationError) as refused:
            row.clean()  # type: ignore[attr-defined]
        assert refused.value.message_dict == {"postcode": ["This is too long."]}

    kept = PostalAddress.read({**address, "postcode": "１２３", "region": " Ｄubai  North"})
    assert (kept.postcode, kept.region) == ("123", "Dubai North")


@pytest.mark.parametrize(
    ("country", "postcode", "region", "wrong"),
    [
        ("DE", "10115", "", []),
        ("DE", "", "", ["postcode"]),
        ("DE", "1011", "", ["postcode"]),
        ("US", "94103-1234", "CA", []),
        ("US", "94103", "", ["region"]),
        ("US", "ABC", "", ["postcode", "region"]),
        ("US", "94103", "Califronia", ["region"]),
        ("CA", "K1A 0B1", "Québec", []),
        ("AU", "2000", "nsw", []),
        ("IN", "110 001", "anything", []),
        ("GB", "SW1A 1AA", "", []),
        ("GB", "12345", "", ["postcode"]),
        ("NL", "1012JS", "", []),
        ("PL", "00-950", "", []),
        ("IE", "", "", []),
        ("HK", "", "", []),
        ("AE", "anything", "", []),
    ],
)
def test_addresses_need_what_their_country_needs(
    settings: Any, country: str, postcode: str, region: str, wrong: list[str]
) -> None:
    """Where we know nothing, nothing is asked; a postcode that doesn't fit is refused by a strict shop alone."""
    is_unusual = postcode != "" and "postcode" in wrong
    soft = [name for name in wrong if not (name == "postcode" and is_unusual)]
    assert sorted(address_problems(country, postcode=postcode, region=region)) == soft
    warnings = place_warnings(PostalAddress(country=country, postcode=postcode))
    assert [(warning.code, warning.attr) for warning in warnings] == [("postcode_unusual", "postcode")] * is_unusual

    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    assert sorted(address_problems(country, postcode=postcode, region=region)) == wrong


@pytest.mark.parametrize(
    ("country", "postcode", "message"),
    [
        ("DE", "1011", "Please check the postcode (Germany: 5 digits, as in 10115)."),
        ("GB", "12345", "Please check the postcode (United Kingdom: as in SW1A 1AA)."),
        ("GB", "SW1A 1AA\n<script>", "Please check the postcode (United Kingdom: as in SW1A 1AA)."),
        ("DE", "1\x00" * 9, "Please check the postcode (Germany: 5 digits, as in 10115)."),
    ],
)
def test_an_unusual_postcode_is_told(country: str, postcode: str, message: str) -> None:
    """With what is usual there; of an address the field is named with it."""
    [warning] = place_warnings(PostalAddress(country=country, postcode=postcode), attr="billing_address")

    assert (warning.message, warning.attr) == (message, "billing_address.postcode")


def test_a_row_with_an_unusual_postcode_is_taken(settings: Any) -> None:
    """In the address book and among pickup points; not by a strict shop, and never without one where it is needed."""
    place = {"country": "DE", "city": "Berlin"}
    for model in (Address, PickupPoint):
        model(**place, postcode="1011").clean()
        with pytest.raises(ValidationError) as missing:
            model(**place, postcode="").clean()
        assert missing.value.message_dict == {"postcode": ["This field is required."]}
    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    for model in (Address, PickupPoint):
        with pytest.raises(ValidationError) as refusal:
            model(**place, postcode="1011").clean()
        assert refusal.value.message_dict == {"postcode": ["A postcode of this country looks like 10115."]}
