"""The address book by the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.customers.models import Address
from tradepost.customers.services import add_address, customer_for

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db
BOOK = "auth/me/addresses/"


def test_an_address_is_added_changed_and_deleted(post: Call, signed_in: Client) -> None:
    """The whole way, defaults included."""
    added = post(BOOK, ADDRESS, by=signed_in)
    assert added.status_code == 201
    home = added.json()
    assert home == {
        **ADDRESS,
        "company": "",
        "line2": "",
        "region": "",
        "phone": "",
        "uuid": home["uuid"],
        "is_default_shipping": True,
        "is_default_billing": True,
        "warnings": [],
    }

    work = post(BOOK, {**ADDRESS, "line1": "Quay 2", "is_default_shipping": True}, by=signed_in).json()
    assert (work["is_default_shipping"], work["is_default_billing"]) == (True, False)
    marks = {row["line1"]: row["is_default_shipping"] for row in signed_in.get(f"/api/v1/{BOOK}").json()}
    assert marks == {"Main St 1": False, "Quay 2": True}

    moved = post(f"{BOOK}{home['uuid']}/", {"line1": "Main St 3"}, method="patch", by=signed_in)
    assert (moved.status_code, moved.json()["line1"], moved.json()["city"]) == (200, "Main St 3", "Berlin")

    assert signed_in.delete(f"/api/v1/{BOOK}{work['uuid']}/").status_code == 204
    assert signed_in.get(f"/api/v1/{BOOK}{work['uuid']}/").status_code == 404
    [last] = signed_in.get(f"/api/v1/{BOOK}").json()
    assert (last["line1"], last["is_default_shipping"]) == ("Main St 3", True)


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"country": "DE"}, "city"),
        ({**ADDRESS, "postcode": "1"}, "postcode"),
        ({**ADDRESS, "line1": "x" * 201}, "line1"),
        ({**ADDRESS, "is_default_shipping": "perhaps"}, "is_default_shipping"),
        ({**ADDRESS, "city": ["Berlin"]}, "city"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    post: Call, signed_in: Client, settings: Any, body: Any, attr: str
) -> None:
    """By its field."""
    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    answer = post(BOOK, body, by=signed_in)

    assert answer.status_code == 400
    assert attr in {error["attr"] for error in answer.json()["errors"]}
    assert not Address.objects.exists()


def test_an_unusual_postcode_is_kept_with_a_warning(post: Call, signed_in: Client) -> None:
    """Until it is put right."""
    warning = {
        "code": "postcode_unusual",
        "detail": "Please check the postcode (Germany: 5 digits, as in 10115).",
        "attr": "postcode",
    }

    added = post(BOOK, {**ADDRESS, "postcode": "1"}, by=signed_in)

    assert (added.status_code, added.json()["postcode"], added.json()["warnings"]) == (201, "1", [warning])
    assert signed_in.get(f"/api/v1/{BOOK}").json() == [added.json()]
    put_right = post(f"{BOOK}{added.json()['uuid']}/", {"postcode": "10115"}, method="patch", by=signed_in)
    assert (put_right.status_code, put_right.json()["warnings"]) == (200, [])


def test_a_default_is_not_just_taken_away(post: Call, signed_in: Client) -> None:
    """400, with what to do."""
    row = post(BOOK, ADDRESS, by=signed_in).json()

    answer = post(f"{BOOK}{row['uuid']}/", {"is_default_billing": False}, method="patch", by=signed_in)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "is_default_billing")
    assert Address.objects.get().is_default_billing is True


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_the_same_for_any_number(signed_in: Client, rows: int, django_assert_num_queries: Any) -> None:
    """The session, the user, the addresses."""
    customer = customer_for(get_user_model().objects.get())
    for number in range(rows):
        add_address(customer, {**ADDRESS, "line1": f"Main St {number}"})

    with django_assert_num_queries(3):
        assert len(signed_in.get(f"/api/v1/{BOOK}").json()) == rows
