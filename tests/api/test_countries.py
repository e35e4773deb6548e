"""``countries/``: their names, and the form of an address in each."""

from __future__ import annotations

import pytest
from django.test import Client

from tradepost.testing import assert_queries

pytestmark = pytest.mark.django_db
URL = "/api/v1/countries/"


def test_countries_are_named_in_the_language_of_the_request(client: Client) -> None:
    """By name, without a query, and kept by caches for each language."""
    with assert_queries(at_most=0):
        answer = client.get(URL, headers={"Accept-Language": "de"})

    rows = {row["code"]: row["name"] for row in answer.json()}
    assert (rows["DE"], len(rows)) == ("Deutschland", 250)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    again = client.get(URL, headers={"Accept-Language": "de", "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(URL, headers={"Accept-Language": "en"}).headers["ETag"] != answer.headers["ETag"]


def test_the_form_of_an_address(client: Client) -> None:
    """Fields in order, with what a front end needs to draw and check them."""
    body = client.get(f"{URL}us/address-form/").json()

    fields = {field["name"]: field for field in body["fields"]}
    assert (body["code"], body["name"]) == ("US", "United States")
    assert [*fields] == ["name", "company", "line1", "line2", "city", "region", "postcode", "phone"]
    assert fields["postcode"] == {
        "name": "postcode",
        "label": "ZIP code",
        "line": 3,
        "required": True,
        "usual": True,
        "choices": [],
        "example": "94103",
        "pattern": r"\d{5}([- ]?\d{4})?",
    }
    assert {"value": "CA", "label": "California"} in fields["region"]["choices"]
    assert (fields["company"]["required"], fields["city"]["line"], fields["region"]["line"]) == (False, 3, 3)


@pytest.mark.parametrize("code", ["XX", "D", "DEU", "%00", "..", "ß"])
def test_there_is_no_other_country(client: Client, code: str) -> None:
    """404, whatever was asked for."""
    assert client.get(f"{URL}{code}/address-form/").status_code == 404
