"""Saved payment methods in the shop: kept when the customer ticks the box, chosen with one click, removed from the account."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tradepost.catalogue.models import Variant
from tradepost.customers.services import customer_for
from tradepost.payments.models import Payment, SavedMethod

from .conftest import DETAILS, Visitor


@pytest.fixture
def saving(shop: None, settings: Any) -> None:
    """Cards may be saved here."""
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    card = {**gateways["card"], "SAVES": True, "OPTIONS": {**gateways["card"]["OPTIONS"], "scenario": "success"}}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "card": card}}


def customer(name: str = "anna") -> Visitor:
    """Somebody who is signed in."""
    user = get_user_model().objects.create_user(name, f"{name}@example.com", "secret")
    customer_for(user)
    visitor = Visitor()
    visitor.client.force_login(user)
    return visitor


def at_payment(visitor: Visitor, mug: Variant) -> Any:
    """Look at the ways to pay."""
    visitor.add(mug)
    visitor.post("/checkout/details/", DETAILS)
    visitor.post("/checkout/delivery/", {"method": "parcel"})
    return visitor.page.context["choices"]


def pays(visitor: Visitor, mug: Variant, **form: str) -> Payment:
    """Buy a mug."""
    at_payment(visitor, mug)
    visitor.post("/checkout/payment/", form)
    visitor.place()
    return Payment.objects.latest("pk")


def test_a_ticked_box_saves_the_card_and_the_next_order_offers_it(saving: None, mug: Variant) -> None:
    """It stands first, and is chosen already."""
    anna = customer()
    assert [choice.value for choice in at_payment(anna, mug)] == ["card", "transfer"]
    assert "Keep this card for my next orders" in anna.text
    assert "save-transfer" not in anna.text
    pays(anna, mug, method="card", **{"save-card": "1"})
    row = SavedMethod.objects.get()

    [first, *rest] = at_payment(anna, mug)

    assert (first.value, first.label, first.note) == (f"card:{row.uuid}", "Visa •••• 4242", "Valid until 12/34")
    assert (first.checked, [choice.checked for choice in rest]) == (True, [False, False])
    anna.post("/checkout/payment/", {"method": first.value})
    assert "Visa •••• 4242" in anna.text
    used = pays(anna, mug, method=first.value)
    assert (used.status, used.state["start"]["saved"]["provider_ref"]) == ("captured", row.provider_ref)
    assert SavedMethod.objects.count() == 1


def test_without_the_box_nothing_is_saved(saving: None, mug: Variant) -> None:
    """Nor is what was ticked for an earlier order remembered for the next."""
    anna = customer()
    pays(anna, mug, method="card", **{"save-card": "1"})
    SavedMethod.objects.all().delete()

    assert pays(anna, mug, method="card").status == "captured"

    assert not SavedMethod.objects.exists()


def test_guests_are_offered_nothing_to_save(saving: None, guest: Visitor, mug: Variant) -> None:
    """No box; and a forged one is refused before an order is made."""
    at_payment(guest, mug)
    assert "save-card" not in guest.text

    guest.post("/checkout/payment/", {"method": "card", "save-card": "1"})
    guest.place()

    assert guest.page.status_code == 409
    assert "Only customers who are signed in" in guest.text
    assert not Payment.objects.exists()


def test_a_card_is_removed_in_the_account(saving: None, mug: Variant) -> None:
    """From the list at once, and from the next checkout."""
    anna = customer()
    pays(anna, mug, method="card", **{"save-card": "1"})
    row = SavedMethod.objects.get()
    anna.get("/orders/")
    assert "/account/payment-methods/" in anna.text
    anna.get("/account/payment-methods/")
    assert "Visa •••• 4242" in anna.text

    anna.post(f"/account/payment-methods/{row.uuid}/forget/")

    assert "Visa •••• 4242 was removed." in anna.text
    row.refresh_from_db()
    assert row.forgotten_at is not None
    assert [choice.value for choice in at_payment(anna, mug)] == ["card", "transfer"]


def test_anothers_card_is_not_there(saving: None, mug: Variant) -> None:
    """404 for the page, and no order is paid with it."""
    pays(customer(), mug, method="card", **{"save-card": "1"})
    row = SavedMethod.objects.get()
    bob = customer("bob")

    assert bob.post(f"/account/payment-methods/{row.uuid}/forget/").status_code == 404
    bob.get("/account/payment-methods/")
    assert "4242" not in bob.text
    assert pays(bob, mug, method=f"card:{row.uuid}").status == "created"
    row.refresh_from_db()
    assert row.forget_asked_at is None


def test_a_pending_order_is_paid_with_a_saved_card(saving: None, mug: Variant) -> None:
    """After a transfer that never came, on the order's page."""
    anna = customer()
    pays(anna, mug, method="card", **{"save-card": "1"})
    row = SavedMethod.objects.get()
    waiting = pays(anna, mug, method="transfer")
    anna.get(f"/orders/{waiting.order.number}/")
    assert f"card:{row.uuid}" in anna.text

    anna.post(f"/orders/{waiting.order.number}/pay/", {"method": f"card:{row.uuid}"})

    assert Payment.objects.latest("pk").status == "captured"


def test_the_account_asks_to_sign_in(saving: None, guest: Visitor) -> None:
    """A guest has none."""
    guest.get("/account/payment-methods/")

    assert guest.page.redirect_chain[0][0].startswith("/account/sign-in/")


def test_a_shop_that_saves_nothing_shows_nothing_of_it(shop: None, mug: Variant) -> None:
    """Neither box nor link."""
    anna = customer()
    at_payment(anna, mug)
    assert "save-card" not in anna.text
    anna.get("/orders/")
    assert "payment-methods" not in anna.text
