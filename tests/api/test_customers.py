"""``auth/me/``: customers see and change themselves, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.core.dates import clock
from tradepost.customers.models import Customer, CustomerGroup, Tier
from tradepost.customers.services import set_tier
from tradepost.orders.services import evaluate_tiers
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
ME = "/api/v1/auth/me/"


@pytest.fixture
def anna() -> Client:
    """Signed in; a customer from her first call on."""
    client = Client()
    client.force_login(get_user_model().objects.create_user("anna", "anna@example.com", first_name="Anna"))
    return client


def change(client: Client, **values: Any) -> Any:
    return client.patch(ME, values, content_type="application/json")


def test_a_guest_is_nobody(client: Client) -> None:
    """Neither to look nor to change, and no customer is made."""
    assert client.get(ME).status_code in (401, 403)
    assert change(client, name="Eve").status_code in (401, 403)
    assert not Customer.objects.exists()


def test_customers_see_themselves(anna: Client) -> None:
    """With what the user model knew at the first call."""
    body = anna.get(ME).json()

    customer = Customer.objects.get()
    assert body == {
        "uuid": str(customer.uuid),
        "email": "anna@example.com",
        "name": "Anna",
        "phone": "",
        "birth_date": None,
        "language": "",
        "tax_id": "",
        "tax_exempt": False,
        "created_at": customer.created_at.isoformat().replace("+00:00", "Z"),
        "tier": None,
        "next_tier": None,
    }


def test_customers_see_their_tier_and_what_the_next_one_takes(anna: Client) -> None:
    """The spent and the missing amount, as money; a tier by hand with its end."""
    anna.get(ME)
    customer = Customer.objects.get()
    groups = [CustomerGroup.objects.create(code=code, name=code) for code in ("silver", "gold")]
    rule = {"currency": "EUR", "period_days": 365}
    silver = Tier.objects.create(code="silver", name="Silver", rank=1, group=groups[0], threshold="100", **rule)
    Tier.objects.create(code="gold", name="Gold", rank=2, group=groups[1], threshold="500", **rule)
    make.pay(make.order(make.line_row(price="120.50"), customer_id=customer.pk))
    evaluate_tiers([customer.pk])

    body = anna.get(ME).json()
    assert body["tier"] == {"code": "silver", "name": "Silver", "is_by_hand": False, "until": None}
    assert body["next_tier"] == {
        "code": "gold",
        "name": "Gold",
        "threshold": {"amount": "500.00", "currency": "EUR"},
        "spent": {"amount": "120.50", "currency": "EUR"},
        "missing": {"amount": "379.50", "currency": "EUR"},
        "period_days": 365,
    }
    assert change(anna, tier="gold").status_code == 400  # nobody promotes themselves
    assert anna.get(ME).json()["tier"]["code"] == "silver"

    until = clock.now().replace(microsecond=0) + timedelta(days=3)
    set_tier(customer, silver, until=until)
    body = anna.get(ME).json()
    assert body["tier"] == {
        "code": "silver",
        "name": "Silver",
        "is_by_hand": True,
        "until": until.isoformat().replace("+00:00", "Z"),
    }
    assert body["next_tier"] is None


def test_one_query_tells_who_it_is(anna: Client) -> None:
    """Beside the session's own two, and the one that reads the versions of all that is kept, the tiers among it."""
    anna.get(ME)
    with count_queries() as sent:
        anna.get(ME)

    assert len(sent) == 4


def test_customers_change_what_they_say_of_themselves(anna: Client) -> None:
    """Fields that aren't named stay; those that aren't theirs are refused by their names."""
    refused = change(anna, phone="+49 151 99999", tax_exempt=True, email="eve@example.com")
    assert {(error["code"], error["attr"]) for error in refused.json()["errors"]} == {
        ("unknown_field", "tax_exempt"),
        ("unknown_field", "email"),
    }
    answer = change(anna, phone="+49 151 23456", birth_date="1990-02-28", language="de")

    assert answer.status_code == 200
    assert (answer.json()["phone"], answer.json()["birth_date"]) == ("+49 151 23456", "1990-02-28")
    customer = Customer.objects.get()
    assert (customer.name, customer.phone, customer.language) == ("Anna", "+49 151 23456", "de")
    assert change(anna, birth_date=None).json()["birth_date"] is None
    assert (customer.email, customer.tax_exempt) == ("anna@example.com", False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "tlh"),
        ("phone", "1" * 41),
        ("phone", "12"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "9999-01-01"),
        ("birth_date", "yesterday"),
        ("birth_date", 0),
        ("name", None),
        ("name", ["x"]),
    ],
)
def test_what_cannot_be_is_refused(anna: Client, field: str, value: Any) -> None:
    """With the name of the field, and nothing is changed."""
    anna.get(ME)
    answer = change(anna, **{"phone": "+49 30 123456", field: value})

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [field]
    customer = Customer.objects.get()
    assert (customer.name, customer.phone, customer.language) == ("Anna", "", "")
