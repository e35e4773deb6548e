"""One refresh token used by many at once: exactly one gets the next one. On every database, with a control."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from tradepost.accounts import services
from tradepost.accounts.credentials.refresh_tokens import RefreshToken, read_refresh_token
from tradepost.accounts.errors import SessionOver
from tradepost.accounts.models import Session
from tradepost.accounts.services import sessions
from tradepost.core.dates import clock
from tradepost.testing.races import together

from .conftest import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(results: list[Any]) -> Counter[str]:
    """How often what came out; an error by its code."""
    return Counter(getattr(result, "code", type(result).__name__) for result in results)


@pytest.mark.parametrize("callers", [2, 6, 20])
def test_of_many_refreshes_at_once_one_wins(callers: int) -> None:
    """All others are told that it was superseded; the winner's token refreshes, and the session goes on."""
    for _ in range(3):
        signed = services.begin(person(f"ada{Session.objects.count()}@example.com"))

        results = together([partial(services.refresh, signed.refresh_token)] * callers)

        assert outcome(results) == {"SignedIn": 1, "refresh_superseded": callers - 1}
        [winner] = [result for result in results if isinstance(result, services.SignedIn)]
        session = Session.objects.get(pk=signed.session.pk)
        won = read_refresh_token(winner.refresh_token)
        assert won is not None
        assert (session.ended_at, session.current) == (None, won.digest)
        assert services.refresh(winner.refresh_token).session.pk == signed.session.pk


@pytest.mark.race
def test_a_careless_refresh_lets_all_win() -> None:
    """The control: reading the row, comparing and then writing gives each caller a token, of which one works."""
    signed = services.begin(person())
    all_have_read = threading.Barrier(6)

    def careless() -> str:
        given = read_refresh_token(signed.refresh_token)
        assert given is not None
        session = Session.objects.get(uuid=given.uuid)
        assert session.current == given.digest
        all_have_read.wait(timeout=10)
        new = RefreshToken.new(given.uuid)
        session.current, session.previous, session.rotated_at = new.digest, given.digest, clock.now()
        session.save()
        return str(new)

    tokens = together([careless] * 6)

    assert outcome(tokens) == {"str": 6}
    assert len(set(tokens)) == 6


def signing_in_while_the_password_changes(ada: Any) -> list[Any]:
    """A change that has ended all sessions and isn't committed yet, and a sign-in by the old password; what both gave."""
    has_ended_all = threading.Event()

    def change() -> None:
        with transaction.atomic():
            services.change_password(ada, PASSWORD, "another long sentence")
            has_ended_all.set()
            time.sleep(0.5)

    def sign_in() -> Any:
        has_ended_all.wait(timeout=10)
        return services.sign_in("ada@example.com", PASSWORD)

    return together([change, sign_in])


@pytest.mark.race
def test_a_sign_in_while_the_password_is_changed() -> None:
    """Whoever knows the old one keeps no session by it, whenever they come."""
    ada = person()

    assert outcome(signing_in_while_the_password_changes(ada)) == {"NoneType": 1, "sign_in_refused": 1}
    assert services.sessions_of(ada) == []


@pytest.mark.race
def test_a_sign_in_that_waits_for_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: looked at without the lock, the password is the old one still, and the session stays. Databases other than
    PostgreSQL make a new row wait for the user's, whoever locks what.
    """
    ada = person()
    monkeypatch.setattr(sessions.db, "lock", lambda rows: rows)
    kept = connection.vendor == "postgresql"

    results = signing_in_while_the_password_changes(ada)

    assert outcome(results) == {"NoneType": 1, "SignedIn" if kept else "sign_in_refused": 1}
    assert len(services.sessions_of(ada)) == int(kept)


def test_a_refresh_and_the_end_of_all_sessions() -> None:
    """Whichever is first: afterwards the session has ended, and no token opens it."""
    for number in range(5):
        ada = person(f"ada{number}@example.com")
        signed = services.begin(ada)

        results = together(
            [
                partial(services.refresh, signed.refresh_token),
                partial(services.end_all, ada.pk, Session.End.CREDENTIALS),
            ]
        )

        tokens = [result.refresh_token for result in results if isinstance(result, services.SignedIn)]
        assert Session.objects.get(pk=signed.session.pk).end_reason == "credentials"
        for token in tokens:
            with pytest.raises(SessionOver):
                services.refresh(token)
