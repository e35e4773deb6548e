"""Exposed fields in GraphQL, for who may read them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.sidecars]


def ask(client: Client, document: str) -> Any:
    """The whole answer."""
    answer = client.post("/graphql/", {"query": document}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_fields_of_plugins_are_in_the_schema(client: Client, novel: Any, riesling: Any) -> None:
    """Without a word more than ``expose``; null where there is none of them, and filtered by where that is said."""
    text = '{ products(ordering: "name") { nodes { slug extra { wineVintage wineRegion } } } }'
    narrowed = '{ products(extra: [{name: "wine_vintage", value: "2021"}]) { nodes { slug } } }'

    assert ask(client, text)["data"]["products"]["nodes"] == [
        {"slug": "buddenbrooks", "extra": {"wineVintage": None, "wineRegion": None}},
        {"slug": "riesling", "extra": {"wineVintage": 2021, "wineRegion": "Rheingau"}},
    ]
    assert ask(client, narrowed)["data"]["products"]["nodes"] == [{"slug": "riesling"}]


def test_who_may_not_read_one_is_given_null(client: Client, clerk: Client, novel: Any) -> None:
    """As in the API, where it is absent."""
    text = '{ product(slug: "buddenbrooks") { extra { bookAuthor bookShelf } } }'

    assert ask(client, text)["data"]["product"]["extra"] == {"bookAuthor": "Thomas Mann", "bookShelf": None}
    assert ask(clerk, text)["data"]["product"]["extra"] == {"bookAuthor": "Thomas Mann", "bookShelf": "A 12"}
