"""Staff's customers: found, written, put into groups, forgotten; and their groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.api.conftest import ADDRESS
from tradepost.api.views.staff.customers import StaffGroupViewSet
from tradepost.customers.models import Address, Consent, Customer, CustomerGroup
from tradepost.customers.services import Agreement, add_address, customer_for, give_consent
from tradepost.orders.models import Order
from tradepost.testing import factories, placed

from .conftest import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    """Without an account, in one group."""
    customer = factories.customer(email="ada@example.com", name="Ada Byron", phone="+49 30 123456", tax_id="DE1")
    customer.groups.add(CustomerGroup.objects.create(code="trade", name="Trade"))
    return customer


def test_customers_are_listed_and_found(staff: Callable[[str], Staff], ada: Customer) -> None:
    """The latest first; each filter alone."""
    bob = customer_for(get_user_model().objects.create_user("bob", "bob@example.com", "secret"))
    caller = staff("support")

    def listed(**query: Any) -> list[str]:
        answer = caller.get("customers/", **query)
        assert answer.status_code == 200, answer.content
        return [row["email"] for row in answer.json()["results"]]

    assert listed() == [bob.email, ada.email]
    assert caller.get("customers/").json()["results"][1]["groups"] == ["trade"]
    for query in (
        {"search": "ada byron"},
        {"search": "DE1"},
        {"email": "ADA@example.com"},
        {"group": "trade"},
        {"has_account": "false"},
        {"created_after": "2001-01-01T00:00:00Z", "search": "ada"},
    ):
        assert listed(**query) == [ada.email], query
    assert listed(has_account="true") == [bob.email]
    assert listed(tax_exempt="true") == listed(is_anonymised="true") == listed(group="x") == []
    assert listed(ordering="email") == [ada.email, bob.email]


def test_a_customer_is_shown_with_addresses_and_sums(staff: Callable[[str], Staff], ada: Customer) -> None:
    """By currency; what is pending or cancelled isn't bought."""
    add_address(ada, ADDRESS)
    for currency in ("EUR", "EUR", "USD"):
        placed.pay(placed.order(placed.line_row("10.00"), customer_id=ada.pk, currency=currency, reserve=False))
    placed.order(placed.line_row("99.00"), customer_id=ada.pk, reserve=False)
    Order.objects.filter(customer=ada).update(placed_at=datetime(2026, 5, 1, tzinfo=UTC))
    Order.objects.filter(pk=Order.objects.filter(currency="EUR").earliest("pk").pk).update(credited=Decimal(4))

    body = staff("support").get(f"customers/{ada.uuid}/").json()

    assert body["sums"] == [
        {"orders": 2, "total": {"amount": "16.00", "currency": "EUR"}, "last_at": "2026-05-01T00:00:00Z"},
        {"orders": 1, "total": {"amount": "10.00", "currency": "USD"}, "last_at": "2026-05-01T00:00:00Z"},
    ]
    assert [address["city"] for address in body["addresses"]] == ["Berlin"]
    assert staff("orders").get("customers/6f9619ff-8b86-4d01-b42d-00cf4fc964ff/").status_code == 404


def test_a_customer_is_made_and_changed(staff: Callable[[str], Staff], ada: Customer) -> None:
    """Without an account; what isn't named stays, and groups are all of them."""
    caller = staff("support")

    new = caller.post("customers/", {"email": "eve@example.com", "phone": "+49 30 123456", "groups": ["trade"]})
    assert new.status_code == 201, new.content
    path = f"customers/{new.json()['uuid']}/"
    changed = caller.patch(path, {"name": "Eve", "tax_exempt": True, "groups": []}).json()

    assert (changed["email"], changed["name"], changed["tax_exempt"]) == ("eve@example.com", "Eve", True)
    assert (changed["groups"], changed["has_account"]) == ([], False)


def test_values_that_cannot_be_are_refused(staff: Callable[[str], Staff], ada: Customer) -> None:
    """400 under the field, and nothing has changed."""
    caller = staff("support")
    for change in (
        {"email": "nope"},
        {"groups": ["nope"]},
        {"language": "xx"},
        {"tax_exempt": "yes"},
        {"name": 7},
        {"name": "x" * 201},
        {"phone": "1" * 41},
        {"birth_date": "yesterday"},
        {"metadata": []},
        {"user": 1},
    ):
        answer = caller.patch(f"customers/{ada.uuid}/", change)
        assert answer.status_code == 400, change
        assert answer.json()["errors"][0]["attr"] == next(iter(change)), change
    ada.refresh_from_db()
    assert (ada.email, ada.name, ada.groups.count()) == ("ada@example.com", "Ada Byron", 1)


def test_addresses_of_a_customer(staff: Callable[[str], Staff], ada: Customer) -> None:
    """Added, changed, deleted; one of another customer's isn't there."""
    caller, path = staff("support"), f"customers/{ada.uuid}/addresses/"
    other = add_address(factories.customer(), ADDRESS)

    added = caller.post(path, ADDRESS)
    assert (added.status_code, added.json()["is_default_shipping"]) == (201, True)
    uuid = added.json()["uuid"]
    assert caller.patch(f"{path}{uuid}/", {"city": "Bonn"}).json()["city"] == "Bonn"
    assert caller.patch(f"{path}{other.uuid}/", {"city": "Bonn"}).status_code == 404
    assert caller.send("delete", f"{path}{uuid}/").status_code == 204
    assert list(Address.objects.values_list("uuid", "city")) == [(other.uuid, "Berlin")]


def test_a_customer_is_forgotten(staff: Callable[[str], Staff], ada: Customer) -> None:
    """By whoever may delete customers; the order stays, and no new data are written."""
    add_address(ada, ADDRESS)
    order = placed.order(email="ada@example.com", customer_id=ada.pk, reserve=False)
    path = f"customers/{ada.uuid}/"
    assert staff("support").post(f"{path}anonymise/").status_code == 403
    caller = staff("administrator")

    answers = [caller.post(f"{path}anonymise/") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    body = answers[0].json()
    assert (body["email"], body["name"], body["tax_id"], body["addresses"]) == ("", "", "", [])
    order.refresh_from_db()
    assert (order.email, order.customer_id) == ("ada@example.com", ada.pk)
    refused = caller.patch(path, {"name": "Ada"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "customer_anonymised")


def test_an_account_is_closed_with_it_but_not_that_of_staff(staff: Callable[[str], Staff]) -> None:
    """Nobody signs in to it any more."""
    user = get_user_model().objects.create_user("bob", "bob@example.com", "secret")
    boss = get_user_model().objects.create_user("chief", "chief@example.com", "secret", is_staff=True)
    caller = staff("administrator")

    assert caller.post(f"customers/{customer_for(user).uuid}/anonymise/").status_code == 200
    refused = caller.post(f"customers/{customer_for(boss).uuid}/anonymise/")

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "customer_has_account")
    user.refresh_from_db()
    assert not user.is_active
    assert Customer.objects.get(user=boss).email == "chief@example.com"


def test_groups_are_made_renamed_and_deleted(staff: Callable[[str], Staff], ada: Customer) -> None:
    """One that somebody is in stays; a code is one group's, and stays."""
    caller = staff("marketing")

    assert caller.post("customer-groups/", {"code": "vip", "name": "VIP"}).status_code == 201
    again = caller.post("customer-groups/", {"code": "vip", "name": "VIP"})
    assert (again.status_code, again.json()["errors"][0]["attr"]) == (400, "code")
    assert caller.patch("customer-groups/vip/", {"name": "Very important"}).json()["name"] == "Very important"
    assert caller.patch("customer-groups/vip/", {"code": "x"}).status_code == 400
    used = caller.send("delete", "customer-groups/trade/")
    assert (used.status_code, used.json()["context"]) == (409, {"by": "customers", "count": 1})
    assert caller.send("delete", "customer-groups/vip/").status_code == 204
    assert [row["code"] for row in caller.get("customer-groups/").json()["results"]] == ["trade"]


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_the_same_with_many(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    """Session, user, permissions, count, page, groups."""
    group = CustomerGroup.objects.create(code="trade", name="Trade")
    for _number in range(rows):
        factories.customer().groups.add(group)
    caller = staff("support")

    with django_assert_num_queries(7):
        assert len(caller.get("customers/", page_size=50).json()["results"]) == rows


def test_who_may_not_see_addresses_does_not_by_changing_a_customer(
    staff: Callable[[str], Staff], ada: Customer
) -> None:
    """The answer has the address book, so it needs the permission for it, too."""
    caller, path = staff(""), f"customers/{ada.uuid}/"
    add_address(ada, ADDRESS)

    caller.permit("change_customer", "view_customer")
    refused = caller.patch(path, {"name": "Eve"})
    assert (refused.status_code, Customer.objects.get(pk=ada.pk).name) == (403, "Ada Byron")

    caller.permit("view_address")
    assert [address["city"] for address in caller.patch(path, {"name": "Eve"}).json()["addresses"]] == ["Berlin"]


def test_staff_read_and_withdraw_what_a_customer_agreed_to(staff: Callable[[str], Staff], ada: Customer) -> None:
    """It is kept with who did it; again it changes nothing, and what was never agreed to isn't there."""
    agreement = Agreement("news", "2", "Yes, e-mail me.", "en")
    give_consent(ada, agreement, source=Consent.Source.CHECKOUT, reference="1001")
    caller, path = staff("support"), f"customers/{ada.uuid}/consents/"

    [withdrawn, again] = [caller.post(f"{path}news/withdraw/") for _ in range(2)]

    assert (withdrawn.status_code, withdrawn.json()) == (200, again.json())
    newest, first = caller.get(path).json()["results"]
    assert newest == withdrawn.json()
    assert {**newest, "at": ""} == {
        "purpose": "news",
        "is_granted": False,
        "version": "2",
        "text": "",
        "language": "",
        "source": "staff",
        "reference": "",
        "actor_label": caller.user.get_username(),
        "at": "",
    }
    assert (first["text"], first["reference"], first["actor_label"]) == ("Yes, e-mail me.", "1001", "")
    never = caller.post(f"{path}polls/withdraw/")
    assert (never.status_code, never.json()["errors"][0]["code"]) == (404, "consent_not_found")
    other = staff("orders")
    assert [other.get(path).status_code, other.post(f"{path}news/withdraw/").status_code] == [403, 403]


@pytest.mark.parametrize("number", [1, 50])
def test_consents_cost_the_same_for_any_number(
    staff: Callable[[str], Staff], ada: Customer, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Whatever a customer said in their life."""
    for version in range(number):
        give_consent(ada, Agreement("news", str(version), "Yes.", "en"), source=Consent.Source.ACCOUNT)
    caller = staff("support")
    caller.get("customers/")
    with django_assert_num_queries(9):
        assert caller.get(f"customers/{ada.uuid}/consents/").json()["count"] == number


def test_a_group_that_was_deleted_meanwhile_isnt_there(
    staff: Callable[[str], Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being found and being locked: nobody renames or deletes what is gone."""
    group = CustomerGroup.objects.create(code="trade", name="Trade")
    caller = staff("marketing")
    CustomerGroup.objects.all().delete()
    monkeypatch.setattr(StaffGroupViewSet, "row", lambda self: self.of_address(group))

    answers = [caller.patch("customer-groups/trade/", {"name": "B2B"}), caller.send("delete", "customer-groups/trade/")]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("missing", [CustomerGroup, Customer])
def test_what_a_service_does_not_find_of_itself_is_its_fault(
    staff: Callable[[str], Staff], monkeypatch: pytest.MonkeyPatch, missing: Any
) -> None:
    """Not the caller's: while what they named is there, nothing is said to be gone, and the error is seen."""
    CustomerGroup.objects.create(code="trade", name="Trade")

    def change_group(row: Any, values: Any) -> Any:
        return missing.objects.get(pk=0)

    monkeypatch.setattr("tradepost.api.views.staff.customers.services.change_group", change_group)
    with pytest.raises(missing.DoesNotExist):
        staff("marketing").patch("customer-groups/trade/", {"name": "B2B"})
