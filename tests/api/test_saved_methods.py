"""Saved payment methods by the API: agreed to, listed, paid with, forgotten; never another customer's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.catalogue.models import Variant
from tradepost.orders.models import Order
from tradepost.payments.models import Payment, SavedMethod
from tradepost.payments.services import consent

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db
TOTAL = {"amount": "17.40", "currency": "EUR"}


@pytest.fixture
def saving_shop(shop: Variant, settings: Any) -> Variant:
    """Its cards may be saved."""
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "card": {**gateways["card"], "SAVES": True}}}
    return shop


def ready(post: Call, by: Client) -> str:
    """A basket that only waits to be ordered; its address."""
    url = f"baskets/{post('baskets/', by=by).json()['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"}, by=by)
    data = {"email": "anna@example.com", "shipping_address": ADDRESS, "shipping_method": "parcel"}
    post(f"{url}checkout/", {**data, "payment_method": "card"}, method="patch", by=by)
    return url


def buy(post: Call, by: Client, **client_input: Any) -> Any:
    """Order a mug; the answer."""
    body = {"expected_total": TOTAL, "client_input": client_input}
    return post(f"{ready(post, by)}checkout/complete/", body, by=by)


def test_a_card_is_saved_listed_used_and_forgotten(saving_shop: Variant, post: Call, signed_in: Client) -> None:
    """The whole way of a card through the API."""
    assert buy(post, signed_in, save_consent="1").status_code == 201
    [result] = signed_in.get("/api/v1/payment-methods/").json()
    expected = {"method": "card", "name": "Visa •••• 4242", "brand": "visa", "last4": "4242", "expires": "12/34"}
    assert result == {**expected, "is_expired": False, "uuid": result["uuid"], "created_at": result["created_at"]}

    used = buy(post, signed_in, saved_method=result["uuid"], scenario="requires_redirect").json()
    assert used["payment"]["next_action"]["kind"] == "redirect"  # the bank wants a second proof

    gone = signed_in.delete(f"/api/v1/payment-methods/{result['uuid']}/")
    assert (gone.status_code, gone.content) == (204, b"")
    assert signed_in.get("/api/v1/payment-methods/").json() == []
    refused = buy(post, signed_in, saved_method=result["uuid"]).json()
    assert refused["error"]["code"] == "saved_method_unavailable"
    assert refused["order"]["status"] == "pending"


def test_anothers_card_is_not_there(saving_shop: Variant, post: Call, signed_in: Client) -> None:
    """404 for whoever isn't its customer, and it stays."""
    buy(post, signed_in, save_consent="1")
    row = SavedMethod.objects.get()
    thief = Client()
    thief.force_login(get_user_model().objects.create_user("bob", email="bob@example.com", password="secret"))

    assert thief.get("/api/v1/payment-methods/").json() == []
    assert thief.delete(f"/api/v1/payment-methods/{row.uuid}/").status_code == 404
    assert buy(post, thief, saved_method=str(row.uuid)).json()["error"]["code"] == "saved_method_unavailable"
    row.refresh_from_db()
    assert row.forget_asked_at is None
    assert Payment.objects.get(order__customer__user__username="bob").status == "created"


def test_guests_have_none(saving_shop: Variant, post: Call, client: Client) -> None:
    """The list asks to sign in; an order with a consent isn't placed."""
    assert client.get("/api/v1/payment-methods/").status_code == 401
    assert client.delete("/api/v1/payment-methods/00000000-0000-0000-0000-000000000000/").status_code == 401

    refused = buy(post, client, save_consent="1")

    assert refused.status_code == 400
    assert [error["code"] for error in refused.json()["errors"]] == ["account_needed"]
    assert not Order.objects.exists()


def test_the_text_to_agree_to_is_offered(saving_shop: Variant, post: Call, signed_in: Client, client: Client) -> None:
    """To customers, with its version; to guests it isn't."""
    url = f"/api/v1/{ready(post, signed_in)}checkout/"
    mine = {
        payment_method["code"]: payment_method["save_consent"]
        for payment_method in signed_in.get(url).json()["payment_methods"]
    }
    url = f"/api/v1/{ready(post, client)}checkout/"
    theirs = {entry["code"]: entry["save_consent"] for entry in client.get(url).json()["payment_methods"]}

    assert mine == {"card": {"version": "1", "text": consent().text}, "cod": None}
    assert theirs == {"card": None, "cod": None}


def test_another_version_of_the_text_is_refused(saving_shop: Variant, post: Call, signed_in: Client) -> None:
    """No order is placed, and nothing is saved."""
    refused = buy(post, signed_in, save_consent="0")

    assert refused.status_code == 400
    assert [error["code"] for error in refused.json()["errors"]] == ["save_consent_outdated"]
    assert not Order.objects.exists()
    assert not SavedMethod.objects.exists()


def test_forgetting_is_repeated_with_its_key(saving_shop: Variant, post: Call, signed_in: Client) -> None:
    """The same key gives the same answer; without one it is gone."""
    buy(post, signed_in, save_consent="1")
    url = f"/api/v1/payment-methods/{SavedMethod.objects.get().uuid}/"

    answers = [signed_in.delete(url, headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert signed_in.delete(url).status_code == 404
