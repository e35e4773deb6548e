"""The refresh token in a cookie, for browsers: no script reads it, and nobody else's page can use it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.accounts.conftest import PASSWORD, person
from tradepost.accounts.models import Session

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/auth/"
CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD, "cookie": True}
NAME = "__Secure-tradepost-refresh"


class Browser:
    """Keeps cookies, calls by https, and knows the CSRF token of its own page."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.csrf = self.client.get(f"{AUTH}csrf/", secure=True).json()["csrf_token"]

    def post(self, path: str, data: Any = None, *, csrf: str | None = None, **headers: str) -> Any:
        """A call of the shop's own page, unless told otherwise."""
        token = self.csrf if csrf is None else csrf
        sent = {"X-CSRFToken": token, "Origin": "https://testserver", **headers}
        return self.client.post(AUTH + path, data or {}, content_type="application/json", headers=sent, secure=True)

    def sign_in(self) -> Any:
        """With the cookie."""
        answer = self.post("token/", CREDENTIALS)
        self.csrf = answer.json().get("csrf_token", self.csrf)
        return answer


@pytest.fixture
def browser() -> Browser:
    """Of Ada, who isn't signed in yet."""
    person()
    return Browser()


def test_the_refresh_token_is_in_the_cookie_alone(browser: Browser) -> None:
    """Https only, for no script, for no other site, and for the addresses of signing in."""
    answer = browser.sign_in()

    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "expires_in", "csrf_token", "session"}
    cookie = answer.cookies[NAME]
    assert cookie.value.startswith(answer.json()["session"])
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["path"], cookie["domain"]) == ("/api/v1/auth/", "")
    assert cookie["expires"]


def test_without_https_it_has_another_name(browser: Browser) -> None:
    """For development: a browser wouldn't take the other one."""
    client = Client()

    answer = client.post(f"{AUTH}token/", CREDENTIALS, content_type="application/json")

    assert answer.cookies["tradepost-refresh"]["secure"] == ""


def test_a_browser_refreshes_and_signs_out(browser: Browser) -> None:
    """By the cookie, which changes each time, and is deleted at the end."""
    first = browser.sign_in().cookies[NAME].value
    second = browser.post("token/refresh/")
    third = browser.post("token/refresh/")

    assert (second.status_code, third.status_code) == (200, 200)
    assert len({first, second.cookies[NAME].value, third.cookies[NAME].value}) == 3
    assert "refresh_token" not in third.json()
    gone = browser.post("token/revoke/")
    assert (gone.status_code, gone.cookies[NAME].value, gone.cookies[NAME]["path"]) == (204, "", "/api/v1/auth/")
    assert Session.objects.get().end_reason == "signed_out"
    assert browser.post("token/refresh/").status_code == 401


@pytest.mark.parametrize(
    ("csrf", "origin"), [("", "https://testserver"), ("x" * 32, "https://testserver"), (None, "https://evil.example")]
)
@pytest.mark.parametrize("path", ["token/", "token/refresh/", "token/revoke/"])
def test_another_sites_page_can_do_nothing(browser: Browser, path: str, csrf: str | None, origin: str) -> None:
    """Neither sign its visitor in as somebody, nor refresh, nor sign out: 403, and nothing has changed."""
    cookie = browser.sign_in().cookies[NAME].value
    before = Session.objects.values("current", "ended_at").get()

    answer = browser.post(path, CREDENTIALS if path == "token/" else {}, csrf=csrf, Origin=origin)

    assert (answer.status_code, answer.json()["type"]) == (403, "permission_error")
    assert Session.objects.values("current", "ended_at").get() == before
    assert browser.client.cookies[NAME].value == cookie


def test_the_csrf_token_from_before_the_sign_in_is_no_good(browser: Browser) -> None:
    """Whoever knew it then doesn't know the one that counts now."""
    before = browser.csrf
    browser.sign_in()

    assert browser.post("token/refresh/", csrf=before).status_code == 403
    assert browser.post("token/refresh/").status_code == 200


def test_a_token_in_the_body_needs_no_csrf(browser: Browser) -> None:
    """An app has no cookie, and no page of others can make it call."""
    token = Client().post(f"{AUTH}token/", {**CREDENTIALS, "cookie": False}, content_type="application/json").json()

    answer = browser.post("token/refresh/", {"refresh_token": token["refresh_token"]}, csrf="")

    assert answer.status_code == 200
    assert (answer.json()["refresh_token"] != "", NAME in answer.cookies) == (True, False)


def test_the_cookie_opens_nothing_else(browser: Browser) -> None:
    """Only refreshing and signing out go by it."""
    cookie = browser.sign_in().cookies[NAME].value
    browser.client.cookies[NAME] = cookie

    assert browser.client.get(f"{AUTH}me/", secure=True).status_code == 401
    assert browser.client.get(f"{AUTH}sessions/", secure=True).status_code == 401


def test_an_access_token_is_read_from_no_cookie(browser: Browser) -> None:
    """Nor from the address."""
    token = browser.sign_in().json()["access_token"]
    client = Client()
    for name in ("Authorization", "access_token", "tradepost-access"):
        client.cookies[name] = token

    assert client.get(f"{AUTH}me/?access_token={token}&token={token}").status_code == 401
