"""Browsers that sign in by Django's session are devices, which can be ended like the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as DjangoSession
from django.test import Client

from tradepost.accounts import services as accounts
from tradepost.accounts.jobs import sign_out_browsers
from tradepost.accounts.models import Session
from tradepost.testing import frozen

from .people import token_for

pytestmark = pytest.mark.django_db(transaction=True)  # Django's session is deleted once the end is committed
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def anna(transactional_db: None, django_user_model: Any) -> Any:
    """Has an account."""
    return django_user_model.objects.create_user("anna", "anna@example.com", "a-long-secret")


def browser(user: Any, agent: str = FIREFOX) -> Client:
    """Somebody's browser, signed in by the shop's page."""
    client = Client(headers={"user-agent": agent})
    form = {"username": user.get_username(), "password": "a-long-secret"}
    assert client.post("/account/sign-in/", form).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def test_a_sign_in_makes_a_device_and_a_sign_out_ends_it(anna: Any) -> None:
    """By its name and its address; no secret of it opens anything."""
    client = browser(anna)

    row = Session.objects.get()
    assert (row.user, row.label, row.address) == (anna, "Firefox, Windows", "127.0.0.1")
    assert row.browser_key == client.session.session_key

    client.post("/account/sign-out/")

    row.refresh_from_db()
    assert (row.end_reason, row.browser_key) == ("signed_out", None)
    assert accounts.sessions_of(anna) == []


def test_a_browser_is_ended_from_another_one(anna: Any) -> None:
    """Its next page is a guest's; the other one goes on."""
    first, second = browser(anna), browser(anna, "curl/8")
    theirs = accounts.browser_of(second)

    first.post(f"/account/devices/{theirs}/end/")

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
    assert DjangoSession.objects.count() == 1


def test_everywhere_else_is_everywhere_but_here(anna: Any) -> None:
    """Browsers and tokens."""
    here, there = browser(anna), browser(anna)
    accounts.begin(anna, user_agent="Shop-App/1.2")

    here.post("/account/devices/end/")

    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert [row.uuid for row in accounts.sessions_of(anna)] == [accounts.browser_of(here)]


def test_everywhere_else_by_api(anna: Any) -> None:
    """The browser that asks by its cookie is marked, and goes on."""
    here, there = browser(anna), browser(anna)
    api = "/api/v1/auth/sessions/"
    listed = here.get(api).json()
    assert {row["uuid"]: row["is_current"] for row in listed} == {
        str(accounts.browser_of(here)): True,
        str(accounts.browser_of(there)): False,
    }

    answer = here.post(f"{api}end-others/")

    assert answer.status_code == 204
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)


def test_a_browser_whose_password_was_changed_by_api_is_a_device(anna: Any) -> None:
    """It stays signed in, so it can be ended."""
    here = browser(anna)
    body = {"current_password": "a-long-secret", "password": "another-harbour-8"}
    answer = here.post("/api/v1/auth/password/change/", body, content_type="application/json")
    assert (answer.status_code, is_signed_in(here)) == (204, True)

    assert [row.uuid for row in accounts.sessions_of(anna)] == [accounts.browser_of(here)]
    accounts.end_others(anna, but=None)

    assert is_signed_in(here) is False


def test_a_forgotten_password_is_replaced_where_one_is_signed_in(anna: Any) -> None:
    """By the link, in the same browser: it is signed out, and the page says that it was done."""
    here = browser(anna)
    here.get(f"/account/reset/?token={token_for('anna@example.com', 'reset')}")

    answer = here.post("/account/reset/link/", {"password": "another-harbour-8"}, follow=True)

    assert (answer.status_code, answer.redirect_chain) == (200, [("/account/sign-in/", 303)])
    assert "Your password has been changed. Please sign in." in answer.content.decode()
    anna.refresh_from_db()
    assert anna.check_password("another-harbour-8")
    assert accounts.sessions_of(anna) == []


def test_anothers_device_isnt_there(anna: Any, django_user_model: Any) -> None:
    """404, and it goes on."""
    eve = django_user_model.objects.create_user("eve", "eve@example.com", "a-long-secret")
    hers = browser(eve)

    answer = browser(anna).post(f"/account/devices/{accounts.browser_of(hers)}/end/")

    assert (answer.status_code, is_signed_in(hers)) == (404, True)


def test_a_browser_in_use_goes_on(anna: Any) -> None:
    """Its last use is noted once a day, so that the list shows it as long as it is signed in."""
    with frozen("2026-11-01T12:00:00Z") as clock:
        client = browser(anna)
        clock.tick(hours=6)
        client.get("/")
        assert Session.objects.get().last_used_at.isoformat() == "2026-11-01T12:00:00+00:00"
        clock.tick(days=10)
        client.get("/")

        row = Session.objects.get()
        assert row.last_used_at.isoformat() == "2026-11-11T18:00:00+00:00"
        assert row.expires_at.isoformat() == "2026-12-11T18:00:00+00:00"


def test_a_browser_from_before_there_were_devices_becomes_one(anna: Any) -> None:
    """At its next page, once; then it can be ended."""
    here = browser(anna)
    Session.objects.all().delete()
    session = here.session
    del session["tradepost_device"]
    session.save()
    here.get("/")
    here.get("/")

    assert [row.uuid for row in accounts.sessions_of(anna)] == [accounts.browser_of(here)]
    accounts.end_others(anna, but=None)
    assert is_signed_in(here) is False


def test_the_list_marks_the_browser_that_asks(anna: Any) -> None:
    """It comes first."""
    here = browser(anna)
    browser(anna, "curl/8")

    rows = here.get("/account/devices/").context["rows"]

    assert [(row["device"].label, row["is_this"]) for row in rows] == [("Firefox, Windows", True), ("curl/8", False)]


def test_a_deactivated_user_is_out_at_once(anna: Any) -> None:
    """All browsers."""
    client = browser(anna)

    anna.is_active = False
    anna.save()

    assert is_signed_in(client) is False
    assert not DjangoSession.objects.exists()


def test_a_store_that_is_gone_loses_no_end(anna: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets an error; the other browser is signed out, and the job has the rest."""
    here, first, second = browser(anna), browser(anna), browser(anna)
    delete, broken = SessionStore.delete, first.session.session_key

    def fail_once(self: Any, session_key: str | None = None) -> None:
        if (session_key or self.session_key) == broken:
            raise ConnectionError("The store is gone.")
        delete(self, session_key)

    monkeypatch.setattr(SessionStore, "delete", fail_once)
    answer = here.post("/account/devices/end/")
    monkeypatch.undo()

    assert answer.status_code == 303
    assert [row.uuid for row in accounts.sessions_of(anna)] == [accounts.browser_of(here)]
    assert [is_signed_in(client) for client in (here, first, second)] == [True, True, False]
    assert list(Session.objects.ended_browsers().values_list("browser_key", flat=True)) == [broken]

    assert sign_out_browsers() == 1

    assert (is_signed_in(first), Session.objects.ended_browsers().count(), sign_out_browsers()) == (False, 0, 0)


def test_an_end_is_one_conditional_update(anna: Any, django_assert_num_queries: Any) -> None:
    """Whoever comes second changes nothing, and has nothing to sign out."""
    session = accounts.begin(anna).session
    with django_assert_num_queries(2):  # the update, and which browsers are to be signed out
        accounts.end(session, Session.End.CREDENTIALS)
    with django_assert_num_queries(1):
        accounts.end(session, Session.End.REUSED)

    session.refresh_from_db()
    assert session.end_reason == "credentials"
