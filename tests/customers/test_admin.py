"""Customers in the admin, with groups and addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tradepost.customers.models import Address, Customer, CustomerGroup
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "x"))
    return client


@pytest.mark.parametrize("model", ["customer", "customergroup"])
def test_every_page_opens(staff: Client, model: str) -> None:
    """List, search and form of each model."""
    factories.customer(name="Anna Berg")

    assert staff.get(reverse(f"admin:tradepost_customers_{model}_changelist"), {"q": "anna"}).status_code == 200
    assert staff.get(reverse(f"admin:tradepost_customers_{model}_add")).status_code == 200


def test_a_customer_is_entered_with_an_address_and_a_group(staff: Client) -> None:
    """All three on one page."""
    group = CustomerGroup.objects.create(code="trade", name="Trade")
    address = {"name": "Anna Berg", "line1": "Weg 1", "postcode": "20095", "city": "Hamburg", "country": "DE"}

    answer = staff.post(
        reverse("admin:tradepost_customers_customer_add"),
        {
            "email": "anna@example.com",
            "name": "Anna Berg",
            "groups": [group.pk],
            "metadata": "{}",
            "addresses-TOTAL_FORMS": 1,
            "addresses-INITIAL_FORMS": 0,
            **{f"addresses-0-{name}": value for name, value in address.items()},
        },
    )

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    customer = Customer.objects.get()
    assert list(customer.groups.all()) == [group]
    assert str(Address.objects.get()) == "Anna Berg, Weg 1, 20095 Hamburg, Germany"


def test_nobody_gives_themselves_another_ones_account() -> None:
    """Who may change customers but is no superuser sees whose it is; what they post for it isn't read."""
    sam = get_user_model().objects.create_user("sam", "sam@example.com", "x", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(codename__in=["view_customer", "change_customer"]))
    customer = factories.customer(name="Anna Berg")
    before, client = customer.user_id, Client()
    client.force_login(sam)
    body = {"email": "anna@example.com", "name": "Anna Bergmann", "metadata": "{}", "user": sam.pk}

    answer = client.post(reverse("admin:tradepost_customers_customer_change", args=[customer.pk]), body)

    customer.refresh_from_db()
    assert (answer.status_code, customer.name, customer.user_id) == (302, "Anna Bergmann", before)
    assert before != sam.pk


def test_defaults_are_passed_on_in_the_admin(staff: Client) -> None:
    """Two ticks are no error: the last one is it; and a deleted default is followed by another."""
    customer = factories.customer(name="Anna Berg")
    place = {"name": "Anna Berg", "postcode": "20095", "city": "Hamburg", "country": "DE"}
    url = reverse("admin:tradepost_customers_customer_change", args=[customer.pk])

    def send(initial: int, *rows: dict[str, Any]) -> Any:
        sent = {"name": "Anna Berg", "metadata": "{}"}
        sent |= {"addresses-TOTAL_FORMS": str(len(rows)), "addresses-INITIAL_FORMS": str(initial)}
        sent |= {
            f"addresses-{number}-{name}": value
            for number, row in enumerate(rows)
            for name, value in {**place, **row}.items()
        }
        answer = staff.post(url, sent)
        assert answer.status_code == 302, answer.context["errors"]

    def book() -> list[tuple[str, bool | None, bool | None]]:
        return list(Address.objects.order_by("pk").values_list("line1", "is_default_shipping", "is_default_billing"))

    send(0, {"line1": "Weg 1", "default_shipping": "on"}, {"line1": "Weg 2", "default_shipping": "on"})
    assert book() == [("Weg 1", None, None), ("Weg 2", True, True)]

    first, second = Address.objects.order_by("pk")
    send(
        2,
        {"id": first.pk, "customer": customer.pk, "line1": "Weg 1"},
        {"id": second.pk, "customer": customer.pk, "line1": "Weg 2", "DELETE": "on"},
    )
    assert book() == [("Weg 1", True, True)]
