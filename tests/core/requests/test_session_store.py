"""Sessions and their users are those of Django, by queries that are compiled once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend as DjangosBackend
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.test.utils import isolate_apps
from django.utils import timezone

from tradepost.core.requests.session_store import SessionStore
from tradepost.core.requests.user_backend import ModelBackend

ENGINE = "tradepost.core.requests.session_store"
BACKEND = "tradepost.core.requests.user_backend.ModelBackend"
pytestmark = pytest.mark.django_db


def _stored(store: type[Any]) -> str:
    session = store()
    session["basket"] = "b-1"
    session.save()
    return str(session.session_key)


@pytest.mark.parametrize(("writer", "reader"), [(DjangosStore, SessionStore), (SessionStore, DjangosStore)])
def test_either_reads_what_the_other_wrote(writer: type[Any], reader: type[Any]) -> None:
    """So a shop may change from one to the other while its visitors have baskets."""
    key = _stored(writer)

    session = reader(key)

    assert (session["basket"], session.session_key) == ("b-1", key)


def test_a_session_that_has_ended_is_none(django_assert_num_queries: Any) -> None:
    """And its key is forgotten, as an unknown one is: nobody chooses their own."""
    key = _stored(SessionStore)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    with django_assert_num_queries(2):
        answers = [
            (session.get("basket"), session.session_key) for session in (SessionStore(key), SessionStore("x" * 32))
        ]

    assert answers == [(None, None)] * 2


@isolate_apps("django.contrib.sessions")
def test_a_project_s_own_sessions_are_asked_as_they_are() -> None:
    """A class with another model is left to Django."""

    class Short(Session):
        class Meta:
            proxy = True
            app_label = "sessions"

    class Store(SessionStore):
        @classmethod
        def get_model_class(cls) -> type[Session]:
            return Short

    session = Store(_stored(Store))

    assert session["basket"] == "b-1"
    assert type(session._get_session_from_db()) is Short


def test_the_user_of_a_session_is_who_django_says() -> None:
    """None for who isn't there, and for who may not sign in any more."""
    active = get_user_model().objects.create(username="anna")
    blocked = get_user_model().objects.create(username="otto", is_active=False)

    for key in (active.pk, blocked.pk, 0, 2**70):
        assert ModelBackend().get_user(key) == DjangosBackend().get_user(key)
    assert ModelBackend().get_user(active.pk) == active


@override_settings(SESSION_ENGINE=ENGINE, AUTHENTICATION_BACKENDS=[BACKEND])
def test_a_visitor_signs_in_and_out(client: Client) -> None:
    """Through Django's own middleware."""
    user = get_user_model().objects.create_user("anna", password="p-4711-x")

    assert client.login(username="anna", password="p-4711-x")
    request: Any = client.get("/").wsgi_request
    assert request.user == user
    client.logout()
    assert not client.get("/").wsgi_request.user.is_authenticated  # type: ignore[attr-defined]
