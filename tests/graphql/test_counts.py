"""The number of queries is that of the calls and links that a document names, whatever it finds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradepost.basket import services as baskets
from tradepost.catalogue.models import Category, Variant
from tradepost.customers.services import customer_for
from tradepost.testing import factories

from .conftest import Ask

pytestmark = pytest.mark.django_db

ACROSS = """
{
  categories {
    name
    productCards(first: 100) {
      slug
      price { amount }
      variants { sku available }
      categories { slug productCards(first: 100) { slug images { url } categories { name } } }
    }
  }
}
"""
PRODUCTS = "{ products(first: 100) { nodes { slug categories { slug } variants { sku price { amount } } } } }"
BASKET = (
    "{ basket { lines { quantity productCard { slug inStock categories { name } } } totals { total { amount } } } }"
)
ORDERS = """
{ orders(first: 100) { nodes { number lines { sku productCard { slug categories { slug } } } } } }
"""

OF_STAFF = """
{
  staffOrders(first: 100) {
    nodes { number customer { email } lines { sku productCard { slug categories { slug productCards { slug } } } } }
  }
}
"""


def fill(numbers: Iterable[int], everything: Category) -> None:
    """Products in categories, each in its own and in one for all."""
    for index in numbers:
        product = factories.product(name=f"Cup {index}", slug=f"cup-{index}")
        factories.variant(product=product, sku=f"CUP-{index}", price="1.00", on_hand=5)
        product.categories.set([everything, factories.category(f"Kind {index}", slug=f"kind-{index}")])


@pytest.fixture(autouse=True)
def _without_limit(settings: Any) -> None:
    settings.TRADEPOST_GRAPHQL = {"MAX_COST": 10**9}


def statements(ask: Ask, document: str, by: Client) -> tuple[int, Any]:
    """Those of a second call, when all that is kept is there."""
    ask(document, by=by)
    with CaptureQueriesContext(connection) as queries:
        data = ask(document, by=by)
    return len(queries), data


@pytest.mark.parametrize("document", [ACROSS, PRODUCTS], ids=["across", "products"])
def test_goods_cost_the_same_for_any_number(ask: Ask, client: Client, document: str) -> None:
    """However deep: categories of products of categories of products."""
    everything = factories.category("All", slug="all")
    fill(range(1), everything)
    single, data_of_one = statements(ask, document, client)
    fill(range(1, 50), everything)
    fifty, data = statements(ask, document, client)

    assert fifty == single
    assert len(str(data)) > 10 * len(str(data_of_one))


@pytest.fixture
def ada(django_user_model: Any) -> Any:
    """A customer."""
    return django_user_model.objects.create_user("ada", "ada@example.com", "secret")


def test_a_basket_costs_the_same_for_any_number_of_lines(ask: Ask, ada: Any) -> None:
    """With the products of its lines."""
    client = Client()
    client.force_login(ada)
    fill(range(50), factories.category("All", slug="all"))
    basket = baskets.basket_of(customer_for(ada), currency="EUR")
    baskets.add(basket, Variant.objects.get(sku="CUP-0"), 1)
    single, _data = statements(ask, BASKET, client)
    for index in range(1, 50):
        baskets.add(basket, Variant.objects.get(sku=f"CUP-{index}"), 1)
    fifty, data = statements(ask, BASKET, client)

    assert fifty == single
    assert len(data["basket"]["lines"]) == 50


def test_orders_cost_the_same_for_any_number(ask: Ask, ada: Any) -> None:
    """With their lines and what those lead to."""
    client = Client()
    client.force_login(ada)
    customer = customer_for(ada)
    fill(range(3), factories.category("All", slug="all"))
    place(customer, 1)
    single, _data = statements(ask, ORDERS, client)
    place(customer, 19)
    twenty, data = statements(ask, ORDERS, client)

    assert twenty == single
    assert len(data["orders"]["nodes"]) == 20


def place(customer: Any, number: int) -> None:
    """Orders of one cup each."""
    for _each in range(number):
        order = factories.order(factories.line_row("10.00"), customer_id=customer.pk)
        order.lines.update(sku="CUP-0")


def test_orders_of_staff_cost_the_same_for_any_number(ask: Ask, admin_client: Client, ada: Any) -> None:
    """Of many customers, with their lines and what those lead to, to any depth."""
    fill(range(3), factories.category("All", slug="all"))
    place(customer_for(ada), 1)
    single, _data = statements(ask, OF_STAFF, admin_client)
    for index in range(5):
        buyer = type(ada)._default_manager.create_user(f"buyer{index}", f"buyer{index}@example.com", "secret")
        place(customer_for(buyer), 4)
    many, data = statements(ask, OF_STAFF, admin_client)

    assert many == single
    assert len(data["staffOrders"]["nodes"]) == 21
    assert len({order["customer"]["email"] for order in data["staffOrders"]["nodes"]}) == 6
