"""Signing in by token: what opens the API, for how long, and what doesn't."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import jwt
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken as SimpleAccessToken

from tests.accounts.conftest import PASSWORD, person
from tradepost.accounts import services
from tradepost.accounts.models import Session
from tradepost.api.callers import access_tokens
from tradepost.api.callers.access_tokens import new_access_token
from tradepost.api.callers.authentication import BearerAuthentication, SessionAuthentication, authenticators
from tradepost.catalogue.models import Variant
from tradepost.customers.services import customer_for
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/auth/"
CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}


@pytest.fixture
def ada() -> Any:
    """A customer with a verified address."""
    return person()


def post(path: str, data: Any = None, *, by: Client | None = None, **headers: str) -> Any:
    """POST JSON below ``auth/``."""
    return (by or Client()).post(
        AUTH + path, {} if data is None else data, content_type="application/json", headers=headers
    )


def get(path: str, token: str, *, scheme: str = "Bearer") -> Any:
    """GET with an access token."""
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"{scheme} {token}"})


def access(user: Any) -> str:
    """An access token of a new session."""
    return new_access_token(services.begin(user).session)


def signed(claims: dict[str, Any], *, algorithm: str = "HS256", key: str | None = None) -> str:
    """A token with these claims over those of a right one; ``None`` leaves a claim out."""
    now = int(timezone.now().timestamp())
    right = {
        "token_type": "access",
        "exp": now + 60,
        "iat": now,
        "jti": "x",
        "aud": "tradepost-api",
        "iss": "http://127.0.0.1:8000",
        "sid": str(uuid4()),
        "sub": "x",
    }
    whole = {name: value for name, value in {**right, **claims}.items() if value is not None}
    secret = "" if algorithm == "none" else key or access_tokens._keys()[0]
    return jwt.encode(whole, secret, algorithm=algorithm)


def test_a_sign_in_gives_two_tokens(ada: Any) -> None:
    """The access token opens what is the caller's own; the answer is kept nowhere."""
    customer = customer_for(ada)
    answer = post("token/", CREDENTIALS)

    assert answer.status_code == 200
    data = answer.json()
    session = Session.objects.get()
    assert data.keys() == {"access_token", "expires_in", "refresh_token", "session"}
    assert (data["expires_in"], data["session"]) == (600, str(session.uuid))
    assert data["refresh_token"].startswith(f"{session.uuid}.")
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies == {}
    claims = jwt.decode(data["access_token"], options={"verify_signature": False})
    assert claims.keys() == {"token_type", "exp", "iat", "jti", "sub", "sid", "aud", "iss"}
    assert (claims["sub"], claims["sid"]) == (str(customer.uuid), str(session.uuid))
    assert (claims["aud"], claims["iss"]) == ("tradepost-api", "http://127.0.0.1:8000")
    assert get("auth/me/", data["access_token"]).json()["uuid"] == str(customer.uuid)


def test_a_user_who_never_bought_is_named_without_a_primary_key(ada: Any) -> None:
    """By what is the same each time."""
    subjects = {jwt.decode(access(ada), options={"verify_signature": False})["sub"] for _ in range(2)}

    assert [len(subject) for subject in subjects] == [64]


def test_a_wrong_sign_in_is_401(ada: Any) -> None:
    """In our format, the same for whatever is wrong; not a 400 that tells more."""
    inactive = person("bob@example.com", is_active=False)
    answers = [
        post("token/", {**CREDENTIALS, "password": "wrong"}),
        post("token/", {**CREDENTIALS, "email": "nobody@example.com"}),
        post("token/", {**CREDENTIALS, "email": inactive.email}),
        post("token/", {**CREDENTIALS, "email": "ｘ@ＧＭＡＩＬ.com"}),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json() == {
        "type": "authentication_error",
        "errors": [{"code": "sign_in_refused", "detail": "The e-mail address or the password is wrong.", "attr": None}],
    }
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@example.com"},
        {**CREDENTIALS, "email": ["a"]},
        {**CREDENTIALS, "password": {"a": 1}},
        {**CREDENTIALS, "email": "a\x00@example.com"},
        {**CREDENTIALS, "email": "x" * 300},
        {**CREDENTIALS, "password": "x" * 5000},
        {**CREDENTIALS, "basket": "no uuid"},
        {**CREDENTIALS, "cookie": "perhaps"},
        [],
        "x",
    ],
)
def test_nonsense_is_400(ada: Any, body: Any) -> None:
    """And begins no session."""
    assert post("token/", body).status_code == 400
    assert not Session.objects.exists()


def test_guesses_wait_longer_each_time(ada: Any) -> None:
    """The right password doesn't help who guesses, until the wait is over; from another network it does."""
    wrong = {**CREDENTIALS, "password": "wrong"}
    with time_machine.travel(timezone.now(), tick=False):
        answers = [post("token/", wrong).status_code for _ in range(5)]
        refused = post("token/", CREDENTIALS)
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        assert post("token/", CREDENTIALS, by=elsewhere).status_code == 200

    assert answers == [401] * 5
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert refused.json()["errors"][0]["code"] == "throttled"
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert post("token/", CREDENTIALS).status_code == 200


def test_a_refresh_gives_new_tokens(ada: Any) -> None:
    """Once; the token before is superseded, then stolen."""
    first = post("token/", CREDENTIALS).json()
    second = post("token/refresh/", {"refresh_token": first["refresh_token"]})
    late = post("token/refresh/", {"refresh_token": first["refresh_token"]})

    assert second.status_code == 200
    assert second.json()["session"] == first["session"]
    assert get("auth/me/", second.json()["access_token"]).status_code == 200
    assert late.status_code == 409
    assert late.json()["errors"][0]["code"] == "refresh_superseded"
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        stolen = post("token/refresh/", {"refresh_token": first["refresh_token"]})
        dead = post("token/refresh/", {"refresh_token": second.json()["refresh_token"]})
    assert {(a.status_code, a.json()["errors"][0]["code"]) for a in (stolen, dead)} == {(401, "session_over")}
    assert get("auth/me/", second.json()["access_token"]).status_code == 401


def test_a_refresh_costs_two_queries(ada: Any) -> None:
    """With the customer whom the token names; however many sessions there are."""
    customer_for(ada)
    tokens = [services.begin(ada).refresh_token for _ in range(50)]

    with count_queries() as queries:
        assert post("token/refresh/", {"refresh_token": tokens[0]}).status_code == 200

    assert len(queries) == 2


def test_an_old_access_token_doesnt_keep_from_refreshing(ada: Any) -> None:
    """Clients send the header with every call."""
    token = services.begin(ada).refresh_token

    answer = post("token/refresh/", {"refresh_token": token}, Authorization="Bearer x")

    assert answer.status_code == 200


@pytest.mark.parametrize("body", [{}, {"refresh_token": ""}, {"refresh_token": "x"}, {"refresh_token": "é" * 80}])
def test_a_refresh_without_a_token_is_401(ada: Any, body: Any) -> None:
    """Also with nothing at all."""
    assert post("token/refresh/", body).status_code == 401


def test_a_session_is_refreshed_as_often_as_allowed(ada: Any, settings: Any) -> None:
    """Each by itself: two devices behind one address have a count each."""
    settings.TRADEPOST_LIMITS = {"REFRESH": "2/hour"}
    tokens = [services.begin(ada).refresh_token for _ in range(2)]
    statuses = []
    for _ in range(3):
        for index, token in enumerate(tokens):
            answer = post("token/refresh/", {"refresh_token": token})
            statuses.append(answer.status_code)
            tokens[index] = answer.json().get("refresh_token", token)

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert Session.objects.filter(ended_at=None).count() == 2


def test_nonsense_is_refreshed_as_often_as_guesses(settings: Any) -> None:
    """By address, whatever session it names."""
    settings.TRADEPOST_LIMITS = {"GUESS": "2/hour"}

    answers = [post("token/refresh/", {"refresh_token": f"{uuid4()}.{'a' * 43}"}).status_code for _ in range(3)]

    assert answers == [401, 401, 429]


def test_signing_out(ada: Any) -> None:
    """204, also for a token that opens nothing; afterwards neither token opens anything."""
    data = post("token/", CREDENTIALS).json()

    answers = [post("token/revoke/", {"refresh_token": t}) for t in (data["refresh_token"], "x", "")]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 3
    assert post("token/refresh/", {"refresh_token": data["refresh_token"]}).status_code == 401
    assert get("auth/me/", data["access_token"]).status_code == 401
    assert Session.objects.get().end_reason == "signed_out"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(ada: Any, scheme: str) -> None:
    """As HTTP has it."""
    assert get("auth/me/", access(ada), scheme=scheme).status_code == 200


def confused() -> dict[str, Any]:
    """Tokens that aren't ours, by what is wrong; each would open something if that were right."""
    head = base64.urlsafe_b64encode(b"[" * 1400).decode()
    return {
        "none": lambda s: signed({"sid": s}, algorithm="none"),
        "HS512": lambda s: signed({"sid": s}, algorithm="HS512"),
        "another key": lambda s: signed({"sid": s}, key="x" * 64),
        "the secret itself": lambda s: signed({"sid": s}, key="only-for-tests-and-long-enough-to-sign-tokens"),
        "wrong audience": lambda s: signed({"sid": s, "aud": "other"}),
        "no audience": lambda s: signed({"sid": s, "aud": None}),
        "wrong issuer": lambda s: signed({"sid": s, "iss": "https://other.example"}),
        "no issuer": lambda s: signed({"sid": s, "iss": None}),
        "no end": lambda s: signed({"sid": s, "exp": None}),
        "a text for its end": lambda s: signed({"sid": s, "exp": "soon"}),
        "ended": lambda s: signed({"sid": s, "exp": 1}),
        "not yet": lambda s: signed({"sid": s, "nbf": 4102444800}),
        "another type": lambda s: signed({"sid": s, "token_type": "refresh"}),
        "no id": lambda s: signed({"sid": s, "jti": None}),
        "no session": lambda s: signed({"sid": None}),
        "a number for a session": lambda s: signed({"sid": 1}),
        "a list for a session": lambda s: signed({"sid": [s]}),
        "a number for the user": lambda s: signed({"sid": s, "sub": 1}),
        "a list for the user": lambda s: signed({"sid": s, "sub": [s]}),
        "no user": lambda s: signed({"sid": s, "sub": None}),
        "NUL in the session": lambda s: signed({"sid": f"{s}\x00"}),
        "a session that never was": lambda s: signed({"sid": str(uuid4())}),
        "a changed claim": lambda s: _changed(signed({"sid": str(uuid4())}), s),
        "simplejwt's own": lambda s: str(SimpleAccessToken()),
        "nothing": lambda s: "",
        "no token": lambda s: "a.b.c",
        "nested without end": lambda s: f"{head}.e30.x",
        "a long one": lambda s: "a" * 5000,
        "not ASCII": lambda s: "é.é.é",
        "the refresh token": lambda s: f"{s}.{'a' * 43}",
    }


def _changed(token: str, sid: str) -> str:
    head, _body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    body = base64.urlsafe_b64encode(json.dumps({**claims, "sid": sid}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


@pytest.mark.parametrize("kind", confused())
def test_no_other_token_is_taken_for_ours(ada: Any, kind: str, mug: Variant) -> None:
    """401 in our format, never 500; also where nobody has to be signed in, and where the address is nonsense."""
    sid = str(services.begin(ada).session.uuid)
    token = confused()[kind](sid)

    answer = get("auth/me/", token)

    assert (answer.status_code, answer.json()["type"]) == (401, "authentication_error")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert get("products/", token).status_code == 401
    assert get("products/a%00b/", token).status_code in (401, 404)


def test_the_right_one_opens(ada: Any) -> None:
    """A control of the test above."""
    sid = str(services.begin(ada).session.uuid)

    assert get("auth/me/", signed({"sid": sid})).status_code == 200


def test_an_access_token_ends_after_ten_minutes(ada: Any) -> None:
    """And some seconds, for clocks that differ."""
    token = access(ada)

    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=3)):
        assert get("auth/me/", token).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=7)):
        assert get("auth/me/", token).status_code == 401


def test_the_key_is_turned_without_signing_anybody_out(ada: Any, settings: Any) -> None:
    """By Django's fallbacks, and by our own keys."""
    old = settings.SECRET_KEY
    token = access(ada)
    settings.SECRET_KEY = "another-secret-that-is-long-enough-too-0123456789"
    assert get("auth/me/", token).status_code == 401
    settings.SECRET_KEY_FALLBACKS = [old]
    assert get("auth/me/", token).status_code == 200
    assert get("auth/me/", access(ada)).status_code == 200

    settings.TRADEPOST_API = {"TOKEN_KEYS": ("a" * 32,)}
    own = access(ada)
    assert get("auth/me/", token).status_code == 401
    settings.TRADEPOST_API = {"TOKEN_KEYS": ("b" * 32, "a" * 32)}
    assert get("auth/me/", own).status_code == 200
    jwt.decode(access(ada), "b" * 32, algorithms=["HS256"], audience="tradepost-api")


def test_whose_session_or_account_has_ended_is_401(ada: Any) -> None:
    """From the next call on; also where the user was deleted, whatever their key is."""
    ended, inactive, deleted = (services.begin(u) for u in (ada, person("b@example.com"), person("c@example.com")))
    services.end(ended.session, Session.End.SIGNED_OUT)
    get_user_model().objects.filter(pk=inactive.session.user_id).update(is_active=False)
    tokens = [new_access_token(s.session) for s in (ended, inactive, deleted)]
    get_user_model().objects.get(pk=deleted.session.user_id).delete()

    answers = [get("auth/me/", token) for token in tokens]

    assert [(a.status_code, a.json()["errors"][0]["code"]) for a in answers] == [(401, "token_invalid")] * 3


def test_the_user_is_looked_up_once_and_only_where_wanted(ada: Any, mug: Variant) -> None:
    """No query for what is public, one for what is somebody's own."""
    token = access(ada)
    customer_for(ada)
    for path, more in (("categories/", 0), ("collections/", 0), ("auth/sessions/", 2)):
        Client().get(f"/api/v1/{path}")  # what is kept is kept by now
        with count_queries() as plain:
            Client().get(f"/api/v1/{path}")
        with count_queries() as with_token:
            assert get(path, token).status_code == 200
        assert len(with_token) - len(plain) == more, path


def test_what_is_shown_to_a_token_is_kept_by_nobody_else(ada: Any, mug: Variant) -> None:
    """Who is signed in may see other prices."""
    assert get("categories/", access(ada))["Cache-Control"] == "private, no-cache"


def test_the_guests_basket_comes_along(ada: Any, mug: Variant) -> None:
    """By its UUID, in the call that signs in."""
    basket = Client().post("/api/v1/baskets/", {}, content_type="application/json").json()["uuid"]
    line = {"variant": "MUG", "quantity": 2}
    Client().post(f"/api/v1/baskets/{basket}/lines/", line, content_type="application/json")

    token = post("token/", {**CREDENTIALS, "basket": basket}).json()["access_token"]

    assert [row["quantity"] for row in get("basket/", token).json()["lines"]] == [2]


@pytest.mark.parametrize("error", [RuntimeError, ValueError])
def test_a_sign_in_never_fails_over_a_basket(ada: Any, monkeypatch: pytest.MonkeyPatch, error: Any) -> None:
    """Whatever goes wrong with it; one that isn't there is passed over."""

    def fails(*args: Any) -> Any:
        raise error

    assert post("token/", {**CREDENTIALS, "basket": str(uuid4())}).status_code == 200
    monkeypatch.setattr(import_module("tradepost.basket.services.merge"), "sign_in", fails)
    assert post("token/", {**CREDENTIALS, "basket": str(uuid4())}).status_code == 200


def test_devices_are_listed_and_ended(ada: Any) -> None:
    """One's own; the one that asks is marked, and goes on when the others are ended."""
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
    mine = post("token/", CREDENTIALS, **{"User-Agent": agent}).json()
    others = [services.begin(ada, user_agent="curl/8") for _ in range(3)]
    bobs = services.begin(person("bob@example.com"))
    client = Client(headers={"Authorization": f"Bearer {mine['access_token']}"})

    listed = client.get(f"{AUTH}sessions/").json()
    assert [row["label"] for row in listed] == ["curl/8"] * 3 + ["Safari, iPhone"]
    assert listed[3].keys() == {
        "uuid",
        "label",
        "address",
        "created_at",
        "last_used_at",
        "expires_at",
        "is_current",
    }
    assert [row["is_current"] for row in listed] == [False] * 3 + [True]
    assert (listed[3]["uuid"], listed[3]["address"]) == (mine["session"], "127.0.0.1")

    for uuid, status in ((others[0].session.uuid, 204), (others[0].session.uuid, 404), (bobs.session.uuid, 404)):
        assert client.delete(f"{AUTH}sessions/{uuid}/").status_code == status
    assert client.post(f"{AUTH}sessions/end-others/").status_code == 204
    assert [row["uuid"] for row in client.get(f"{AUTH}sessions/").json()] == [mine["session"]]
    bobs.session.refresh_from_db()
    assert bobs.session.ended_at is None
    assert client.delete(f"{AUTH}sessions/{mine['session']}/").status_code == 204
    assert client.get(f"{AUTH}sessions/").status_code == 401


def test_devices_are_nobody_elses(ada: Any) -> None:
    """A guest has none."""
    session = services.begin(ada).session

    assert Client().get(f"{AUTH}sessions/").status_code == 401
    assert Client().delete(f"{AUTH}sessions/{session.uuid}/").status_code == 401
    assert Client().post(f"{AUTH}sessions/end-others/").status_code == 401
    assert Client().get(f"{AUTH}sessions/nonsense/").status_code == 404


def test_a_list_of_fifty_devices_costs_as_many_queries_as_of_one(ada: Any) -> None:
    """Session and user, and the rows."""
    token = access(ada)
    with count_queries() as entry:
        get("auth/sessions/", token)
    for _ in range(50):
        services.begin(ada)
    with count_queries() as fifty:
        assert len(get("auth/sessions/", token).json()) == 51

    assert (len(entry), len(fifty)) == (2, 2)


def test_an_idempotency_key_keeps_no_token(ada: Any) -> None:
    """The same key again signs in again."""
    first, second = (post("token/", CREDENTIALS, **{"Idempotency-Key": "a"}).json() for _ in range(2))

    assert first["session"] != second["session"]


class ForAnotherApp(BearerAuthentication):
    """It needs an app that this project hasn't installed."""

    needs = "tradepost_absent"


def test_without_its_app_a_way_to_come_in_is_left_out(settings: Any) -> None:
    """So the API works without accounts, too."""
    here = [f"{cls.__module__}.{cls.__qualname__}" for cls in (ForAnotherApp, SessionAuthentication)]
    settings.TRADEPOST_API = {"AUTHENTICATION": tuple(here)}

    assert [type(each) for each in authenticators()] == [SessionAuthentication]
