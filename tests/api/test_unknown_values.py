"""Filters with values that the shop doesn't have: refused with a code, for an empty list would hide a slip of the pen."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Attribute, Collection, ProductType
from tradepost.testing import factories

PRODUCTS = "/api/v1/products/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def kind() -> ProductType:
    """A product type with an attribute of each kind, and a product that has no value of any."""
    kind = factories.product_type()
    choices = {"choice": ["red", "blue"], "choices": ["oak", "beech"]}
    for code in Attribute.Kind.values:
        Attribute.objects.create(
            product_type=kind, code=code, name=code.title(), kind=code, choices=choices.get(code, []), filterable=True
        )
    factories.variant(product=factories.product(slug="mug", name="Mug", product_type=kind), price="1.00")
    return kind


def refusal(client: Client, url: str, **query: Any) -> tuple[int, str, str]:
    """Status, code and parameter of the one error."""
    answer = client.get(url, query)
    [error] = answer.json().get("errors", [{"code": "", "attr": ""}])
    return answer.status_code, error["code"], error["attr"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("category", "nowhere"),
        ("collection", "nowhere"),
        ("tag", "nowhere"),
        ("ordering", "best"),
        ("attr.nothing", "x"),
        ("attr.choice", "green"),
        ("attr.choice", "Red"),
        ("attr.choices", "pine"),
        ("attr.boolean", "yes"),
        ("attr.number", "many"),
        ("attr.number", "1_0"),
        ("attr.date", "tomorrow"),
        ("attr.date", "20270131"),
    ],
)
def test_an_unknown_value_is_refused_under_its_parameter(
    client: Client, kind: ProductType, parameter: str, value: str
) -> None:
    """Whether pages are numbered or not, with facets or without."""
    for more in ({}, {"pagination": "cursor"}, {"facets": "true"}):
        assert refusal(client, PRODUCTS, **{parameter: value}, **more) == (400, "invalid_choice", parameter), more


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("attr.choice", "red"),
        ("attr.choices", "oak"),
        ("attr.boolean", "false"),
        ("attr.number", "12.5"),
        ("attr.date", "2027-01-31"),
        ("attr.text", "anything"),
        ("search", "anything"),
        ("price_min", "1000"),
    ],
)
def test_a_value_that_could_be_gives_an_empty_list(
    client: Client, kind: ProductType, parameter: str, value: str
) -> None:
    """Nothing has it now, which is an answer."""
    answer = client.get(PRODUCTS, {parameter: value})

    assert (answer.status_code, answer.json()["count"]) == (200, 0)


def test_an_empty_value_is_no_filter(client: Client, kind: ProductType) -> None:
    """As forms send it, of attributes too."""
    query = {"category": "", "tag": "", "attr.choice": "", "attr.nothing": "", "ordering": ""}

    assert client.get(PRODUCTS, query).json()["count"] == 1


def test_known_slugs_with_nothing_in_them_are_empty_lists(client: Client) -> None:
    """A new category, a new collection."""
    factories.category("Kitchen", slug="kitchen")
    Collection.objects.create(name="New", slug="new")

    for query in ({"category": "kitchen"}, {"collection": "new"}):
        answer = client.get(PRODUCTS, query)
        assert (answer.status_code, answer.json()["count"]) == (200, 0), query


def test_all_that_is_unknown_is_told_at_once(client: Client, kind: ProductType) -> None:
    """Each under its parameter, in sentences."""
    answer = client.get(PRODUCTS, {"category": "nowhere", "tag": "no", "attr.choice": "green", "attr.size": "4"})

    assert {error["attr"]: error["detail"] for error in answer.json()["errors"]} == {
        "category": "There is no category “nowhere”.",
        "tag": "There is no tag “no”.",
        "attr.choice": "Choice can’t be “green”.",
        "attr.size": "There is no attribute “size”.",
    }


def test_a_list_with_products_costs_no_look_up(client: Client, kind: ProductType) -> None:
    """As many queries as one that isn't filtered; an empty one costs two more to tell why, of those that it saves."""
    home = factories.category("Home", slug="home")
    mug = factories.product(slug="red-mug", name="Red", product_type=kind, attributes={"choice": "red"})
    mug.categories.add(home)
    factories.variant(product=mug, price="1.00")

    def queries(**query: str) -> int:
        client.get(PRODUCTS, query)  # what is kept in the process, and the list's count, is there then
        with CaptureQueriesContext(connection) as asked:
            client.get(PRODUCTS, query)
        return len(asked)

    assert queries(category="home", **{"attr.choice": "red"}) == queries()
    nothing = queries(search="nothing")  # its words are no slug of anything
    assert queries(category="away", tag="x", **{"attr.choice": "green"}) <= nothing + 2 <= queries() + 1


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("currency", "XXX", "currency_not_offered"),
        ("country", "ZZ", "invalid"),
        ("facets", "ja", "invalid"),
        ("in_stock", "yes", "invalid"),
        ("page", "1_0", "invalid_number"),
        ("page", "\u0661", "invalid_number"),
        ("page_size", "1_0", "invalid_number"),
        ("page_size", "0", "invalid_number"),
    ],
)
def test_parameters_of_lists_are_read_exactly(client: Client, parameter: str, value: str, code: str) -> None:
    """Python's own ways to write a number or a yes count for none."""
    assert refusal(client, PRODUCTS, **{parameter: value}) == (400, code, parameter)


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("status", "lost", "invalid_choice"),
        ("payment_status", "lost", "invalid_choice"),
        ("fulfilment_status", "lost", "invalid_choice"),
        ("placed_after", "soon", "invalid"),
        ("placed_after", "0001-01-01T00:00:00+14:00", "invalid"),
        ("placed_before", "9999-12-31T23:59:59-14:00", "invalid"),
    ],
)
def test_orders_are_filtered_by_what_there_is(client: Client, parameter: str, value: str, code: str) -> None:
    """A time that no calendar has in UTC is refused, too."""
    client.force_login(get_user_model().objects.create_user("ada"))

    assert refusal(client, "/api/v1/orders/", **{parameter: value}) == (400, code, parameter)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (400, "required", "method")),
        ({"method": "nothing"}, (400, "invalid_choice", "method")),
        ({"method": "nothing", "country": "UK"}, (400, "invalid", "country")),
    ],
)
def test_pickup_points_are_those_of_a_method(
    client: Client, query: dict[str, str], expected: tuple[int, str, str]
) -> None:
    """That there is, in a country that there is."""
    assert refusal(client, "/api/v1/pickup-points/", **query) == expected
