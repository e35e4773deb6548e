"""Drafts in the admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.checkout.conftest import HOME
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket, ManualPrice
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.base import AbstractDraft
from tradepost.checkout.models import Draft
from tradepost.checkout.services import Visit
from tradepost.core.actors import Actor, By
from tradepost.orders.models import Order
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db

EVA = By(Actor.STAFF, label="eva@shop")
LIST = reverse("admin:tradepost_checkout_draft_changelist")


def draft(mug: Variant) -> AbstractDraft:
    """Two mugs for 7.00 each and delivery, all by phone."""
    FlatRate.objects.get_or_create(code="parcel", defaults={"name": "Parcel", "currency": "EUR", "amount": Decimal(5)})
    row = services.open_draft(by=EVA, customer=make.customer(), title="By phone")
    line = baskets.add(row.basket, mug, 2)
    baskets.set_manual_price(row.basket, line.uuid, kind="price", value=Decimal(7), reason="a dent", by=EVA)
    fields = {"email": "bob@example.com", "shipping_address": HOME, "shipping_method": "parcel"}
    services.change_draft(row, fields=fields)
    return services.find_draft(row.basket.uuid)


def page(row: Any, name: str = "change") -> str:
    """The address of a page of a draft."""
    return reverse(f"admin:tradepost_checkout_draft_{name}", args=[row.pk])


def test_a_draft_is_read(admin_client: Client, mug: Variant) -> None:
    """With its prices by hand, and links to its basket, its order and the order that it replaces."""
    row = draft(mug)
    first = services.place_draft(row, Visit(by=EVA)).order
    again = services.draft_of(first, by=EVA)
    text = admin_client.get(page(row)).content.decode()
    for part in ("By phone", "bob@example.com", f"{mug.sku}: Unit price 7 (a dent, eva@shop)", first.number):
        assert part in text
    assert reverse("admin:tradepost_orders_order_change", args=[first.pk]) in text
    assert reverse("admin:tradepost_basket_basket_change", args=[row.basket_id]) in text
    assert first.number in admin_client.get(page(again)).content.decode()
    assert first.number in admin_client.get(LIST, {"q": "bob@example.com"}).content.decode()
    assert admin_client.post(page(row), {"title": "Mine"}).status_code == 403


def test_one_that_wasnt_placed_is_deleted(client: Client, django_user_model: Any, mug: Variant) -> None:
    """By whoever manages drafts, alone or with others; with its basket. A placed one stays."""
    user = django_user_model.objects.create_user("eva", email="eva@shop.example", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_draft"))
    client.force_login(user)
    rows = [draft(mug), draft(mug), draft(mug)]
    assert client.post(page(rows[0], "delete"), {"post": "yes"}).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="manage_drafts"))

    assert client.post(page(rows[0], "delete"), {"post": "yes"}).status_code == 302
    assert set(Draft.objects.values_list("pk", flat=True)) == {rows[1].pk, rows[2].pk}
    services.place_draft(rows[1], Visit(by=EVA))
    assert client.post(page(rows[1], "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "post": "yes"}
    client.post(LIST, {**chosen, "_selected_action": [rows[1].pk, rows[2].pk]})
    assert Draft.objects.count() == 2
    client.post(LIST, {**chosen, "_selected_action": [rows[2].pk]})
    assert (Draft.objects.get().pk, Basket.objects.count(), ManualPrice.objects.count()) == (rows[1].pk, 1, 1)
    assert Order.objects.get().status == "pending"


def test_the_list_costs_the_same_with_many(
    admin_client: Client, mug: Variant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """However many drafts there are."""
    for number in (1, 50):
        while Draft.objects.count() < number:
            services.open_draft(by=EVA, customer=make.customer())
        with django_assert_max_num_queries(9):
            assert admin_client.get(LIST).status_code == 200
