"""A signed-in user has one customer; a guest has none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from tradepost.core.errors import Misused
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for, find_customer


def user(name: str = "anna") -> Any:
    return get_user_model().objects.create_user(name, f"{name}@example.com", first_name="Anna", last_name="Berg")


@pytest.mark.django_db
def test_makes_a_customer_with_the_users_address_and_name() -> None:
    """The first call copies what the user model knows."""
    customer = customer_for(user())

    assert (customer.email, customer.name) == ("anna@example.com", "Anna Berg")


@pytest.mark.django_db
def test_gives_the_same_customer_again(django_assert_num_queries: Any) -> None:
    """The second call reads one row and writes nothing, whatever the user is called by now."""
    anna = user()
    first = customer_for(anna)
    anna.email = "new@example.com"

    with django_assert_num_queries(3):  # the row, between the savepoint's two statements
        again = customer_for(anna)

    assert (again.pk, again.email) == (first.pk, "anna@example.com")


@pytest.mark.django_db
def test_refuses_a_guest() -> None:
    """An anonymous user is a mistake of the caller, and no row is left."""
    with pytest.raises(Misused):
        customer_for(AnonymousUser())

    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_finding_writes_nothing() -> None:
    """A user who never bought has no customer, and a guest has none."""
    assert find_customer(user()) is None
    assert find_customer(AnonymousUser()) is None
    assert not Customer.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_give_one_customer() -> None:
    """Both threads are given the one row that the unique user allows."""
    anna = user()

    def call(_: int) -> int:
        try:
            return customer_for(anna).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        entries = set(pool.map(call, range(8)))

    assert entries == set(Customer.objects.values_list("pk", flat=True))
    assert len(entries) == 1
