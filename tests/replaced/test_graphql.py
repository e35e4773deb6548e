"""The replaced shop's GraphQL: its columns, its call, its link, its types; nothing of ours is copied."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import strawberry
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Product
from tradepost.core.access import ANYONE
from tradepost.graphql.own_types import checked_type
from tradepost.graphql.ports import Query
from tradepost.graphql.schema import schema
from tradepost.orders.tokens import access_token
from tradepost.testing import factories

pytestmark = [pytest.mark.django_db, pytest.mark.replaced]


def ask(client: Client, document: str, **variables: Any) -> Any:
    """The whole answer."""
    body = {"query": document, "variables": variables}
    return client.post("/graphql/", body, content_type="application/json").json()


def test_a_column_and_a_link_of_the_shop(client: Client) -> None:
    """By its own serializer, and by a link for all rows at once."""
    for number in range(3):
        product = factories.product(name=f"B{number}", slug=f"b-{number}", brand="Mann", isbn=f"978-{number}")
        factories.variant(product=product, price="1.00")

    page = ask(client, '{ product(slug: "b-0") { isbn author { name books } } }')
    cards = ask(client, "{ products { nodes { slug author { books } } } }")

    assert page == {"data": {"product": {"isbn": "978-0", "author": {"name": "Mann", "books": 3}}}}
    assert [row["author"] for row in cards["data"]["products"]["nodes"]] == [{"books": 3}] * 3


def test_a_call_of_the_shops_router(client: Client) -> None:
    """With the access that its view declares."""
    order = factories.order()
    text = "mutation ($n: String!, $t: String) { writeCard(number: $n, token: $t, input: {giftMessage: %s}) { giftMessage } }"

    done = ask(client, text % '"Hello"', n=order.number, t=access_token(order))
    refused = ask(client, text % '"Hello"', n=order.number, t="wrong")

    assert done == {"data": {"writeCard": {"giftMessage": "Hello"}}}
    assert refused["errors"][0]["extensions"]["status"] == 404


def test_types_of_the_shops_models_cost_the_same_for_any_number(client: Client) -> None:
    """And show nothing that is hidden."""
    shelf = factories.product_type("shelf")

    def add(number: int) -> None:
        for _each in range(number):
            factories.product(product_type=shelf)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "errors" not in ask(client, "{ shelves { code products { slug isbn } } }")
        return len(queries)

    add(1)
    single = statements()
    add(49)
    Product.objects.filter(pk=Product.objects.first().pk).update(is_published=False)  # type: ignore[union-attr]

    assert statements() == single
    shelves = ask(client, "{ shelves { code products { slug } } }")["data"]["shelves"]
    assert [len(row["products"]) for row in shelves if row["code"] == "shelf"] == [49]


def test_each_field_of_the_shop_says_who_may(client: Client) -> None:
    """A guest is told to sign in, and nothing else."""
    body = ask(client, "{ secrets }")

    assert body["errors"][0]["extensions"]["status"] == 401
    assert "swordfish" not in str(body)


def test_a_field_without_a_declaration_fails_at_the_start() -> None:
    """With the line to add."""

    @strawberry.type
    class Silent:
        access: ClassVar = {"name": ANYONE}

        name: str
        price: str

    with pytest.raises(ImproperlyConfigured, match=r'Silent doesn.t say who may read price[\s\S]*"price": needs'):
        checked_type(Silent, "myshop.Silent")


@strawberry.type(name="Query")
class Undeclared:
    """As somebody writes it who hasn't read on."""

    secret: str


@pytest.mark.parametrize("deploy", [False, True])
def test_every_command_that_checks_names_it(settings: Any, deploy: bool) -> None:
    """So it is told when the server starts, and not by the first document; a control is the project as it stands."""
    before = run_checks(include_deployment_checks=deploy)
    settings.TRADEPOST_GRAPHQL = {**settings.TRADEPOST_GRAPHQL, "TYPES": (f"{__name__}.Undeclared",)}

    ids = {message.id for message in run_checks(include_deployment_checks=deploy)} - {message.id for message in before}

    assert "tradepost.E875" in ids


def test_a_field_of_a_call_that_there_is_not_fails_at_the_start(settings: Any) -> None:
    """With the name that was perhaps meant."""
    settings.TRADEPOST_GRAPHQL = {"FIELDS": (f"{__name__}.WRONG",)}

    with pytest.raises(ImproperlyConfigured, match="no call 'orders_gfit'"):
        schema()


WRONG = [Query("card", "orders_gfit", "orders.Order")]
