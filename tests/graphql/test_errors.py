"""Refusals have the API's codes and facts, and failures of ours say nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant

from .conftest import Ask

pytestmark = pytest.mark.django_db

NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_a_refusal_has_the_code_and_the_facts(ask: Ask, mug: Variant) -> None:
    """As the API's answer has them; the field is null, and others are answered."""
    body = ask(
        '{ product(slug: "nothing") { name } currencies { code } }',
        whole=True,
    )

    (error,) = body["errors"]
    assert body["data"] == {"product": None, "currencies": [{"code": "EUR"}]}
    assert error["path"] == ["product"]
    assert error["message"] == "There is no such product."
    assert error["extensions"] == {
        "code": "not_found",
        "type": "not_found",
        "status": 404,
        "errors": [{"code": "not_found", "detail": "There is no such product.", "attr": None}],
        "context": {"slug": "nothing"},
    }


def test_a_wrong_value_is_named(ask: Ask, mug: Variant) -> None:
    """By the field of the input, in the API's writing."""
    basket = ask("mutation { createBasket(input: {}) { uuid } }")["createBasket"]["uuid"]
    text = 'mutation ($b: UUID) { addLine(basket: $b, input: {variant: "NONE", quantity: 1}) { uuid } }'

    (error,) = ask(text, whole=True, b=basket)["errors"]

    assert error["extensions"]["status"] == 400
    assert error["extensions"]["errors"][0]["attr"] == "variant"


def test_a_failure_of_ours_is_masked(client: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    """It is logged and signalled, and its text is nobody's business."""
    from tradepost.api.views.shop import CurrencyViewSet

    def fail(view: Any, request: Any) -> Any:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(CurrencyViewSet, "list", fail)
    client.raise_request_exception = False
    body = client.post("/graphql/", {"query": "{ currencies { code } }"}, content_type="application/json").json()

    assert body["errors"][0]["message"] == "Something went wrong here."
    assert body["errors"][0]["extensions"]["code"] == "error"
    assert "swordfish" not in str(body)
    assert "swordfish" in caplog.text


WRONG = {
    "no JSON": ("{", "application/json", 400),
    "a list of documents": ('[{"query": "{ currencies { code } }"}]', "application/json", 400),
    "a number": ("1", "application/json", 400),
    "no document": ("{}", "application/json", 400),
    "a document that is no text": ('{"query": 1}', "application/json", 400),
    "variables that are none": ('{"query": "{ currencies { code } }", "variables": []}', "application/json", 400),
    "a name that is none": ('{"query": "{ currencies { code } }", "operationName": "x"}', "application/json", 400),
    "half a document": ('{"query": "{ currencies {"}', "application/json", 400),
    "an unknown field": ('{"query": "{ nothing }"}', "application/json", 400),
    "NUL in a document": ('{"query": "{ currencies { code } } \\u0000"}', "application/json", 400),
    "NUL in a value": ('{"query": "{ product(slug: \\"a\\\\u0000\\") { name } }"}', "application/json", 200),
    "a form": ("query=x", "application/x-www-form-urlencoded", 415),
    "plain text": ("{ currencies { code } }", "text/plain", 415),
    "too large": (f'{{"query": "{"x" * 300_000}"}}', "application/json", 413),
}


@pytest.mark.parametrize("what", sorted(WRONG))
def test_bad_input_is_refused_in_one_form(client: Client, what: str) -> None:
    """Never as a failure."""
    body, content_type, status = WRONG[what]

    answer = client.generic("POST", "/graphql/", body.encode(), content_type)

    assert answer.status_code == status, answer.content
    (error,) = answer.json()["errors"]
    assert {"code", "type", "status", "errors"} <= error["extensions"].keys()


NONSENSE: dict[str, Any] = {
    "products": "first: 0",
    "products ": 'after: "nonsense"',
    "products  ": "first: 1, last: 1",
    "products   ": "first: -5",
    "products    ": 'priceMin: "1e999"',
    "products     ": 'currency: "XXX"',
    "products      ": 'ordering: "; DROP TABLE"',
    "products       ": 'attributes: [{code: "\'; --", values: ["%s"]}]',
    "products        ": 'attributes: [{code: "", values: []}]',
    "products         ": 'slug: "\\u0000"',
    "category": 'slug: "../../x"',
    "product": 'slug: "a/b?c=d#e"',
    "order": 'number: "\'; DROP TABLE", token: "\\n\\r"',
    "order ": 'number: "..", token: "é"',
    "basket": f'basket: "{NOWHERE}"',
    "payment": f'uuid: "{NOWHERE}"',
    "pickupPoints": 'method: "x", country: "\\u0000"',
    "addressForm": 'country: "/"',
}
FIELDS = {"products": "nodes { slug }", "category": "slug", "product": "slug", "order": "number", "basket": "uuid"}


@pytest.mark.parametrize("name", sorted(NONSENSE))
def test_nonsense_in_arguments_is_refused_or_finds_nothing(ask: Ask, mug: Variant, name: str) -> None:
    """Whatever is written there goes to the API as data."""
    field = name.strip()
    text = f"{{ {field}({NONSENSE[name]}) {{ {FIELDS.get(field, '__typename')} }} }}"

    body = ask(text, whole=True)

    statuses = [error["extensions"]["status"] for error in body.get("errors", [])]
    assert all(status < 500 for status in statuses), body
    if not statuses:
        assert body["data"][field]["nodes"] in ([], [{"slug": "mug"}])
