"""A read that asks for some fields fetches and computes those alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from tradepost.catalogue.models import Product
from tradepost.customers.models import Customer, CustomerGroup
from tradepost.customers.services import add_address, customer_for
from tradepost.orders.models import Order
from tradepost.testing import factories, placed
from tradepost.testing.queries import count_queries

from .conftest import ADDRESS
from .test_choice import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> Client:
    """Staff who may see all, and a customer with a basket and an order."""
    user = get_user_model().objects.create_superuser("root", "root@example.com", "secret")
    client = Client()
    client.force_login(user)
    client.post("/api/v1/basket/lines/", {"variant": "S-0"}, content_type="application/json")
    customer = customer_for(user)
    customer.groups.add(CustomerGroup.objects.create(code="trade", name="Trade"))
    add_address(customer, ADDRESS)
    order = placed.order(placed.line_row("10.00", 2), placed.line_row("5.00", 1))
    Order.objects.filter(pk=order.pk).update(customer=customer)
    return client


@pytest.fixture
def shop(db: None, settings: Any) -> None:
    """Two mugs; answers aren't kept, so that each call is counted."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    cache.clear()
    shelf(2)


def _paths() -> dict[str, Callable[[], str]]:
    return {
        "products": lambda: "products/",
        "product": lambda: "products/mug-00/",
        "staff products": lambda: "staff/products/",
        "staff product": lambda: "staff/products/mug-00/",
        "staff variants": lambda: "staff/variants/",
        "orders": lambda: "orders/",
        "order": lambda: f"orders/{Order.objects.get().number}/",
        "staff orders": lambda: "staff/orders/",
        "staff order": lambda: f"staff/orders/{Order.objects.get().number}/",
        "customers": lambda: "staff/customers/",
        "customer": lambda: f"staff/customers/{Customer.objects.get().uuid}/",
        "basket": lambda: "basket/",
    }


PATHS = _paths()


def queries(client: Client, path: str, fields: str = "") -> tuple[Any, int]:
    """The answer, and how many queries it took."""
    query = {"fields": fields} if fields else {}
    with count_queries() as seen:
        answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json(), len(seen)


@pytest.mark.parametrize("name", PATHS)
def test_every_field_alone_is_as_in_the_whole_and_costs_no_more(shop: None, root: Client, name: str) -> None:
    """Its own rows are fetched for it, in a list for all rows at once."""
    path = PATHS[name]()
    queries(root, path)  # what is kept in the process is kept from here on
    whole, most = queries(root, path)
    rows = whole.get("results", [whole])

    assert rows
    for field in rows[0]:
        answer, number = queries(root, path, field)
        shown = answer.get("results", [answer])
        assert shown == [{field: row[field]} for row in rows], field
        assert number <= most, (field, number, most)


@pytest.mark.parametrize(
    ("name", "fields", "saved"),
    [
        ("products", "slug,name", 1),  # prices
        ("product", "slug,name,variants.sku,variants.in_stock", 2),  # prices, pictures
        ("product", "variants.price", 1),  # pictures
        ("product", "images", 1),  # prices
        ("staff products", "slug,name", 3),  # categories, tags, variants
        ("staff product", "variants.sku", 2),  # categories, tags
        ("staff orders", "number,total", 0),
        ("staff order", "number,total", 6),
        ("staff order", "number,lines.sku", 4),
        ("order", "number,total", 3),
        ("customers", "email", 1),  # groups
        ("customer", "email,groups", 2),  # addresses, sums
        ("basket", "uuid,currency", 3),
    ],
)
def test_what_isnt_asked_for_isnt_fetched(shop: None, root: Client, name: str, fields: str, saved: int) -> None:
    """Fewer queries by so many, at least."""
    path = PATHS[name]()
    queries(root, path, fields)
    whole, part = queries(root, path)[1], queries(root, path, fields)[1]

    assert whole - part >= saved, (whole, part)


def test_a_list_with_some_fields_costs_the_same_for_any_number(shop: None, root: Client) -> None:
    """As the whole does."""
    few = queries(root, "staff/products/", "slug,variants.sku")[1]
    for index in range(5):
        factories.variant(product=factories.product(slug=f"cup-{index}"), sku=f"CUP-{index}")

    answer, number = queries(root, "staff/products/", "slug,variants.sku")
    assert (len(answer["results"]), number) == (Product.objects.count(), few)


def test_a_field_that_is_none_is_refused_as_before(shop: None, root: Client) -> None:
    """Before anything is fetched; calls below a row have fields of their own."""
    for path in ("staff/products/", "products/mug-00/", "basket/"):
        refused = root.get(f"/api/v1/{path}", {"fields": "nope"})
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "fields")
    images = root.get("/api/v1/staff/products/mug-00/images/", {"fields": "alt"})
    assert (images.status_code, [*images.json()["results"][0]]) == (200, ["alt"])
