"""``auth/``: accounts by API. What is asked for an address is answered alike, whatever there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from tradepost.accounts.models import AccountToken, EmailIdentity
from tradepost.accounts.services import username_for
from tradepost.core.models import Delivery
from tradepost.customers.models import Customer

from ..accounts.people import PASSWORD, account, mailed, secret_in
from .conftest import Call

pytestmark = pytest.mark.django_db
NEW = "new-harbour-8"


@pytest.fixture
def anna() -> Any:
    """Somebody with an account."""
    user = account("anna@example.com", name="Anna")
    mailed()
    return user


@pytest.fixture
def hers(anna: Any) -> Client:
    """Her browser, signed in by a session."""
    client = Client()
    assert client.login(username=username_for("anna@example.com"), password=PASSWORD)
    return client


def test_registration_by_api(post: Call) -> None:
    """202, a mail, the token and a password: an account that can sign in, and isn't signed in."""
    asked = post("auth/register/", {"email": "Anna@Example.com", "name": "Anna Berg", "language": "en"})
    assert (asked.status_code, asked.content) == (202, b"")
    assert not get_user_model().objects.exists()
    secret = secret_in(mailed()[0], "register")

    done = post("auth/register/confirm/", {"token": secret, "password": PASSWORD})

    assert (done.status_code, done.content) == (204, b"")
    assert "sessionid" not in done.cookies
    assert Customer.objects.get().name == "Anna Berg"
    assert Client().login(username=username_for("anna@example.com"), password=PASSWORD)
    again = post("auth/register/confirm/", {"token": secret, "password": PASSWORD})
    assert again.status_code == 409
    assert again.json() == {
        "type": "conflict",
        "errors": [
            {
                "code": "link_unusable",
                "detail": "This link has expired or was already used. Please ask for a new one.",
                "attr": None,
            }
        ],
    }


@pytest.mark.parametrize("path", ["auth/register/", "auth/password/reset/"])
def test_an_answer_says_nothing_of_accounts(post: Call, anna: Any, path: str) -> None:
    """The same status, headers and body."""
    answers = [post(path, {"email": email}) for email in ("anna@example.com", "nobody@example.com")]

    existing, unknown = [(answer.status_code, answer.content, dict(answer.headers)) for answer in answers]
    assert existing == unknown
    assert existing[0] == 202
    assert [message.to for message in mailed()] == [["anna@example.com"], ["nobody@example.com"]]


def test_a_forgotten_password_by_api(post: Call, anna: Any) -> None:
    """The token sets a new one, once."""
    post("auth/password/reset/", {"email": "anna@example.com"})
    secret = secret_in(mailed()[0], "reset")

    refused = post("auth/password/reset/confirm/", {"token": secret, "password": "\x00"})
    done = post("auth/password/reset/confirm/", {"token": secret, "password": NEW})
    again = post("auth/password/reset/confirm/", {"token": secret, "password": "third-harbour-9"})

    assert [answer.status_code for answer in (refused, done, again)] == [400, 204, 409]
    assert get_user_model().objects.get().check_password(NEW)


def test_a_weak_password_is_refused_with_its_reasons(post: Call, settings: Any) -> None:
    """By the project's validators."""
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    ]
    post("auth/register/", {"email": "anna@example.com"})
    answer = post("auth/register/confirm/", {"token": secret_in(mailed()[0], "register"), "password": "short"})

    assert answer.status_code == 400
    assert answer.json() == {
        "type": "validation_error",
        "errors": [
            {
                "code": "password_refused",
                "detail": "This password is too short. It must contain at least 8 characters.",
                "attr": "password",
            }
        ],
        "context": {"refusals": ["password_too_short"]},
    }


def test_a_password_is_changed_and_this_session_stays(post: Call, anna: Any, hers: Client) -> None:
    """All others end."""
    other = Client()
    other.login(username=username_for("anna@example.com"), password=PASSWORD)

    wrong = post("auth/password/change/", {"current_password": "guessed", "password": NEW}, by=hers)
    done = post("auth/password/change/", {"current_password": PASSWORD, "password": NEW}, by=hers)

    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "wrong_password")
    assert done.status_code == 204
    assert hers.get("/api/v1/auth/me/").status_code == 200
    assert other.get("/api/v1/auth/me/").status_code == 401


def test_a_session_is_no_way_to_guess_the_password(post: Call, anna: Any, hers: Client, settings: Any) -> None:
    """Wrong ones count as failed sign-ins; the right one after them waits, too."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "3/hour"}
    bodies = [
        ("auth/password/change/", {"current_password": "guessed", "password": NEW}),
        ("auth/email/change/", {"email": "new@example.com", "password": "guessed"}),
        ("auth/close/", {"password": "guessed"}),
        ("auth/close/", {"password": PASSWORD}),
    ]
    assert [post(path, body, by=hers).status_code for path, body in bodies] == [400, 400, 400, 429]
    assert get_user_model().objects.get().check_password(PASSWORD)


def test_an_address_is_changed_and_given_back_by_api(post: Call, anna: Any, hers: Client) -> None:
    """By the token to the new one, for who asked alone; and by the token to the old one."""
    asked = post("auth/email/change/", {"email": "new@example.com", "password": PASSWORD}, by=hers)
    body = {"token": secret_in(mailed()[0], "change-email")}
    stranger = Client()
    stranger.force_login(account("bert@example.com"))
    refused = [post("auth/email/verify/", body), post("auth/email/verify/", body, by=stranger)]
    assert [(answer.status_code, answer.json()["errors"][0]["code"]) for answer in refused] == [
        (401, "not_authenticated"),
        (409, "link_unusable"),
    ]
    assert not EmailIdentity.objects.filter(key="new@example.com").exists()
    changed = post("auth/email/verify/", body, by=hers)

    assert (asked.status_code, changed.status_code) == (202, 204)
    assert EmailIdentity.objects.current().filter(user=anna).get().key == "new@example.com"
    undone = post("auth/email/undo/", {"token": secret_in(mailed()[0], "undo-email")})
    assert undone.status_code == 204
    assert EmailIdentity.objects.get(user=anna).key == "anna@example.com"
    assert hers.get("/api/v1/auth/me/").status_code == 401


def test_an_account_is_closed_by_api(post: Call, anna: Any, hers: Client) -> None:
    """And is signed out."""
    assert post("auth/close/", {"password": PASSWORD}, by=hers).status_code == 204

    assert not EmailIdentity.objects.exists()
    assert hers.get("/api/v1/auth/me/").status_code == 401


@pytest.mark.parametrize("path", ["auth/password/change/", "auth/email/change/", "auth/close/"])
def test_who_isnt_signed_in_has_nothing_to_change(post: Call, anna: Any, path: str) -> None:
    """Whatever is sent."""
    assert post(path, {"password": PASSWORD}).status_code in (401, 403)
    assert get_user_model().objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("auth/register/", "email"),
        ("auth/register/confirm/", "token"),
        ("auth/password/reset/", "email"),
        ("auth/password/reset/confirm/", "token"),
        ("auth/email/undo/", "token"),
    ],
)
@pytest.mark.parametrize("value", ["", "\x00", "\ud800", "x" * 300, None, 7, [], {"a": 1}, "anna@ＧＭＡＩＬ.com"])
def test_nonsense_is_refused(post: Call, path: str, field: str, value: Any) -> None:
    """With 400 or, for a token that is none, 409; nothing is stored."""
    answer = post(path, {field: value, "password": PASSWORD})

    assert answer.status_code in (400, 409)
    assert answer.json()["errors"]
    assert (Delivery.objects.count(), AccountToken.objects.count(), mail.outbox) == (0, 0, [])


def test_asking_is_limited_alike_for_all(post: Call, anna: Any, settings: Any) -> None:
    """By who asks, whatever the address."""
    settings.TRADEPOST_LIMITS = {"REGISTER": "2/hour", "RESET": "1/hour", "LINK": "1/hour"}
    emails = ["anna@example.com", "nobody@example.com", "other@example.com"]

    assert [post("auth/register/", {"email": email}).status_code for email in emails] == [202, 202, 429]
    assert [post("auth/password/reset/", {"email": email}).status_code for email in emails] == [202, 429, 429]
    links = [post("auth/register/confirm/", {"token": "x", "password": PASSWORD}) for _ in range(2)]
    assert [answer.status_code for answer in links] == [409, 429]
    assert int(links[1].headers["Retry-After"]) > 0
