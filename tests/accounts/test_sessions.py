"""Sessions by token: begun by a password, refreshed by secrets that are used once, ended in many ways."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from tradepost.accounts import services
from tradepost.accounts.errors import RefreshSuperseded, SessionNotFound, SessionOver, SignInRefused
from tradepost.accounts.events import CredentialsChanged
from tradepost.accounts.models import EmailIdentity, Session
from tradepost.accounts.services import sessions
from tradepost.accounts.services.expiry import forget_old_access
from tradepost.core.dates import clock
from tradepost.core.events import publish

from .conftest import PASSWORD, person

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def later(**time: float) -> Any:
    """The clock, held so long after now."""
    return clock.at(clock.now() + timedelta(**time))


def row(signed: services.SignedIn) -> Session:
    """The session as it is stored."""
    return Session.objects.get(pk=signed.session.pk)  # type: ignore[return-value]


def test_a_sign_in_begins_a_session(ada: Any) -> None:
    """Its refresh token is told, and only its hash is kept."""
    with clock.at(clock.now()):
        now = clock.now()
        signed = services.sign_in("ada@example.com", PASSWORD, user_agent=FIREFOX, address="192.0.2.1")

    uuid, _dot, secret = signed.refresh_token.partition(".")
    session = row(signed)
    assert (str(session.uuid), len(secret)) == (uuid, 43)
    assert session.current == sha256(secret.encode()).hexdigest()
    assert (session.user_id, session.previous, session.rotated_at) == (ada.pk, "", None)
    assert (session.label, session.address) == ("Firefox, Windows", "192.0.2.1")
    assert (session.created_at, session.expires_at) == (now, now + timedelta(days=30))
    assert secret not in repr(vars(session))


@pytest.mark.parametrize("typed", ["ada@example.com", " ADA@Example.COM ", "Ada@example.com"])
def test_an_address_is_known_however_it_is_typed(ada: Any, typed: str) -> None:
    """By its key; the username says nothing of it."""
    assert services.sign_in(typed, PASSWORD).session.user_id == ada.pk


def test_who_has_no_verified_address_signs_in_by_username() -> None:
    """Staff made by a command; an address in the user's row proves nothing and opens nothing."""
    boss = get_user_model().objects.create_user("boss", "boss@example.com", PASSWORD)

    assert services.sign_in("boss", PASSWORD).session.user_id == boss.pk
    with pytest.raises(SignInRefused):
        services.sign_in("boss@example.com", PASSWORD)


def test_a_username_that_looks_like_anothers_address_takes_nothing_over(ada: Any) -> None:
    """The verified address wins."""
    get_user_model().objects.create_user("ada@example.com", "", "another")

    assert services.sign_in("ada@example.com", PASSWORD).session.user_id == ada.pk
    with pytest.raises(SignInRefused):
        services.sign_in("ada@example.com", "another")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("inactive@example.com", PASSWORD),
        ("", ""),
        ("ada@example.com", "a\x00b"),
        ("ada\x00@example.com", PASSWORD),
        ("ada@example.com", "x" * 5000),
        ("@" * 400, "x"),
        ("ａda@ＧＭＡＩＬ.com", "x"),
    ],
)
def test_a_wrong_sign_in_begins_nothing(ada: Any, email: str, password: str) -> None:
    """And says the same in every case."""
    person("inactive@example.com", is_active=False)

    with pytest.raises(SignInRefused) as refusal:
        services.sign_in(email, password)

    assert (refusal.value.code, refusal.value.context) == ("sign_in_refused", {})
    assert str(refusal.value) == "The e-mail address or the password is wrong."
    assert not Session.objects.exists()


def test_known_and_unknown_cost_the_same(
    ada: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address by one query, the user by one, and one hash."""
    person("inactive@example.com", is_active=False)
    hashed: list[str] = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    from django.contrib.auth.hashers import MD5PasswordHasher

    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(hasher, lambda self, *args, **kw: hashed.append("") or encode(self, *args, **kw))

    counts = []
    for email in ("ada@example.com", "nobody@example.com", "inactive@example.com"):
        hashed.clear()
        with django_assert_num_queries(2), pytest.raises(SignInRefused):
            services.sign_in(email, "wrong")
        counts.append(len(hashed))

    assert counts == [1, 1, 1]


def test_a_sign_in_is_heard_by_the_project(ada: Any) -> None:
    """Django's signal, once, and not for a refused one."""
    heard: list[Any] = []

    def hear(sender: Any, user: Any, **kwargs: Any) -> None:
        heard.append((sender, user.pk))

    user_logged_in.connect(hear)
    try:
        services.sign_in("ada@example.com", PASSWORD)
        with pytest.raises(SignInRefused):
            services.sign_in("ada@example.com", "wrong")
    finally:
        user_logged_in.disconnect(hear)

    assert heard == [(type(ada), ada.pk)]


def test_a_password_that_changes_during_the_sign_in_ends_it(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of all sessions came before this one was there."""
    begin = sessions.begin

    def slowly(user: Any, **facts: Any) -> Any:
        changed = get_user_model().objects.get(pk=ada.pk)
        changed.set_password("another long sentence")
        changed.save()
        return begin(user, **facts)

    monkeypatch.setattr(sessions, "begin", slowly)
    with pytest.raises(SignInRefused):
        services.sign_in("ada@example.com", PASSWORD)

    assert list(Session.objects.values_list("end_reason", flat=True)) == ["credentials"]


def test_a_refresh_token_is_used_once(ada: Any) -> None:
    """It gives the next one; the session's absolute end stays."""
    first = services.begin(ada)
    with later(minutes=5):
        now = clock.now()
        second = services.refresh(first.refresh_token)

    session = row(first)
    assert second.session.pk == first.session.pk
    assert second.refresh_token != first.refresh_token
    assert session.previous == first.session.current
    assert (session.rotated_at, session.last_used_at, session.expires_at) == (now, now, first.session.expires_at)
    with later(minutes=6):
        assert services.refresh(second.refresh_token).refresh_token not in (first.refresh_token, second.refresh_token)


def test_a_refresh_is_two_queries(ada: Any, django_assert_num_queries: Any) -> None:
    """With 50 sessions of the same user, too."""
    first = services.begin(ada)
    with django_assert_num_queries(2):
        second = services.refresh(first.refresh_token)
    for _ in range(50):
        services.begin(ada)
    with django_assert_num_queries(2):
        services.refresh(second.refresh_token)


def test_the_token_before_is_superseded_for_ten_seconds(ada: Any) -> None:
    """Nothing is given and nothing has changed: another tab was faster."""
    first = services.begin(ada)
    with clock.at(clock.now()):
        second = services.refresh(first.refresh_token)
        before = vars(row(first)).copy()
    for seconds in (0, 9.9):
        with clock.at(second.session.rotated_at + timedelta(seconds=seconds)), pytest.raises(RefreshSuperseded) as no:
            services.refresh(first.refresh_token)
        assert no.value.code == "refresh_superseded"

    after = vars(row(first))
    assert {k: v for k, v in after.items() if k != "_state"} == {k: v for k, v in before.items() if k != "_state"}
    with later(seconds=10):
        services.refresh(second.refresh_token)


def test_an_old_token_ends_its_session(ada: Any, caplog: pytest.LogCaptureFixture) -> None:
    """After ten seconds the one before is a stolen one, and the thief's is dead, too; other sessions go on."""
    first, other = services.begin(ada), services.begin(ada)
    second = services.refresh(first.refresh_token)
    with later(seconds=11):
        with pytest.raises(SessionOver):
            services.refresh(first.refresh_token)
        with pytest.raises(SessionOver):
            services.refresh(second.refresh_token)
        services.refresh(other.refresh_token)

    assert row(first).end_reason == "reused"
    assert "was used again" in caplog.text
    assert first.refresh_token.partition(".")[2] not in caplog.text


def test_one_that_is_two_refreshes_old_ends_it_at_once(ada: Any) -> None:
    """The grace is for the immediately previous one only."""
    first = services.begin(ada)
    second = services.refresh(first.refresh_token)
    third = services.refresh(second.refresh_token)

    with pytest.raises(SessionOver):
        services.refresh(first.refresh_token)
    with pytest.raises(SessionOver):
        services.refresh(third.refresh_token)
    assert row(first).end_reason == "reused"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        None,
        5,
        [],
        "\x00",
        *(f"00000000-0000-4000-8000-000000000000.{end}" for end in ("a" * 43, "a" * 44, "ä" * 43 + "\n")),
    ],
)
def test_nonsense_refreshes_nothing(ada: Any, token: Any) -> None:
    """And ends nobody's session."""
    signed = services.begin(ada)

    with pytest.raises(SessionOver):
        services.refresh(token)

    assert row(signed).ended_at is None


def test_a_made_up_secret_ends_nobodys_session(ada: Any) -> None:
    """Whoever knows a session's id, or has the token of another session, can do nothing with it."""
    signed, other = services.begin(ada), services.begin(ada)
    second = services.refresh(signed.refresh_token)
    swapped = f"{signed.session.uuid}.{other.refresh_token.partition('.')[2]}"

    with later(minutes=1):
        for token in (f"{signed.session.uuid}.{'a' * 43}", f"{signed.session.uuid}.{'-_' * 21}-", swapped):
            with pytest.raises(SessionOver):
                services.refresh(token)
        services.refresh(second.refresh_token)

    assert row(signed).ended_at is None


def test_a_turned_key_signs_nobody_out(ada: Any, settings: Any) -> None:
    """The present token is good by its hash; an old one is known as stolen while the key is among the fallbacks."""
    first, lone = services.begin(ada), services.begin(ada)
    second, _third = services.refresh(first.refresh_token), services.refresh(lone.refresh_token)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-that-is-long-enough-too-0123456789"
    with later(minutes=1):
        with pytest.raises(SessionOver):
            services.refresh(lone.refresh_token)
        assert row(lone).ended_at is None
        settings.SECRET_KEY_FALLBACKS = [old]
        services.refresh(second.refresh_token)
        with pytest.raises(SessionOver):
            services.refresh(lone.refresh_token)

    assert (row(first).ended_at, row(lone).end_reason) == (None, "reused")


@pytest.mark.parametrize(("days", "again"), [(13.9, True), (14, False)])
def test_who_stays_away_is_signed_out(ada: Any, days: float, again: bool) -> None:
    """After a fortnight; it is no theft."""
    signed = services.begin(ada)
    with later(days=days):
        if again:
            services.refresh(signed.refresh_token)
        else:
            with pytest.raises(SessionOver):
                services.refresh(signed.refresh_token)

    assert (row(signed).ended_at, row(signed).end_reason) == (None, "")


def test_a_session_has_an_absolute_end(ada: Any) -> None:
    """Thirty days, however often it is refreshed."""
    signed = services.begin(ada)
    token = signed.refresh_token
    for day in (10, 20, 29):
        with clock.at(signed.session.created_at + timedelta(days=day)):
            token = services.refresh(token).refresh_token
    with clock.at(signed.session.expires_at), pytest.raises(SessionOver):
        services.refresh(token)


def test_the_list_of_devices(ada: Any) -> None:
    """Those that go on, the one used last first; nobody else's."""
    first, _second, third = (services.begin(ada, user_agent=name) for name in ("curl/8", FIREFOX, "x"))
    services.begin(person("bob@example.com"))
    services.refresh(first.refresh_token)
    services.end(third.session, Session.End.SIGNED_OUT)

    assert [s.label for s in services.sessions_of(ada)] == ["curl/8", "Firefox, Windows"]
    with later(days=15):
        assert services.sessions_of(ada) == []


def test_one_is_ended_from_another_device(ada: Any) -> None:
    """One's own only, and once."""
    mine, bobs = services.begin(ada), services.begin(person("bob@example.com"))

    services.end_one_of(ada, mine.session.uuid)
    for uuid in (mine.session.uuid, bobs.session.uuid, uuid4()):
        with pytest.raises(SessionNotFound):
            services.end_one_of(ada, uuid)

    assert (row(mine).end_reason, row(bobs).end_reason) == ("ended", "")


def test_all_others_are_ended(ada: Any) -> None:
    """The one that asks goes on."""
    signed = [services.begin(ada) for _ in range(3)]

    assert services.end_others(ada, but=signed[1].session.uuid) == 2
    assert [row(s).end_reason for s in signed] == ["ended", "", "ended"]


def test_signing_out_by_token(ada: Any) -> None:
    """By the present one or the one before; another one ends nothing."""
    first, other = services.begin(ada), services.begin(ada)
    services.refresh(first.refresh_token)

    services.end_by_token(f"{other.session.uuid}.{'a' * 43}")
    services.end_by_token("nonsense")
    services.end_by_token(first.refresh_token)

    assert (row(first).end_reason, row(other).end_reason) == ("signed_out", "")


def test_what_has_ended_keeps_its_reason(ada: Any) -> None:
    """And its time."""
    signed = services.begin(ada)
    services.end(signed.session, Session.End.SIGNED_OUT)
    ended = row(signed).ended_at

    with later(hours=1):
        services.end(signed.session, Session.End.REUSED)
        assert services.end_all(ada.pk, Session.End.CREDENTIALS) == 0

    assert (row(signed).ended_at, row(signed).end_reason) == (ended, "signed_out")


def test_a_new_password_ends_all_sessions(ada: Any) -> None:
    """Wherever it was changed: any code that saves the user, as Django's admin and commands do."""
    signed, bobs = services.begin(ada), services.begin(person("bob@example.com"))
    ada.set_password("another long sentence")
    ada.save()

    assert (row(signed).end_reason, row(bobs).end_reason) == ("credentials", "")
    with pytest.raises(SessionOver):
        services.refresh(signed.refresh_token)


def test_a_password_that_is_taken_away_ends_all_sessions(ada: Any, django_assert_num_queries: Any) -> None:
    """As "Disable password-based authentication" of Django's admin does it. Who has none is saved without being signed out."""
    signed = services.begin(ada)
    ada.set_unusable_password()
    ada.save()
    assert row(signed).end_reason == "credentials"

    again = services.begin(ada)
    ada.save()
    with django_assert_num_queries(1):
        ada.save(update_fields=["last_login"])

    assert row(again).ended_at is None


def test_hashing_the_same_password_again_ends_none(ada: Any, settings: Any) -> None:
    """After an upgrade of Django each sign-in does it; other devices stay signed in."""
    signed, old = services.begin(ada), ada.password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    services.sign_in("ada@example.com", PASSWORD)

    ada.refresh_from_db()
    assert ada.password != old
    assert row(signed).ended_at is None


def test_a_deactivated_user_is_signed_out_for_good(ada: Any) -> None:
    """Also once they are active again; a change of the database by hand is noticed at the refresh."""
    signed, by_hand = services.begin(ada), person("bob@example.com")
    ada.is_active = False
    ada.save()
    other = services.begin(by_hand)
    get_user_model().objects.filter(pk=by_hand.pk).update(is_active=False)

    with pytest.raises(SessionOver):
        services.refresh(other.refresh_token)

    assert (row(signed).end_reason, row(other).end_reason) == ("inactive", "inactive")


def test_a_deleted_user_has_no_sessions(ada: Any) -> None:
    """The token opens nothing, and fails nowhere."""
    signed = services.begin(ada)
    ada.delete()

    with pytest.raises(SessionOver):
        services.refresh(signed.refresh_token)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("reason", "end"), [("password", "credentials"), ("email", "credentials"), ("closed", "inactive")]
)
def test_changed_credentials_end_all_sessions(ada: Any, reason: str, end: str) -> None:
    """In the transaction that changes them; it stands or falls with it."""
    signed = services.begin(ada)

    with transaction.atomic():
        publish(CredentialsChanged(user_id=ada.pk, reason=reason))
        transaction.set_rollback(True)
    assert row(signed).ended_at is None
    with transaction.atomic():
        publish(CredentialsChanged(user_id=ada.pk, reason=reason))

    assert row(signed).end_reason == end


def test_saving_a_user_costs_nothing_more(ada: Any, django_assert_num_queries: Any) -> None:
    """As Django does at each sign-in."""
    with django_assert_num_queries(1):
        ada.save(update_fields=["last_login"])


def test_sessions_are_forgotten_a_month_after_their_end(ada: Any) -> None:
    """In the job."""
    signed = services.begin(ada)

    with clock.at(signed.session.expires_at + timedelta(days=29)):
        assert forget_old_access() == 0
    with clock.at(signed.session.expires_at + timedelta(days=31)):
        assert forget_old_access() == 1


def test_a_refresh_token_is_no_token_of_djangos(ada: Any) -> None:
    """A control of what is compared: a link to a new password doesn't refresh."""
    token = default_token_generator.make_token(ada)

    with pytest.raises(SessionOver):
        services.refresh(token)
    assert EmailIdentity.objects.count() == 1
