"""Limits of documents: refused before anything is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.catalogue.models import Variant

from .conftest import Ask

pytestmark = pytest.mark.django_db

CATEGORY = "{ categories { name productCards(first: %s) { name categories { name productCards { name } } } } }"


def fragments(number: int) -> str:
    """A document whose fragments each spread the next one twice."""
    parts = [f"fragment f{n} on ProductCard {{ ...f{n + 1} ...f{n + 1} }}" for n in range(number)]
    return " ".join(["{ products { nodes { ...f0 } } }", *parts, f"fragment f{number} on ProductCard {{ name }}"])


DOCUMENTS = {
    "too_many_tokens": "{ products { nodes { " + "name " * 3000 + "} } }",
    "too_many_aliases": "{ products { nodes { " + " ".join(f"a{n}: name" for n in range(40)) + " } } }",
    "too_many_calls": "{ " + " ".join(f"a{n}: currencies {{ code }}" for n in range(25)) + " }",
    "too_expensive": CATEGORY % 100,
    "too_many_fields": fragments(20),
}


@pytest.mark.parametrize("code", sorted(DOCUMENTS))
def test_a_document_that_asks_for_too_much_is_refused(
    client: Client, code: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """With what it asks for and the limit, and without a query."""
    with django_assert_num_queries(0):
        answer = client.post("/graphql/", {"query": DOCUMENTS[code]}, content_type="application/json")

    (error,) = answer.json()["errors"]
    context = error["extensions"]["context"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, code)
    assert context["asked"] > context["limit"]
    assert "data" not in answer.json()


def test_depth_is_counted_through_fragments(client: Client, settings: Any) -> None:
    """And brackets before anything is parsed."""
    settings.TRADEPOST_GRAPHQL = {"MAX_DEPTH": 4}
    deep = "{ categories { ...a } } fragment a on Category { children { children { children { name } } } }"
    brackets = "{ a" * 100 + "}" * 100

    codes = [
        client.post("/graphql/", {"query": text}, content_type="application/json").json()["errors"][0]["extensions"]
        for text in (deep, brackets)
    ]

    assert [entry["code"] for entry in codes] == ["too_deep", "too_deep"]


def test_a_list_costs_by_what_is_asked_of_it(client: Client, settings: Any, mug: Variant) -> None:
    """By the number in a variable as well, and by the usual one where none is given."""
    settings.TRADEPOST_GRAPHQL = {"MAX_COST": 200}
    text = "query ($n: Int) { products(first: $n) { nodes { name slug } } }"

    def status(**variables: Any) -> int:
        body = {"query": text, "variables": variables}
        return client.post("/graphql/", body, content_type="application/json").status_code

    assert [status(n=10), status(n=90), status(), status(n=None)] == [200, 400, 200, 200]


def test_the_introspection_of_clients_passes(ask: Ask, settings: Any) -> None:
    """Where it is on; else it is refused, as it is unless DEBUG or the setting say so."""
    from graphql import get_introspection_query

    refused = ask(get_introspection_query(), whole=True)
    settings.TRADEPOST_GRAPHQL = {"INTROSPECTION": True}
    schema = ask(get_introspection_query())["__schema"]

    assert refused["errors"][0]["extensions"]["code"] == "invalid_document"
    assert "Query" in {kind["name"] for kind in schema["types"]}


def test_a_fragment_that_spreads_itself_is_refused(client: Client) -> None:
    """And nothing goes round for ever."""
    text = "{ products { nodes { ...a } } } fragment a on ProductCard { ...b } fragment b on ProductCard { ...a }"

    answer = client.post("/graphql/", {"query": text}, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "invalid_document"
