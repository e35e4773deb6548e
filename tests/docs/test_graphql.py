"""The documents of the page on GraphQL, one after the other, in a shop."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import ADDRESS, mug, shop
from tradepost.catalogue.models import Variant
from tradepost.graphql.conf import GraphQLSettings
from tradepost.testing import factories

__all__ = ["mug", "shop"]

pytestmark = [pytest.mark.docs, pytest.mark.django_db]

PAGE = (Path(__file__).parent.parent.parent / "docs" / "how-to" / "use-graphql.md").read_text(encoding="utf-8")


def test_the_page_buys(client: Client, shop: Variant) -> None:
    """From the list of products to the order of a guest, by its documents alone."""
    shop.product.categories.add(factories.category("Cups", slug="cups"))
    documents = re.findall(r"```graphql\n(.*?)```", PAGE, flags=re.DOTALL)
    values: dict[str, Any] = {"key": "one", "address": ADDRESS}
    answers = []
    for text in documents:
        body = {"query": text, "variables": {name: value for name, value in values.items() if f"${name}:" in text}}
        answer = client.post("/graphql/", body, content_type="application/json").json()
        assert "errors" not in answer, answer
        ((name, data),) = answer["data"].items()
        answers.append(name)
        values |= {"basket": data["uuid"]} if name == "createBasket" else {}
        values |= {"total": data["totals"]["total"], "key": "two"} if name == "updateCheckout" else {}
        if name == "completeCheckout":
            values |= {"number": data["order"]["number"], "token": data["token"]}

    assert answers == ["products", "createBasket", "addLine", "updateCheckout", "completeCheckout", "order"]
    assert data == {
        "status": "CONFIRMED",
        "paymentStatus": "PAID",
        "total": {"amount": "29.90", "currency": "EUR"},
    }


def test_the_page_has_the_limits_of_the_code() -> None:
    """Each with its default."""
    named = {name: int(value) for name, value in re.findall(r"\| `(MAX_\w+)` \| (\d+) \|", PAGE)}
    limits = {
        name: getattr(GraphQLSettings(), name) for name in GraphQLSettings.__dataclass_fields__ if name[:4] == "MAX_"
    }

    assert named == limits
