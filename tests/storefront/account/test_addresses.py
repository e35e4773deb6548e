"""The address book on the account's pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tradepost.customers.models import Address, Customer
from tradepost.testing import assert_queries

from ..conftest import DETAILS, Visitor

FORM = {name: value for name, value in DETAILS.items() if name.startswith("shipping-")}


def book() -> list[tuple[str, bool, bool]]:
    """Each address by its street, and whether it is a default."""
    rows = Address.objects.order_by("pk")
    return [(row.line1, bool(row.is_default_shipping), bool(row.is_default_billing)) for row in rows]


def test_an_address_is_added_changed_passed_on_and_deleted(anna: Visitor) -> None:
    """The first one is the default for both; orders begin with it."""
    anna.get("/account/addresses/")
    assert "Save an address, and the checkout is filled in for you." in anna.text
    anna.post("/account/addresses/add/", FORM)
    assert anna.page.redirect_chain == [("/account/addresses/", 303)]
    anna.post("/account/addresses/add/", {**FORM, "shipping-line1": "2 Lane"})
    assert book() == [("1 Road", True, True), ("2 Lane", False, False)]

    second = Address.objects.get(line1="2 Lane")
    anna.post(f"/account/addresses/{second.uuid}/default/", {"purpose": "billing"})
    assert book() == [("1 Road", True, False), ("2 Lane", False, True)]
    anna.get(f"/account/addresses/{second.uuid}/")
    assert anna.page.context["form"].initial["line1"] == "2 Lane"
    anna.post(f"/account/addresses/{second.uuid}/", {**FORM, "shipping-line1": "3 Lane"})
    assert book() == [("1 Road", True, False), ("3 Lane", False, True)]

    anna.post(f"/account/addresses/{second.uuid}/remove/")

    assert book() == [("1 Road", True, True)]
    anna.get("/account/")
    assert anna.text.count("1 Road") == 2


def test_an_unusual_postcode_is_kept_and_told_once(anna: Visitor) -> None:
    """At its field, on the page that comes after saving; who saves it again means it."""
    typed = {**FORM, "shipping-postcode": "ABC"}
    anna.post("/account/addresses/add/", typed)

    row = Address.objects.get()
    path = f"/account/addresses/{row.uuid}/"
    assert (row.postcode, anna.page.redirect_chain) == ("ABC", [(path, 303)])
    assert "The address is saved." in anna.text
    assert ">Please check the postcode (Germany: 5 digits, as in 10115).</span>" in anna.text
    anna.post(path, {**typed, "shipping-line1": "2 Lane"})
    assert (book(), anna.page.redirect_chain) == ([("2 Lane", True, True)], [("/account/addresses/", 303)])
    anna.post(path, FORM)
    assert anna.page.redirect_chain == [("/account/addresses/", 303)]
    assert "check the postcode" not in anna.get(path).content.decode()


def test_what_a_country_refuses_is_shown_beside_its_field(anna: Visitor, settings: Any) -> None:
    """Nothing is kept, and what was typed is still there."""
    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    anna.post("/account/addresses/add/", {**FORM, "shipping-postcode": "ABC"})

    assert (anna.page.status_code, [*anna.page.context["form"].errors]) == (422, ["postcode"])
    assert "check the postcode" not in anna.text
    assert 'value="1 Road"' in anna.text
    assert book() == []


def test_anothers_address_isnt_there(anna: Visitor) -> None:
    """404 at every address of it; it stays as it is."""
    other = Customer.objects.create(email="bob@example.com")
    row = Address.objects.create(
        customer=other, name="Bob", line1="9 Alley", city="Berlin", postcode="10115", country="DE"
    )

    assert anna.get(f"/account/addresses/{row.uuid}/").status_code == 404
    for path, form in (("", FORM), ("default/", {"purpose": "shipping"}), ("remove/", {})):
        assert anna.post(f"/account/addresses/{row.uuid}/{path}", form).status_code == 404
    assert book() == [("9 Alley", False, False)]


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_costs_the_same_for_any_number(anna: Visitor, number: int) -> None:
    """One query for the addresses, beside those of every page."""
    customer = Customer.objects.get()
    Address.objects.bulk_create(
        Address(customer=customer, name="Anna", line1=f"{n} Road", city="Berlin", postcode="10115", country="DE")
        for n in range(number)
    )
    anna.get("/account/addresses/")

    with assert_queries(at_most=5):
        anna.get("/account/addresses/")
    assert len(anna.page.context["rows"]) == number


def shown(page: str) -> list[str]:
    """Names of the fields on a page, in order."""
    return re.findall(r'name="shipping-(\w+)"', page)


def test_the_fields_are_those_of_the_country(anna: Visitor) -> None:
    """In its order and with its names; one that an address there doesn't have is left out, unless it is filled in."""
    assert shown(anna.get("/account/addresses/add/").content.decode()) == [
        "country",
        "name",
        "company",
        "line1",
        "line2",
        "postcode",
        "city",
    ]

    anna.post("/address-fields/shipping/", {**FORM, "shipping-country": "US", "shipping-line1": "<b>1</b>"})

    assert shown(anna.text) == ["country", "name", "company", "line1", "line2", "city", "region", "postcode"]
    assert "ZIP code" in anna.text
    assert '<option value="CA">California</option>' in anna.text
    assert 'value="&lt;b&gt;1&lt;/b&gt;"' in anna.text
    anna.post("/address-fields/shipping/", {**FORM, "shipping-region": "Bavaria"})
    assert "region" in shown(anna.text)
    assert anna.post("/address-fields/home/", FORM).status_code == 404
    assert book() == []


def test_another_country_is_chosen_without_scripts(anna: Visitor) -> None:
    """The form comes again with the fields that are missing, and what was typed."""
    anna.post("/account/addresses/add/", {**FORM, "shipping-country": "US", "shipping-postcode": "94103"})
    assert (anna.page.status_code, [*anna.page.context["form"].errors]) == (422, ["region"])
    assert 'list="id_shipping-regions"' in anna.text

    anna.post(
        "/account/addresses/add/",
        {**FORM, "shipping-country": "US", "shipping-postcode": "94103", "shipping-region": "california"},
    )
    assert Address.objects.get().region == "CA"


def test_a_city_state_needs_no_city(anna: Visitor) -> None:
    """Nor does an address whose ward is written with the street."""
    home = {"shipping-name": "Ada", "shipping-line1": "1 Raffles Place", "shipping-country": "SG"}
    anna.post("/account/addresses/add/", {**home, "shipping-postcode": "048616"})

    assert Address.objects.get().as_postal().lines == ["Ada", "1 Raffles Place", "048616", "Singapore"]
