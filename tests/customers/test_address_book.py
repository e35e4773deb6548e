"""A customer's addresses: any number, of which one is the default for deliveries and one for invoices."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from tradepost.core.addresses import AddressInvalid
from tradepost.core.errors import Invalid
from tradepost.customers import services
from tradepost.customers.errors import AddressNotFound, TooManyAddresses
from tradepost.customers.models import Address, Customer
from tradepost.customers.services import address_book
from tradepost.testing import factories
from tradepost.testing.races import together

HOME = {"name": "Ada Byron", "line1": "Main St 1", "city": "Berlin", "postcode": "10115", "country": "DE"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Any:
    """Without an address."""
    return factories.customer(name="Ada")


def book(customer: Any) -> list[tuple[str, bool | None, bool | None]]:
    """Street, default for deliveries, default for invoices."""
    rows = Address.objects.filter(customer=customer).order_by("pk")
    return [(row.line1, row.is_default_shipping, row.is_default_billing) for row in rows]


def add(customer: Any, line1: str, **defaults: bool) -> Any:
    """One more."""
    return services.add_address(customer, {**HOME, "line1": line1}, **defaults)


def test_the_first_address_is_the_default_for_both(ada: Any) -> None:
    """And the next one isn't, unless that is said."""
    add(ada, "First 1")
    add(ada, "Second 2")
    add(ada, "Third 3", is_default_billing=True)

    assert book(ada) == [("First 1", True, None), ("Second 2", None, None), ("Third 3", None, True)]


def test_the_default_is_passed_on(ada: Any) -> None:
    """By making another one the default; saying that one isn't it any more is refused."""
    first, second = add(ada, "First 1"), add(ada, "Second 2")

    services.change_address(second, {"city": "Potsdam", "postcode": "14467"}, is_default_shipping=True)
    with pytest.raises(Invalid) as refusal:
        services.change_address(first, {"city": "Bonn"}, is_default_billing=False)

    assert refusal.value.context["attr"] == "is_default_billing"
    assert book(ada) == [("First 1", None, True), ("Second 2", True, None)]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.city, second.city, second.name) == ("Berlin", "Potsdam", "Ada Byron")


def test_another_address_takes_the_place_of_a_deleted_default(ada: Any) -> None:
    """The latest one; deleting twice is as once."""
    first = add(ada, "First 1")
    add(ada, "Second 2")
    third = add(ada, "Third 3")

    services.remove_address(first)
    services.remove_address(first)
    assert book(ada) == [("Second 2", None, None), ("Third 3", True, True)]

    services.remove_address(third)
    services.remove_address(Address.objects.get())
    assert book(ada) == []


@pytest.mark.parametrize(
    ("change", "attr"),
    [({"country": "XX"}, "country"), ({"postcode": "1"}, "postcode"), ({"name": ""}, "name"), ({"user": "1"}, "user")],
)
def test_a_wrong_address_is_refused_and_nothing_changes(
    ada: Any, settings: Any, change: dict[str, str], attr: str
) -> None:
    """When it is added and when it is changed, each field by name."""
    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    row = add(ada, "First 1")

    with pytest.raises(AddressInvalid) as refusal:
        services.add_address(ada, {**HOME, **change}, is_default_shipping=True)
    assert set(refusal.value.context["fields"]) == {attr}
    with pytest.raises(AddressInvalid):
        services.change_address(row, change)

    assert book(ada) == [("First 1", True, True)]
    row.refresh_from_db()
    assert row.as_postal().as_dict() == {
        **HOME,
        "line1": "First 1",
        "company": "",
        "line2": "",
        "region": "",
        "phone": "",
    }


def test_an_address_book_has_an_end(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody fills the table."""
    monkeypatch.setattr(address_book, "MOST_ADDRESSES", 2)
    add(ada, "First 1")
    add(ada, "Second 2")

    with pytest.raises(TooManyAddresses) as refusal:
        add(ada, "Third 3")

    assert refusal.value.context == {"most": 2}
    assert [line for line, *_rest in book(ada)] == ["First 1", "Second 2"]


def test_others_do_not_find_it(ada: Any) -> None:
    """Neither another customer nor a guest."""
    users = get_user_model().objects
    ada.user, bob = users.create_user("ada"), users.create_user("bob")
    ada.save()
    row = add(ada, "First 1")

    assert services.find_address(row.uuid, user=ada.user) == row
    for user in (bob, AnonymousUser()):
        assert not services.addresses_of(user).exists()
        with pytest.raises(AddressNotFound):
            services.find_address(row.uuid, user=user)


def test_one_that_was_deleted_meanwhile_is_not_changed(ada: Any) -> None:
    """Nor made again."""
    row = add(ada, "First 1")
    services.remove_address(Address.objects.get())

    with pytest.raises(AddressNotFound):
        services.change_address(row, {"city": "Bonn"}, is_default_shipping=True)
    assert book(ada) == []


def test_the_default_is_not_passed_to_what_was_deleted_meanwhile(ada: Any) -> None:
    """It stays where it is."""
    add(ada, "First 1")
    second = add(ada, "Second 2")
    services.remove_address(second)

    with pytest.raises(AddressNotFound):
        services.make_default(second, shipping=True, billing=True)
    assert book(ada) == [("First 1", True, True)]


@pytest.mark.parametrize("name", ["is_default_shipping", "is_default_billing"])
def test_the_database_holds_one_default(ada: Any, name: str) -> None:
    """Past all services, on every database; and a false is stored as none."""
    add(ada, "First 1")
    second = add(ada, "Second 2")

    for value in (True, False):
        with pytest.raises(IntegrityError), transaction.atomic():
            Address.objects.filter(pk=second.pk).update(**{name: value})
    setattr(second, name, False)
    second.save()
    assert getattr(Address.objects.get(pk=second.pk), name) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_many_first_addresses_at_once_leave_one_default() -> None:
    """Each is added, and one of them is the default for both."""
    ada = factories.customer()

    results = together([partial(add, ada, f"Street {number}") for number in range(6)])

    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(results) == len(book(ada)) == 6
    assert [sum(bool(mark) for mark in marks) for marks in list(zip(*book(ada), strict=True))[1:]] == [1, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_lock_the_constraint_refuses_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: they all see an empty book, and the database refuses a second default."""
    ada = factories.customer()
    monkeypatch.setattr(address_book, "_lock", lambda customer: None)

    results = [
        result for _try in range(5) for result in together([partial(add, ada, "Street 1")] * 6) if _clear(ada, _try)
    ]

    assert any(isinstance(result, IntegrityError) for result in results)


def _clear(customer: Any, _try: int) -> bool:
    """An empty book for the next try."""
    Address.objects.filter(customer=customer).delete()
    return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_defaults_passed_on_at_once_leave_one() -> None:
    """Whoever comes last is it."""
    ada = factories.customer()
    rows = [add(ada, f"Street {number}") for number in range(6)]

    results = together([partial(services.change_address, row, {}, is_default_shipping=True) for row in rows])

    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(bool(shipping) for _line, shipping, _billing in book(ada)) == 1
    assert Customer.objects.count() == 1
