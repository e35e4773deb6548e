"""Documents that are known by their hash."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tradepost.graphql.checks import check_graphql

KNOWN = "{ currencies { code } }"
HASH = sha256(KNOWN.encode()).hexdigest()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A file with one document."""
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({HASH: KNOWN}))
    return path


def post(client: Client, **body: Any) -> Any:
    """The answer to a document."""
    return client.post("/graphql/", body, content_type="application/json")


def named(digest: str) -> Any:
    """The extension that names a document."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


def test_a_known_document_is_executed_by_its_hash(client: Client, settings: Any, documents: Path) -> None:
    """By POST and by GET; one that isn't known is answered in the words that clients look for."""
    settings.TRADEPOST_GRAPHQL = {"PERSISTED": str(documents)}

    by_hash = post(client, extensions=named(HASH)).json()
    by_get = client.get("/graphql/", {"extensions": json.dumps(named(HASH))}).json()
    unknown = post(client, extensions=named("0" * 64))

    assert by_hash == by_get == {"data": {"currencies": [{"code": "EUR"}]}}
    assert unknown.status_code == 400
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert unknown.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def test_a_document_with_another_hash_is_refused(client: Client) -> None:
    """Nothing is kept under it, either."""
    body = post(client, query=KNOWN, extensions=named("0" * 64)).json()

    assert body["errors"][0]["extensions"]["code"] == "persisted_query_mismatch"


def test_only_known_documents_are_executed_where_the_shop_says_so(
    client: Client, settings: Any, documents: Path
) -> None:
    """Whether they are sent as text or by their hash."""
    settings.TRADEPOST_GRAPHQL = {"PERSISTED": str(documents), "ONLY_PERSISTED": True}

    assert post(client, query=KNOWN).json()["data"] == {"currencies": [{"code": "EUR"}]}
    assert post(client, query="{ languages { code } }").json()["errors"][0]["extensions"]["code"] == (
        "persisted_query_only"
    )


@pytest.mark.parametrize(
    ("content", "ids"),
    [(None, ["tradepost.E873"]), ("[]", ["tradepost.E873"]), (json.dumps({"0" * 64: KNOWN}), ["tradepost.E873"])],
)
def test_a_file_that_is_wrong_is_told_at_the_start(
    settings: Any, tmp_path: Path, content: str | None, ids: list[str]
) -> None:
    """Missing, of another form, or with a hash that isn't its document's."""
    path = tmp_path / "documents.json"
    if content is not None:
        path.write_text(content)
    settings.TRADEPOST_GRAPHQL = {"PERSISTED": str(path)}

    assert [message.id for message in check_graphql()] == ids


def test_checks_of_settings(settings: Any) -> None:
    """Unknown keys, paths that lead nowhere, and a shop that would answer nothing."""
    settings.TRADEPOST_GRAPHQL = {"MAX_DEEP": 3}
    unknown = check_graphql()
    settings.TRADEPOST_GRAPHQL = {"FIELDS": ("nowhere.FIELDS",)}
    nowhere = check_graphql()
    settings.TRADEPOST_GRAPHQL = {"ONLY_PERSISTED": True}
    nothing = check_graphql()

    assert [message.id for message in unknown] == ["tradepost.E870"]
    assert [message.id for message in nowhere] == ["tradepost.E872"]
    assert [message.id for message in nothing] == ["tradepost.W873"]
