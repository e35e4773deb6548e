"""The plugin's own tests, by the library's kit; they hold in a project that replaced the orders, too."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from tradepost_giftwrap.dashboard import action, column
from tradepost_giftwrap.models import GiftWrap
from tradepost_giftwrap.steps import card_fits

from tradepost.basket import services as baskets
from tradepost.checkout.errors import RequirementsUnmet
from tradepost.testing import Scenario, deliver_events
from tradepost.testing import factories as make
from tradepost.testing.contracts import ActionContract, ColumnContract, StepContract

pytestmark = pytest.mark.django_db


def wrapped(card: str) -> Scenario:
    """A basket with a plain line and a wrapped one."""
    scenario = Scenario().basket()
    baskets.add(scenario.opened(), make.variant(sku="MUG", price="12.50", on_hand=9), 2, options={"gift_wrap": card})
    return scenario


class TestCardFits(StepContract):
    """The step keeps the library's contract."""

    def make_step(self) -> Any:
        return card_fits

    def scenario(self) -> Scenario:
        return wrapped("x" * 101)


class TestColumn(ColumnContract):
    """The column keeps the library's contract."""

    def make_column(self) -> Any:
        return column


class TestWrapped(ActionContract):
    """The button keeps the library's contract."""

    def make_action(self) -> Any:
        return action

    def row(self) -> Any:
        return wrapped("For Ada").paid()


def test_staff_see_in_the_dashboard_what_is_to_be_wrapped(admin_client: Any) -> None:
    """The column is in the list, the button on the order's page, and it does what it says."""
    order = wrapped("For Ada").paid()

    assert ">1</td>" in admin_client.get("/dashboard/orders/?columns=number&columns=wraps").content.decode()
    assert "For Ada" in admin_client.get("/dashboard/gifts/").content.decode()
    address = f"/dashboard/orders/{order.number}/act/wrapped/"
    assert address in admin_client.get(f"/dashboard/orders/{order.number}/").content.decode()
    key = admin_client.get(address).context["form"]["form_key"].value()
    assert admin_client.post(address, {"form_key": key}).status_code == 303
    assert not GiftWrap.objects.filter(done_at=None).exists()


def test_a_confirmed_order_has_its_wraps() -> None:
    """In the confirming transaction; the packers are told after it."""
    order = wrapped("For Ada").paid()

    [wrap] = GiftWrap.objects.all()
    assert (wrap.line.order_id, wrap.line.sku, wrap.card) == (order.pk, "MUG", "For Ada")
    assert wrap.line.gift_wrap == wrap
    deliver_events()
    assert [message.body for message in mail.outbox if message.to == ["packers@example.com"]] == [
        f"2 × {wrap.line.name}: For Ada"
    ]


def test_an_order_that_is_not_paid_has_none() -> None:
    """Nothing is wrapped for nothing."""
    wrapped("For Ada").placed()

    assert not GiftWrap.objects.exists()


def test_a_long_card_is_refused_at_the_checkout() -> None:
    """With the plugin's own code."""
    with pytest.raises(RequirementsUnmet) as refused:
        wrapped("x" * 101).placed()

    assert [requirement["code"] for requirement in refused.value.context["requirements"]] == ["gift_card_too_long"]


def test_staff_see_what_to_wrap_and_mark_it(admin_client: Any, client: Any) -> None:
    """By the library's API, under the plugin's key."""
    order = wrapped("For Ada").paid()

    assert client.get("/api/v1/gift-wraps/").status_code in {401, 403}
    [row] = admin_client.get("/api/v1/gift-wraps/").json()
    assert row == {"order": order.number, "sku": "MUG", "card": "For Ada", "done_at": None}
    assert admin_client.post("/api/v1/gift-wraps/MUG/done/").json()["done_at"]
    assert admin_client.get("/api/v1/gift-wraps/").json() == []
    assert admin_client.get("/api/v1/products/").status_code == 200
