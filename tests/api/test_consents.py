"""``auth/me/consents/`` and ``consents/``: what the shop asks for, and what a customer has agreed to."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.accounts.people import PASSWORD, token_for
from tradepost.customers.models import Consent

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/me/consents/"
NEWS = {"LABEL": "Newsletter", "TEXT": "Yes, e-mail me news.", "VERSION": "2", "ASKED_AT": ["registration"]}


@pytest.fixture
def anna(settings: Any) -> Client:
    """Signed in; the shop asks for two consents."""
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": NEWS, "polls": {"LABEL": "Polls", "TEXT": "Ask me."}}}
    client = Client()
    client.force_login(get_user_model().objects.create_user("anna"))
    return client


def change(client: Client, key: str = "news", **body: Any) -> Any:
    return client.patch(f"{URL}{key}/", body, content_type="application/json")


def test_anybody_reads_what_is_asked(anna: Client, client: Client) -> None:
    """For a page that registers; caches tell languages apart."""
    answer = client.get("/api/v1/consents/")

    assert answer.json() == [
        {
            "key": "news",
            "label": "Newsletter",
            "text": "Yes, e-mail me news.",
            "version": "2",
            "asked_at": ["registration"],
        },
        {"key": "polls", "label": "Polls", "text": "Ask me.", "version": "1", "asked_at": []},
    ]
    assert "Accept-Language" in answer.headers["Vary"]
    assert client.get(URL).status_code in (401, 403)


def test_a_consent_is_given_and_withdrawn(anna: Client) -> None:
    """With the version that was read; withdrawing needs none. The same again changes nothing."""
    assert [state["is_granted"] for state in anna.get(URL).json()] == [False, False]

    given = change(anna, is_granted=True, version="2").json()
    again = change(anna, is_granted=True, version="2").json()
    row = Consent.objects.get()

    assert given == again
    assert (given["is_granted"], given["agreed_version"]) == (True, "2")
    assert given["changed_at"] == row.at.isoformat().replace("+00:00", "Z")
    withdrawn = change(anna, is_granted=False).json()
    assert (withdrawn["is_granted"], withdrawn["agreed_version"]) == (False, None)
    assert [state["is_granted"] for state in anna.get(URL).json()] == [False, False]
    assert Consent.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "body", "status", "code"),
    [
        ("news", {"is_granted": True, "version": "1"}, 400, "consent_outdated"),
        ("news", {"is_granted": True}, 400, "consent_outdated"),
        ("news", {"version": "2"}, 400, "required"),
        ("news", {"is_granted": "perhaps"}, 400, "invalid"),
        ("news", {"is_granted": True, "version": "2" * 41}, 400, "max_length"),
        ("terms", {"is_granted": True, "version": "2"}, 404, "consent_not_found"),
        ("terms", {"is_granted": False}, 404, "consent_not_found"),
        ("n" * 41, {"is_granted": False}, 404, "not_found"),
    ],
)
def test_what_cannot_be_is_refused(anna: Client, key: str, body: dict[str, Any], status: int, code: str) -> None:
    """With a code, and nothing is written."""
    answer = change(anna, key, **body)

    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (status, [code])
    assert not Consent.objects.exists()


@pytest.mark.django_db
def test_whoever_confirms_a_registration_may_agree(anna: Client, client: Client) -> None:
    """Besides what was agreed to at the registration; a text that has changed leaves the token as it was."""
    token = token_for("ada@example.com")
    body = {"token": token, "password": PASSWORD}

    def confirm(**consents: str) -> Any:
        return client.post(
            "/api/v1/auth/register/confirm/", {**body, "consents": consents}, content_type="application/json"
        )

    assert [confirm(news="1").status_code, confirm(terms="1").status_code] == [400, 400]
    assert confirm(news="2").status_code == 204
    row = Consent.objects.get()
    assert (row.purpose, row.text, row.source, row.customer.email) == (
        "news",
        "Yes, e-mail me news.",
        "registration",
        "ada@example.com",
    )
