"""Registration and forgotten passwords: a link is mailed, and the page behind it does what it asks about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.accounts.people import PASSWORD, account
from tradepost.accounts.models import AccountToken, EmailIdentity
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.testing import frozen

from ..conftest import DETAILS, Visitor
from .conftest import mails, path_in

NEW = "another-harbour-8"


def ask(visitor: Visitor, page: str, email: str, **more: str) -> str:
    """Ask for a link, and give what the page says afterwards."""
    visitor.post(f"/account/{page}/", {"email": email, **more})
    assert visitor.page.redirect_chain == [("/account/check-mail/", 303)]
    return visitor.text.partition("<main")[2].partition("</main>")[0].replace(email, "…")


def follow(visitor: Visitor, page: str, email: str) -> None:
    """Ask for a link, and open it."""
    ask(visitor, page, email)
    [message] = mails()
    visitor.get(path_in(message))


def test_a_guest_becomes_a_customer(guest: Visitor, mug: Variant) -> None:
    """By the offer on the thanks page; the order and the basket are theirs, and they are signed in."""
    order = guest.buy(mug, method="transfer")
    guest.get(f"/orders/{order.number}/")
    guest.add(mug)
    basket = Basket.objects.latest("pk")
    follow(guest, "register", DETAILS["email"])

    assert guest.page.redirect_chain == [("/account/register/link/", 303)]
    assert f'Then your account for <b class="long">{DETAILS["email"]}</b> is ready.' in guest.text
    assert not get_user_model().objects.exists()
    guest.post("/account/register/link/", {"name": "Ada Lovelace", "password": PASSWORD})

    assert guest.page.redirect_chain == [("/account/", 303)]
    assert "Hello, Ada Lovelace" in guest.text
    assert [row["order"].number for row in guest.page.context["rows"]] == [order.number]
    user = get_user_model().objects.get()
    assert EmailIdentity.objects.get().user == user
    basket.refresh_from_db()
    assert basket.customer is not None
    assert basket.customer.user == user


def test_a_known_address_is_told_the_same_as_an_unknown_one(guest: Visitor) -> None:
    """Word for word, on both pages; only the mail differs."""
    account("anna@example.com")

    for page in ("register", "reset"):
        answer, unknown = ask(guest, page, "anna@example.com"), ask(guest, page, "nobody@example.com")
        assert answer == unknown
    subjects = sorted(message.subject for message in mails())
    assert subjects == [
        "Tradepost: choose a new password",
        "Tradepost: confirm your e-mail address",
        "Tradepost: no account with this address",
        "Tradepost: you already have an account",
    ]


def test_opening_a_link_changes_nothing(guest: Visitor) -> None:
    """However often a mail program does it, the link is good afterwards; the secret isn't in the page."""
    ask(guest, "register", "anna@example.com")
    [message] = mails()
    secret = path_in(message).partition("token=")[2]
    for _ in range(3):
        answer = guest.client.get(path_in(message))
        assert (answer.status_code, answer["Location"]) == (303, "/account/register/link/")
        assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("no-referrer", True)
        page = guest.get("/account/register/link/")
        assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
        assert secret not in page.content.decode()

    assert AccountToken.objects.get().used_at is None
    assert not get_user_model().objects.exists()


def test_a_weak_password_is_refused_beside_its_field(guest: Visitor, settings: Any) -> None:
    """By the project's rules, which the page tells before; the link is good for another try."""
    validator = "django.contrib.auth.password_validation.MinimumLengthValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": validator, "OPTIONS": {"min_length": 12}}]
    follow(guest, "register", "anna@example.com")
    assert "Your password must contain at least 12 characters." in guest.text

    guest.post("/account/register/link/", {"password": "short"})

    assert guest.page.status_code == 422
    assert guest.page.context["form"].errors["password"]
    assert not get_user_model().objects.exists()
    guest.post("/account/register/link/", {"password": PASSWORD})
    assert get_user_model().objects.count() == 1


def test_a_link_that_is_used_or_too_old_leads_on(guest: Visitor) -> None:
    """410, and the way to a new one; nothing has changed."""
    follow(guest, "register", "anna@example.com")
    with frozen(clock.now() + timedelta(days=2)):
        guest.get("/account/register/link/")
        assert guest.page.status_code == 410
        assert '<a class="button" href="/account/register/">Get a new link</a>' in guest.text
        assert guest.post("/account/register/link/", {"password": PASSWORD}).status_code == 410
    assert not get_user_model().objects.exists()

    guest.get("/account/reset/?token=nonsense")
    assert guest.page.status_code == 410
    assert Visitor().get("/account/reset/link/").status_code == 410


def test_a_forgotten_password_is_replaced(guest: Visitor) -> None:
    """Then one signs in with the new one; the old one, and browsers that were signed in, are out."""
    account("anna@example.com")
    mails()
    there = Visitor()
    there.post("/account/sign-in/", {"username": "anna@example.com", "password": PASSWORD})
    follow(guest, "reset", "anna@example.com")

    guest.post("/account/reset/link/", {"password": NEW})

    assert guest.page.redirect_chain == [("/account/sign-in/", 303)]
    assert "Your password has been changed. Please sign in." in guest.text
    guest.post("/account/sign-in/", {"username": "ANNA@example.com", "password": PASSWORD}, follow=False)
    assert guest.page.status_code == 200
    guest.post("/account/sign-in/", {"username": "ANNA@example.com", "password": NEW}, follow=False)
    assert (guest.page.status_code, guest.page["Location"]) == (302, "/account/")
    assert there.get("/account/").redirect_chain == [("/account/sign-in/?next=/account/", 302)]
    assert [message.subject for message in mails()] == ["Tradepost: your password was changed"]


def test_registration_leads_back_to_where_it_began(guest: Visitor) -> None:
    """To the checkout, in the same browser; never to another site, nor to what is no address."""
    for asked, to in (("/checkout/", "/checkout/"), ("https://evil.example/", "/account/"), ("checkout", "/account/")):
        visitor, email = Visitor(), f"a{len(asked)}@example.com"
        ask(visitor, "register", email, next=asked)
        [message] = mails()
        visitor.get(path_in(message))

        answer = visitor.post("/account/register/link/", {"password": PASSWORD}, follow=False)

        assert answer["Location"] == to


@pytest.mark.parametrize("email", ["", "nobody", "a@ＧＭＡＩＬ.com", "a\x00@example.com", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused_beside_its_field(guest: Visitor, email: str) -> None:
    """Nothing is mailed."""
    for page in ("register", "reset"):
        answer = guest.post(f"/account/{page}/", {"email": email})
        assert (answer.status_code, [*answer.context["form"].errors]) == (422, ["email"])
    assert mails() == []


def test_asking_too_often_is_refused(guest: Visitor, settings: Any) -> None:
    """With the time to wait."""
    settings.TRADEPOST_LIMITS = {"RESET": "1/hour"}
    ask(guest, "reset", "anna@example.com")

    answer = guest.post("/account/reset/", {"email": "anna@example.com"})

    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert len(mails()) == 1


def test_whoever_is_signed_in_has_an_account(anna: Visitor) -> None:
    """But may follow a link of another address: then that one is signed in."""
    assert anna.get("/account/register/").redirect_chain == [("/account/", 303)]
    ask(Visitor(), "register", "bob@example.com")
    [message] = mails()
    anna.get(path_in(message))

    anna.post("/account/register/link/", {"name": "Bob", "password": PASSWORD})

    assert "Hello, Bob" in anna.text
