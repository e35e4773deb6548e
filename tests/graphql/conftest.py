"""A shop that sells by GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import ADDRESS, mug, shop, signed_in

__all__ = ["ADDRESS", "Ask", "ask", "mug", "shop", "signed_in"]

Ask = Callable[..., Any]


@pytest.fixture
def ask(client: Client) -> Ask:
    """The data of a document: ``ask("{ … }", name=…)``; its whole answer with ``whole=True``."""

    def send(document: str, *, by: Client = client, whole: bool = False, header: str = "", **variables: Any) -> Any:
        headers = {"Idempotency-Key": header} if header else {}
        answer = by.post(
            "/graphql/",
            {"query": document, "variables": variables},
            content_type="application/json",
            headers=headers,
        )
        body = answer.json()
        if whole:
            return body
        assert "errors" not in body, body["errors"]
        return body["data"]

    return send
