"""Calls of the API and their fields obey the same: tokens, sessions with CSRF, throttles, keys, versions."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.api.models import IdempotencyRecord
from tradepost.basket.models import BasketLine
from tradepost.catalogue.models import Variant
from tradepost.testing import factories

from .conftest import Ask

pytestmark = pytest.mark.django_db

ADD = """
mutation ($basket: UUID, $key: String) {
  addLine(basket: $basket, idempotencyKey: $key, input: {variant: "MUG", quantity: 1}) { lines { quantity } }
}
"""
ME = "{ me { email } }"


def code_of(body: Any) -> str:
    """The code of the only refusal."""
    (error,) = body["errors"]
    return str(error["extensions"]["code"])


@pytest.fixture
def basket(ask: Ask, mug: Variant) -> str:
    """The UUID of a guest's basket."""
    return str(ask("mutation { createBasket(input: {}) { uuid } }")["createBasket"]["uuid"])


def test_a_session_needs_the_csrf_token_and_a_bearer_none(mug: Variant) -> None:
    """As in the API: by POST whatever the document does, by GET not."""
    user = get_user_model().objects.create_user("ada", "ada@example.com", "secret")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    token = client.get("/api/v1/auth/csrf/").json()["csrf_token"]

    def post(**headers: str) -> Any:
        return client.post("/graphql/", {"query": ME}, content_type="application/json", headers=headers).json()

    assert code_of(post()) == "permission_denied"
    assert post(**{"X-CSRFToken": token})["data"]["me"]["email"] == "ada@example.com"
    assert client.get("/graphql/", {"query": ME}).json()["data"]["me"]["email"] == "ada@example.com"


def test_signs_in_refreshes_and_signs_out(ask: Ask, client: Client) -> None:
    """By tokens, in the words of the API."""
    get_user_model().objects.create_user("ada", "ada@example.com", "secret")
    tokens = ask('mutation { signIn(input: {email: "ada", password: "secret"}) { accessToken refreshToken } }')[
        "signIn"
    ]

    def as_bearer(document: str, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/graphql/", {"query": document}, content_type="application/json", headers=headers).json()

    renewed = ask(
        "mutation ($t: String) { refresh(input: {refreshToken: $t}) { accessToken refreshToken } }",
        t=tokens["refreshToken"],
    )["refresh"]
    mine = as_bearer("{ me { email } sessions { isCurrent } }", renewed["accessToken"])
    ended = ask("mutation ($t: String) { signOut(input: {refreshToken: $t}) }", t=renewed["refreshToken"])

    assert mine["data"] == {"me": {"email": "ada@example.com"}, "sessions": [{"isCurrent": True}]}
    assert ended == {"signOut": True}
    assert code_of(as_bearer(ME, renewed["accessToken"])) == "token_invalid"
    assert code_of(as_bearer(ME, "nonsense")) == "token_invalid"


def test_who_has_a_token_that_opens_nothing_may_still_refresh(ask: Ask, client: Client) -> None:
    """Signing in doesn't look at what else came with it."""
    get_user_model().objects.create_user("ada", "ada@example.com", "secret")
    text = 'mutation { signIn(input: {email: "ada", password: "secret"}) { expiresIn } }'

    answer = client.post(
        "/graphql/", {"query": text}, content_type="application/json", headers={"Authorization": "Bearer gone"}
    )

    assert answer.json()["data"]["signIn"]["expiresIn"] == 600


def test_an_alias_is_a_call_for_throttles(ask: Ask, settings: Any) -> None:
    """Guessing tokens in one document is no faster than by calls."""
    settings.TRADEPOST_API = {"THROTTLE": {"guess": "3/min"}}
    order = factories.order()
    guesses = " ".join(f'a{n}: order(number: "{order.number}", token: "{n}") {{ number }}' for n in range(5))

    body = ask(f"{{ {guesses} }}", whole=True)

    statuses = [error["extensions"]["status"] for error in body["errors"]]
    assert statuses == [404, 404, 404, 429, 429]
    assert body["errors"][3]["extensions"]["code"] == "throttled"
    assert body["errors"][3]["extensions"]["context"]["retry_after"] > 0


def test_a_document_counts_for_the_throttle_of_all_calls(client: Client, settings: Any) -> None:
    """Also one that is refused; the answer says when to come again."""
    settings.TRADEPOST_API = {"THROTTLE": {"any": "2/min"}}

    answers = [client.post("/graphql/", {"query": "{"}, content_type="application/json") for _n in range(3)]

    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_the_same_key_adds_once(ask: Ask, basket: str) -> None:
    """By the argument, for each field of a document; another input under it is refused."""
    first = ask(ADD, basket=basket, key="one")
    again = ask(ADD, basket=basket, key="one")
    other = ask(ADD.replace("quantity: 1", "quantity: 2"), whole=True, basket=basket, key="one")

    assert first == again
    assert code_of(other) == "idempotency_key_reused"
    assert BasketLine.objects.get().quantity == 1
    assert IdempotencyRecord.objects.get().path == f"/api/v1/baskets/{basket}/lines/"


def test_a_key_is_that_of_the_api(ask: Ask, client: Client, basket: str) -> None:
    """A change that was made there under a key isn't made again here."""
    path, body = f"/api/v1/baskets/{basket}/lines/", {"variant": "MUG", "quantity": 1}
    client.post(path, body, content_type="application/json", headers={"Idempotency-Key": "one"})

    ask(ADD, basket=basket, key="one")

    assert BasketLine.objects.get().quantity == 1


def test_the_header_is_the_key_of_an_only_change(ask: Ask, basket: str) -> None:
    """Of several it could be any."""
    ask(ADD, basket=basket, header="one")
    ask(ADD, basket=basket, header="one")
    text = "mutation ($b: UUID) { a: removeCoupons(basket: $b) { uuid } b: removeCoupons(basket: $b) { uuid } }"
    several = ask(text, whole=True, b=basket, header="two")

    assert BasketLine.objects.get().quantity == 1
    assert {error["extensions"]["code"] for error in several["errors"]} == {"idempotency_key_ambiguous"}


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\nb"])
def test_a_key_that_is_none_is_refused(ask: Ask, basket: str, key: str) -> None:
    """As in the API."""
    assert code_of(ask(ADD, whole=True, basket=basket, key=key)) == "idempotency_key_invalid"
    assert not BasketLine.objects.exists()


def test_changes_are_made_by_post_alone(client: Client, mug: Variant) -> None:
    """A link that somebody is sent changes nothing."""
    answer = client.get("/graphql/", {"query": "mutation { createBasket(input: {}) { uuid } }"})

    assert (answer.status_code, code_of(answer.json())) == (405, "method_not_allowed")


def test_a_version_that_was_overtaken_is_refused(ask: Ask, mug: Variant) -> None:
    """By the argument that stands for ``If-Match``."""
    boss = Client()
    boss.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "secret"))
    order = factories.order()
    text = """
      mutation ($n: String!, $v: Int) { staffHoldOrder(number: $n, version: $v, input: {code: "fraud"}) { hold } }
    """

    late = ask(text, by=boss, whole=True, n=order.number, v=order.version + 1)
    held = ask(text, by=boss, n=order.number, v=order.version)

    assert code_of(late) == "version_changed"
    assert held["staffHoldOrder"]["hold"] == "fraud"


def test_staff_work_on_an_order(ask: Ask, shop: Variant) -> None:
    """The list, one of them, a transition, a note and a credit, as their permissions say."""
    boss = Client()
    boss.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "secret"))
    order = factories.order(factories.line_row("10.00"))
    text = """
      mutation ($n: String!) {
        note: staffAddNote(number: $n, input: {text: "Called."}) { history { kind } }
        confirmed: staffMakeTransition(number: $n, input: {name: "confirm", override: true, reason: "By phone."}) { status }
        credit: staffGiveCredit(number: $n, input: {
          amount: {amount: "1.00", currency: "EUR"}, reason: GOODWILL
        }) { credits { total { amount } } }
      }
    """

    listed = ask("{ staffOrders { nodes { number total { amount } } totalCount } }", by=boss)["staffOrders"]
    done = ask(text, by=boss, n=order.number)
    refused = ask(text, n=order.number, whole=True)

    assert listed == {"nodes": [{"number": order.number, "total": {"amount": "10.00"}}], "totalCount": 1}
    assert done["confirmed"] == {"status": "CONFIRMED"}
    assert done["credit"]["credits"] == [{"total": {"amount": "1.00"}}]
    assert {error["extensions"]["status"] for error in refused["errors"]} == {401}
