"""Secrets that can be guessed are limited at the shop's pages as in the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.api.callers.throttles import ScopeThrottle
from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.payments.conf import gateway

from .conftest import Visitor


def test_coupons_are_guessed_sixty_times_a_minute_at_most(guest: Visitor, mug: Variant) -> None:
    """80 tries with forged addresses: 20 are refused at least, beside the field, with when to come again."""
    guest.add(mug)
    headers = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(80)]

    with clock.at(clock.now()):
        answers = [
            guest.post("/basket/coupon/", {"code": f"GUESS{number}"}, follow=False, **header)
            for number, header in enumerate(headers)
        ]

    assert [answer.status_code for answer in answers].count(409) == 60
    assert {answer.status_code for answer in answers[60:]} == {429}
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Too many attempts. Please wait" in guest.text
    assert answers[-1].context["on"] == "coupon"


def test_tries_at_both_doors_add_up(guest: Visitor, mug: Variant, settings: Any) -> None:
    """One at the page, one in the API, and the third is refused wherever it is."""
    settings.TRADEPOST_LIMITS = {"GUESS": "2/hour"}
    guest.add(mug)
    uuid = guest.client.session["tradepost_basket"]
    guest.post("/basket/coupon/", {"code": "ONE"})
    api = f"/api/v1/baskets/{uuid}/coupons/"

    second = guest.client.post(api, {"code": "TWO"}, content_type="application/json")
    third = guest.client.post(api, {"code": "THREE"}, content_type="application/json")

    assert (second.status_code, third.status_code) == (400, 429)
    assert guest.post("/basket/coupon/", {"code": "FOUR"}).status_code == 429
    assert ScopeThrottle("guess").rate == "2/hour"


def test_taking_a_coupon_off_is_no_guess(guest: Visitor, mug: Variant, settings: Any) -> None:
    """It is never refused."""
    settings.TRADEPOST_LIMITS = {"GUESS": "1/hour"}
    guest.add(mug)

    assert [guest.post("/basket/coupon/", {"remove": "X"}).status_code for _ in range(3)] == [200, 200, 200]


@pytest.fixture
def ada(django_user_model: Any) -> Any:
    """She has an account."""
    return django_user_model.objects.create_user("ada@example.com", "ada@example.com", "right")


def sign_in(client: Client, password: str, name: str = "ada@example.com", address: str = "192.0.2.1") -> Any:
    """Send the form."""
    form = {"username": name, "password": password}
    return client.post("/account/sign-in/", form, REMOTE_ADDR=address)


@pytest.mark.usefixtures("shop")
def test_attempts_at_the_shop_and_at_the_admin_add_up(ada: Any, settings: Any) -> None:
    """Two at the shop's page, and the admin refuses the right password, too."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "2/hour"}
    ada.is_staff = True
    ada.save()
    form = {"username": "ada@example.com", "password": "right"}

    assert [sign_in(Client(), "wrong").status_code for _ in range(2)] == [200, 200]
    assert Client().post("/admin/login/", form, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert Client().post("/admin/login/", form, REMOTE_ADDR="192.0.2.9").status_code == 302


@pytest.mark.usefixtures("shop", "ada")
def test_passwords_are_guessed_as_often_as_allowed(settings: Any) -> None:
    """Of one account from one address; its owner signs in from another, and others from the same one."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "2/hour"}
    wrong = [sign_in(Client(), "wrong", name=name) for name in ("ada@example.com", " ADA@example.com")]
    right = sign_in(Client(), "right")

    assert [answer.status_code for answer in wrong] == [200, 200]
    assert right.status_code == 429
    assert int(right["Retry-After"]) > 0
    assert "Too many attempts. Please wait" in right.content.decode()
    assert sign_in(Client(), "right", address="192.0.2.2").status_code == 302
    assert sign_in(Client(), "wrong", name="bob").status_code == 200


@pytest.mark.usefixtures("shop", "ada")
def test_many_accounts_are_tried_as_often_as_allowed(settings: Any) -> None:
    """From one address; who signs in isn't counted."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN": "2/hour"}
    for _ in range(3):
        assert sign_in(Client(), "right").status_code == 302

    assert [sign_in(Client(), "wrong", name=f"user{n}").status_code for n in range(3)] == [200, 200, 429]


@pytest.mark.usefixtures("shop")
def test_accounts_are_asked_for_as_often_as_allowed(settings: Any) -> None:
    """From one address, for whatever mailbox."""
    settings.TRADEPOST_LIMITS = {"REGISTER": "2/hour"}

    answers = [Client().post("/account/register/", {"email": f"{name}@example.com"}) for name in ("a", "b", "c")]

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_tokens_of_orders_are_guessed_as_often_as_allowed(guest: Visitor, mug: Variant, settings: Any) -> None:
    """In links to orders and in links to pay; the page asks to wait."""
    order = guest.buy(mug)
    settings.TRADEPOST_LIMITS = {"GUESS": "2/hour"}
    stranger = Client()

    wrong = [stranger.get(f"/orders/{order.number}/?token=x"), stranger.get("/pay/x/")]
    right = stranger.get(f"/orders/{order.number}/?token={access_token(order)}")

    assert [answer.status_code for answer in wrong] == [404, 404]
    assert right.status_code == 429
    assert int(right["Retry-After"]) > 0
    assert "Too many attempts" in right.content.decode()
    assert stranger.get("/pay/x/").status_code == 429


def test_orders_are_placed_as_often_as_allowed(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Who tries cards is stopped; nothing is placed."""
    settings.TRADEPOST_LIMITS = {"COMPLETE": "1/hour"}
    order = guest.buy(mug)
    assert guest.post(f"/orders/{order.number}/pay/", {"method": "transfer"}).status_code == 429
    guest.add(mug)
    guest.say()

    answer = guest.place()

    assert (answer.status_code, Order.objects.count()) == (429, 1)
    assert int(answer["Retry-After"]) > 0
    assert "Too many attempts" in guest.text


def test_who_comes_back_too_often_asks_no_provider(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Whoever has a payment's address could have the shop call its provider for ever; they are shown what is known."""
    payment = guest.buy(mug).payments.get()
    card = gateway(payment.method)
    settings.TRADEPOST_LIMITS = {"COMPLETE": "1/hour"}
    stranger, back = Client(), f"/payments/{payment.uuid}/return/"
    first = stranger.get(back)
    card.provider.decide(payment.reference, "pay")  # type: ignore[attr-defined]

    second = stranger.get(back)

    assert (first.status_code, second.status_code) == (200, 200)
    payment.refresh_from_db()
    assert payment.status == "requires_action"
    settings.TRADEPOST_LIMITS = {"COMPLETE": "2/hour"}
    stranger.get(back)
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_products_are_searched_for_as_often_as_allowed(guest: Visitor, mug: Variant, settings: Any) -> None:
    """At the shop's page and in the API together; lists without words are free."""
    settings.TRADEPOST_LIMITS = {"SEARCH": "2/hour"}
    pages = ("/search/?q=mug", "/api/v1/products/?search=mug", "/search/?q=mug", "/api/v1/products/?search=mug")

    answers = [guest.client.get(page) for page in pages]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert all(int(answer["Retry-After"]) > 0 for answer in answers[2:])
    assert [guest.client.get(page).status_code for page in ("/search/", "/api/v1/products/")] == [200, 200]
