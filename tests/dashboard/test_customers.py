"""Customers: found by what they say on the phone, seen whole, changed by the services, and forgotten at their wish."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tradepost.customers.models import Address, Customer
from tradepost.customers.services import add_address, customer_for
from tradepost.testing import Scenario
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

from .conftest import Desk

pytestmark = pytest.mark.django_db
WHERE = {"name": "Anna Trade", "line1": "1 Harbour Road", "city": "Berlin", "postcode": "10115", "country": "DE"}


@pytest.fixture
def anna(shop: None) -> Any:
    """She has bought a mug and has one address."""
    row = make.customer(email="anna@example.com", name="Anna Trade", phone="030 7654321", phone_e164="+49307654321")
    add_address(row, WHERE)
    Scenario(customer=row).basket(make.variant(sku="MUG", price="10.00", on_hand=9)).paid()
    return row


def path(row: Any, action: str = "") -> str:
    """Of her page, or of an action."""
    return f"customers/{row.uuid}/" + (f"act/{action}/" if action else "")


def test_the_page_shows_all_that_is_known(boss: Desk, anna: Any) -> None:
    """Orders with their sum, addresses, how she is reached; and leads to an order on her behalf."""
    boss.get(path(anna))
    order = anna.orders.get()

    for words in (
        "Anna Trade",
        "anna@example.com",
        order.number,
        "1 order",
        "€15.00",
        "1 Harbour Road",
        "For deliveries",
    ):
        assert words in boss.text, words
    assert f"orders/new/?customer={anna.uuid}" in boss.page.content.decode()
    boss.get(f"orders/{order.number}/")
    assert f"/dashboard/{path(anna)}" in boss.page.content.decode()


@pytest.mark.parametrize("words", ["anna", "trade", "ANNA@example", "+49 30 7654321", "0307654321", "an"])
def test_customers_are_found(boss: Desk, anna: Any, words: str) -> None:
    """By part of a name or address, or a number however it was typed; in the list and in the box."""
    make.customer(email="other@example.com", name="Bert Other", phone_e164="+49401111111")
    rows = [str(row) for row, _url, _cells in boss.get("customers/", q=words).context["lines"]]
    boss.get("search/", q=words)

    assert rows == ["Anna Trade"]
    assert "Bert" not in boss.text
    assert path(anna) in (boss.page.headers.get("Location", "") + boss.page.content.decode())


def test_a_list_costs_a_constant_number_of_queries(boss: Desk, anna: Any) -> None:
    """Eight at most, with sums, groups and tiers."""
    with count_queries() as few:
        boss.get("customers/")
    for number in range(5):
        row = make.customer(name=f"Customer {number}")
        Scenario(customer=row).basket(price="2.00").paid()
    with count_queries() as many:
        boss.get("customers/")
    columns = ("name", "email", "orders", "spent", "last", "groups", "tier", "phone", "since", "seen", "tax-id")
    with count_queries() as wide:
        boss.get("customers/", columns=columns)

    assert len(many) == len(few) <= 8
    assert len(wide) <= 8
    assert [cells[2][1] for _row, _url, cells in boss.get("customers/").context["lines"]] == [1] * 6


def test_filters(boss: Desk, anna: Any) -> None:
    """By account, group, tier and deleted data; wrong values choose nothing."""
    user = get_user_model().objects.create_user("bert", "bert@example.com", "secret")
    bert = customer_for(user)
    group = make.group(code="trade", name="Trade") if hasattr(make, "group") else None
    if group is not None:
        bert.groups.add(group)

    def shown(**query: str) -> list[int]:
        return sorted(row.pk for row, _url, _cells in boss.get("customers/", **query).context["lines"])

    assert shown(account="yes") == [bert.pk]
    assert shown(account="no") == [anna.pk]
    assert shown(erased="yes") == []
    assert shown(group="nonsense", tier="x\x00") == sorted([anna.pk, bert.pk])


def test_she_is_changed_and_added_to(boss: Desk, anna: Any) -> None:
    """Person and address book; bad input is refused beside its field."""
    boss.act(path(anna, "edit"), name="Anna Fischer", phone="1")
    assert boss.page.status_code in (409, 422)
    boss.act(path(anna, "edit"), name="Anna Fischer")
    boss.act(path(anna, "add-address"), **{**WHERE, "line1": "2 Quay", "ships": "on"})
    [first, second] = Address.objects.filter(customer=anna).order_by("pk")
    boss.act(path(anna, "add-address"), **{**WHERE, "city": ""})
    assert boss.page.status_code in (409, 422)
    boss.get(path(anna, "change-address"), address=str(first.uuid))
    boss.send(path(anna, "change-address"), city="Hamburg")
    boss.act(path(anna, "remove-address"), address=str(second.uuid))
    anna.refresh_from_db()
    first.refresh_from_db()

    assert (anna.name, anna.phone, first.city) == ("Anna Fischer", "030 7654321", "Hamburg")
    assert Address.objects.filter(customer=anna).count() == 1
    boss.act("customers/new/", name="Clara", email="clara@example.com")
    assert "Clara" in boss.text
    boss.act("customers/new/", email="no address")
    assert boss.page.status_code == 422
    assert Customer.objects.filter(name="Clara").count() == 1


def test_her_data_are_handed_over_and_deleted(boss: Desk, anna: Any) -> None:
    """The word has to be typed; orders stay."""
    data = json.loads(boss.get(f"{path(anna)}export/").content)
    assert (data["email"], data["addresses"][0]["city"], data["orders"][0]["lines"][0]["sku"]) == (
        "anna@example.com",
        "Berlin",
        "MUG",
    )
    boss.act(path(anna, "erase"), confirm="delete")
    assert boss.page.status_code == 422
    boss.act(path(anna, "erase"), confirm="DELETE")
    anna.refresh_from_db()

    assert (anna.name, anna.email, anna.addresses.count(), anna.orders.count()) == ("", "", 0, 1)
    assert "The personal data were deleted on" in boss.text
    assert boss.get(path(anna, "erase")).status_code == 404


def test_an_account_is_closed_with_it(boss: Desk, shop: None) -> None:
    """And staff’s own isn't, with the reason."""
    user = get_user_model().objects.create_user("bert", "bert@example.com", "secret")
    bert = customer_for(user)
    boss.act(path(bert, "erase"), confirm="DELETE")
    user.refresh_from_db()
    assert not user.is_active
    eve = get_user_model().objects.create_user("eve", "eve@example.com", "secret", is_staff=True)
    boss.act(path(customer_for(eve), "erase"), confirm="DELETE")
    assert boss.page.status_code == 409
    assert "account of staff" in boss.text


def test_panels_need_their_permissions(as_role: Callable[[str], Desk], anna: Any) -> None:
    """Finance sees customers, and no consents; marketing may withdraw them."""
    finance = as_role("finance")
    answer = finance.get(path(anna))
    assert answer.status_code in (200, 403)
    assert "panel-consents" not in answer.content.decode()


@pytest.mark.parametrize("wrong", ["nope", "00000000-0000-0000-0000-000000000000"])
def test_a_customer_that_is_not_there(boss: Desk, wrong: str) -> None:
    """Neither the page nor the file."""
    assert boss.get(f"customers/{wrong}/").status_code == 404
    assert boss.get(f"customers/{wrong}/export/").status_code == 404
