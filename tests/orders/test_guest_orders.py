"""A guest's orders become a customer's once the mailbox is proven to be theirs, and not before."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tradepost.accounts import services as accounts
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for
from tradepost.orders import services
from tradepost.orders.models import Order, OrderEvent
from tradepost.testing import factories
from tradepost.testing.queries import count_queries

from ..accounts.people import PASSWORD, account, mailed, secret_in, token_for

pytestmark = pytest.mark.django_db


def bought(email: str, **values: Any) -> Order:
    """An order by an address, of a guest."""
    return Order.objects.get(pk=services.create(factories.draft(email=email, **values)).pk)


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        ("anna@münchen.de", "anna@xn--mnchen-3ya.de"),
        ("anna@straße.de", ""),
        ("", ""),
    ],
)
def test_an_order_keeps_the_key_of_its_address(email: str, key: str) -> None:
    """None for an address that no account can have."""
    order = bought(email)
    assert (order.email, order.email_key) == (email, key)


def test_orders_are_joined_when_the_mailbox_is_proven() -> None:
    """However the address was written; others' orders, and those of another address, stay as they are."""
    mine = [bought("Anna@example.com"), bought("anna@EXAMPLE.com")]
    doubtful, other = bought("anna@straße.de"), bought("bert@example.com")
    bert = Customer.objects.create(email="anna@example.com")
    berts = bought("anna@example.com", customer_id=bert.pk)
    secret = token_for("anna@example.com")
    assert not Order.objects.filter(pk=mine[0].pk).exclude(customer=None).exists()

    anna = accounts.confirm_registration(secret, PASSWORD)

    customer = customer_for(anna)
    assert set(Order.objects.filter(customer=customer)) == set(mine)
    assert set(Order.objects.placed_by(anna)) == set(mine)
    assert set(Order.objects.filter(customer=None)) == {doubtful, other}
    assert Order.objects.get(pk=berts.pk).customer_id == bert.pk
    joined = OrderEvent.objects.filter(kind="join")
    assert {(entry.order_id, entry.actor_id, entry.actor_kind) for entry in joined} == {
        (order.pk, anna.pk, "customer") for order in mine
    }


def test_a_claim_without_proof_joins_nothing() -> None:
    """Who only registers, signs in with an address on file, or asks for a change has proven nothing."""
    order = bought("victim@example.com")
    eve = account("eve@example.com")
    customer = customer_for(eve)
    customer.email = "victim@example.com"
    customer.save()
    accounts.request_registration("victim@example.com")
    accounts.request_email_change(eve, "victim@example.com", PASSWORD)

    order.refresh_from_db()
    assert order.customer_id is None


def test_a_changed_address_brings_none() -> None:
    """The account may be a stranger's who left it signed in: a click in a mail shows them no order of who reads it."""
    order = bought("victim@example.com")
    eve = account("eve@example.com")
    accounts.request_email_change(eve, "victim@example.com", PASSWORD)
    (message,) = mailed()

    accounts.change_email(secret_in(message, "change-email"), user=eve)

    order.refresh_from_db()
    assert order.customer_id is None


def test_a_new_address_brings_its_orders() -> None:
    """By any proof; the same again changes nothing."""
    anna = account()
    order = bought("work@example.com")

    for _ in range(2):
        accounts.mark_verified(anna, "work@example.com")

    order.refresh_from_db()
    assert order.customer_id == customer_for(anna).pk
    assert OrderEvent.objects.filter(kind="join").count() == 1


@pytest.mark.parametrize("number", [1, 50])
def test_joining_is_three_statements(number: int) -> None:
    """For one order or many."""
    anna = account()
    for _ in range(number):
        bought("work@example.com")
    with count_queries() as sent:
        accounts.mark_verified(anna, "work@example.com")

    assert len([query for query in sent if "tradepost_orders" in query]) == 3
    assert Order.objects.exclude(customer=None).count() == number


def test_old_orders_get_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches; what has one, or can have none, stays as it is."""
    orders = [bought(email) for email in ("Anna@example.com", "anna@straße.de", "", "b@example.com", "C@example.com")]
    Order.objects.update(email_key="")
    Order.objects.filter(pk=orders[3].pk).update(email_key="kept@example.com")
    migration = import_module("tradepost.orders.migrations.0006_fill_email_keys")
    monkeypatch.setattr(migration, "_BATCH", 2)

    for _ in range(2):
        migration.fill_keys(apps, SimpleNamespace(connection=connection))

    keys = dict(Order.objects.values_list("pk", "email_key"))
    expected = ["anna@example.com", "", "", "kept@example.com", "c@example.com"]
    assert [keys[order.pk] for order in orders] == expected
