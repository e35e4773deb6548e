"""Another password, another address, and the end of an account."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.accounts.people import PASSWORD
from tradepost.accounts.models import EmailIdentity
from tradepost.customers.models import Customer

from ..conftest import Visitor
from .conftest import mails, path_in

NEW = "another-harbour-8"


def signs_in(email: str, password: str) -> bool:
    """Whether it works."""
    visitor = Visitor()
    answer = visitor.post("/account/sign-in/", {"username": email, "password": password}, follow=False)
    return bool(answer.status_code == 302)


def change_address(visitor: Visitor, email: str) -> list[Any]:
    """Ask for another address, and give what was mailed."""
    visitor.post("/account/credentials/email/", {"email-email": email, "email-password": PASSWORD})
    assert visitor.page.redirect_chain == [("/account/credentials/", 303)]
    return mails()


@pytest.mark.django_db(transaction=True)
def test_a_password_is_changed(anna: Visitor) -> None:
    """This browser stays signed in, and is a device still; the other one isn't."""
    other = Visitor()
    other.post("/account/sign-in/", {"username": "anna@example.com", "password": PASSWORD})
    form = {"password-current_password": PASSWORD, "password-password": NEW}

    anna.post("/account/credentials/password/", form)

    assert "Your password has been changed." in anna.text
    assert [row["is_this"] for row in anna.get("/account/devices/").context["rows"]] == [True]
    assert other.get("/account/").redirect_chain == [("/account/sign-in/?next=/account/", 302)]
    assert (signs_in("anna@example.com", NEW), signs_in("anna@example.com", PASSWORD)) == (True, False)


def test_a_wrong_password_changes_nothing(anna: Visitor, settings: Any) -> None:
    """It is refused beside its field, and may not be guessed."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "1000/hour", "SIGN_IN": "2/min"}
    calls = {
        "credentials/password/": ("password-", {"current_password": "wrong", "password": NEW}, "password_form"),
        "credentials/email/": ("email-", {"password": "wrong", "email": "new@example.com"}, "email_form"),
        "close/confirm/": ("", {"password": "wrong", "sure": "1"}, "form"),
    }
    statuses = []
    for path, (prefix, form, name) in calls.items():
        anna.post(f"/account/{path}", {f"{prefix}{key}": value for key, value in form.items()})
        statuses.append(anna.page.status_code)
        if anna.page.status_code == 422:
            assert ["This isn't your password."] in anna.page.context[name].errors.values()

    assert statuses.count(422) >= 1
    assert set(statuses) <= {422, 429}
    assert statuses[-1] == 429
    assert EmailIdentity.objects.get().key == "anna@example.com"
    assert get_user_model().objects.get().check_password(PASSWORD)
    assert mails() == []


def test_what_isnt_a_wrong_password_is_no_failed_sign_in(anna: Visitor, settings: Any) -> None:
    """Neither an empty form, nor a new password that the validators refuse, at whatever door; wrong ones before still count."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "2/hour", "SIGN_IN": "2/hour"}
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
    empty, weak = {"password-password": NEW}, {"password-current_password": PASSWORD, "password-password": "1"}
    for form in (empty, weak) * 3:
        assert anna.post("/account/credentials/password/", form).status_code == 422
    wrong = {"username": "anna@example.com", "password": "wrong"}
    without = {**wrong, "password": ""}
    forms = (wrong, without, without, wrong, without, wrong)

    statuses = [Visitor().post("/account/sign-in/", form).status_code for form in forms]

    assert statuses == [200, 200, 200, 200, 200, 429]


def test_an_address_is_changed_by_its_link(anna: Visitor) -> None:
    """Not before; the old one hears of it, and can take it back, which ends every sign-in."""
    [message] = change_address(anna, "new@example.com")
    assert message.to == ["new@example.com"]
    assert signs_in("anna@example.com", PASSWORD)
    anna.get(path_in(message))
    assert '<b class="long">new@example.com</b>' in anna.text
    assert EmailIdentity.objects.get().key == "anna@example.com"

    anna.post("/account/change-email/")

    assert "Your e-mail address is new@example.com now." in anna.text
    assert (signs_in("new@example.com", PASSWORD), signs_in("anna@example.com", PASSWORD)) == (True, False)
    assert Customer.objects.get().email == "new@example.com"
    [notice] = mails()
    assert notice.to == ["anna@example.com"]

    owner = Visitor()
    owner.get(path_in(notice))
    assert 'set it back to <b class="long">anna@example.com</b>' in owner.text
    owner.post("/account/undo-email/")

    assert "Your account has its old e-mail address again" in owner.text
    assert not signs_in("new@example.com", PASSWORD)
    assert anna.get("/account/").redirect_chain == [("/account/sign-in/?next=/account/", 302)]
    [reset] = mails()
    assert (reset.to, path_in(reset).partition("?")[0]) == (["anna@example.com"], "/account/reset/")


def test_a_new_address_is_confirmed_signed_in(anna: Visitor) -> None:
    """Another browser signs in first and comes back; the token stays out of every address. Another account can't use it."""
    from tests.accounts.people import account

    [message] = change_address(anna, "new@example.com")
    account("bob@example.com")
    bob, phone = Visitor(), Visitor()
    bob.post("/account/sign-in/", {"username": "bob@example.com", "password": PASSWORD})
    sign_in = "/account/sign-in/?next=/account/change-email/"

    bob.get(path_in(message))
    assert (bob.page.status_code, "was sent for another account" in bob.text) == (410, True)
    bob.post("/account/change-email/")
    assert bob.page.status_code == 410
    assert phone.get(path_in(message)).redirect_chain == [("/account/change-email/", 303), (sign_in, 302)]
    assert phone.post(path_in(message)).redirect_chain[0][1] == 302
    assert not EmailIdentity.objects.filter(key="new@example.com").exists()

    phone.post(sign_in, {"username": "anna@example.com", "password": PASSWORD})
    assert phone.page.redirect_chain == [("/account/change-email/", 302)]
    phone.post("/account/change-email/")

    assert "Your e-mail address is new@example.com now." in phone.text
    assert EmailIdentity.objects.get(key="new@example.com").is_current
    assert phone.get("/account/").redirect_chain == []


def test_a_taken_address_isnt_told(anna: Visitor) -> None:
    """The page says the same; the mail goes to who owns it."""
    from tests.accounts.people import account

    account("bob@example.com")
    mails()

    [message] = change_address(anna, "bob@example.com")

    assert "We’ve sent a link to bob@example.com." in anna.text
    assert message.subject == "Tradepost: this address already has an account"


def test_an_account_is_closed_by_its_owner(anna: Visitor) -> None:
    """With a password and a tick; then nobody can sign in to it, and the mailbox is free."""
    anna.post("/account/close/confirm/", {"password": PASSWORD})
    assert anna.page.status_code == 422
    assert anna.page.context["form"].errors["sure"]
    assert EmailIdentity.objects.exists()

    anna.post("/account/close/confirm/", {"password": PASSWORD, "sure": "1"})

    assert "Your account is closed." in anna.text
    assert not signs_in("anna@example.com", PASSWORD)
    assert not EmailIdentity.objects.exists()
    assert Customer.objects.get().name == ""
    assert [message.subject for message in mails()] == ["Tradepost: your account is closed"]
