"""Reads that ask for some fields, or for more than a list shows: ``?fields=`` and ``?expand=``."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from tradepost.api.routers import Router
from tradepost.catalogue.models import Image, Product
from tradepost.customers.services import customer_for
from tradepost.orders.models import Order
from tradepost.testing import factories, placed
from tradepost.testing.queries import count_queries

from .conftest import Call

URL = "/api/v1/products/"
REFUSED_FOR_MORE = {"pay/", "pickup-points/"}  # without the token or the method that they need
pytestmark = pytest.mark.django_db


def shelf(number: int) -> None:
    """So many mugs, in two sizes, with a picture each and one of the large one."""
    for index in range(number):
        product = factories.product(name="Mug", slug=f"mug-{index:02}", option_names=["Size"])
        small = factories.variant(product=product, sku=f"S-{index}", options={"Size": "S"}, price="10.00", on_hand=2)
        factories.variant(product=product, sku=f"L-{index}", options={"Size": "L"}, price="12.00", on_hand=0)
        Image.objects.create(product=product, source_url=f"https://example.com/{index}.jpg", alt="A mug")
        Image.objects.create(product=product, variant=small, source_url="https://example.com/small.jpg")


def test_only_the_fields_that_are_asked_for_are_shown(client: Client) -> None:
    """In a list and of one thing, of what is nested by dots, in the order of the schema."""
    shelf(1)

    card = client.get(URL, {"fields": "price,slug"}).json()
    page = client.get(f"{URL}mug-00/", {"fields": ["name", "variants.sku,variants.price"]}).json()

    assert card["results"] == [{"slug": "mug-00", "price": {"amount": "10.00", "currency": "EUR"}}]
    assert card["count"] == 1
    price: Any = [{"amount": "10.00", "currency": "EUR"}, {"amount": "12.00", "currency": "EUR"}]
    assert page == {
        "name": "Mug",
        "variants": [{"sku": "S-0", "price": price[0]}, {"sku": "L-0", "price": price[1]}],
    }


def test_a_field_that_is_asked_for_whole_has_all_its_fields(client: Client) -> None:
    """Though a part of it is asked for as well; an empty parameter asks for nothing."""
    shelf(1)
    whole = client.get(f"{URL}mug-00/").json()

    assert client.get(f"{URL}mug-00/", {"fields": "variants.sku,variants"}).json() == {"variants": whole["variants"]}
    assert client.get(f"{URL}mug-00/", {"fields": ""}).json() == whole
    assert client.get(f"{URL}mug-00/", {"fields": " , "}).json() == whole


def test_fields_of_a_tree_go_as_deep_as_they_are_named(client: Client) -> None:
    """Each level says for itself what it shows."""
    root = factories.category("Kitchen")
    leaf = factories.category("Mugs", parent=root)
    factories.category("Large", parent=leaf)

    tree = client.get("/api/v1/categories/", {"fields": "slug,children.name,children.children.slug"}).json()

    assert tree == [{"slug": "kitchen", "children": [{"name": "Mugs", "children": [{"slug": "large"}]}]}]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"fields": "slug,nope"}, "There is no “nope” here. There are: slug, name, "),
        ({"fields": "price.amount"}, "There is no “price.amount” here."),
        ({"fields": "image.nope"}, "There is no “image.nope” here. There are: image.url, image.alt."),
        ({"fields": "variants"}, "There is no “variants” here. There are: slug, "),
        ({"fields": "__class__"}, "There is no “__class__” here."),
        ({"fields": "image." * 5000}, "Too many fields."),
        ({"fields": ",".join(map(str, range(500)))}, "Too many fields."),
        ({"expand": "variants,nope"}, "There is no “nope” here. There are: images, variants."),
        ({"expand": "price"}, "There is no “price” here. There are: images, variants."),
    ],
    ids=["a name", "money", "nested", "not expanded", "Python's", "deep", "many", "expand", "no expansion"],
)
def test_a_name_that_is_none_is_refused_with_those_that_are(
    client: Client, params: dict[str, str], message: str
) -> None:
    """Also where the list is empty."""
    answer = client.get(URL, params)

    assert (answer.status_code, answer.json()["type"]) == (400, "validation_error")
    (error,) = answer.json()["errors"]
    assert error["attr"].partition(".")[0] == next(iter(params))
    assert error["detail"].startswith(message)


def test_a_list_is_expanded_by_what_a_page_has(client: Client) -> None:
    """The same variants and pictures; without a word they aren't there."""
    shelf(2)
    page = client.get(f"{URL}mug-01/").json()

    plain = client.get(URL, {"ordering": "name"}).json()["results"][1]
    card = client.get(URL, {"expand": "variants,images", "ordering": "name"}).json()["results"][1]

    assert (card["variants"], card["images"]) == (page["variants"], page["images"])
    assert [picture["url"] for picture in card["images"]] == [
        "https://example.com/1.jpg",
        "https://example.com/small.jpg",
    ]
    assert {**plain, "variants": card["variants"], "images": card["images"]} == card
    chosen = client.get(URL, {"expand": "variants", "fields": "variants.sku", "ordering": "name"}).json()["results"]
    assert chosen[1] == {"variants": [{"sku": "S-1"}, {"sku": "L-1"}]}


def test_an_expanded_list_costs_the_same_for_any_number(client: Client) -> None:
    """Versions, keys, facts, prices; pictures, variants, and their prices, where the pricer asks for them."""
    url = f"{URL}?page_size=100&expand=variants,images"
    costs = []
    for number in (1, 50):
        Product.objects.all().delete()
        shelf(number)
        client.get(url)
        with count_queries() as seen:
            assert len(client.get(url).json()["results"]) == number
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 7


@pytest.mark.parametrize("number", [1, 20])
def test_orders_are_expanded_by_constant_queries(signed_in: Client, number: int) -> None:
    """Session, user, count, orders; a query for each expansion, and two for what is in a shipment."""
    customer = customer_for(get_user_model().objects.get())
    for _index in range(number):
        created = placed.order(placed.line_row("10.00"), reserve=False)
        Order.objects.filter(pk=created.pk).update(customer=customer.pk)

    with count_queries() as seen:
        rows = signed_in.get("/api/v1/orders/", {"expand": "lines,payments,shipments"}).json()["results"]

    detail = signed_in.get(f"/api/v1/orders/{rows[0]['number']}/").json()
    assert [rows[0][name] for name in ("lines", "payments", "shipments")] == [
        detail[name] for name in ("lines", "payments", "shipments")
    ]
    assert (len(rows), len(rows[0]["lines"])) == (number, 1)
    assert len(seen) == 7


def test_a_call_without_anything_to_expand_names_the_parameter(client: Client) -> None:
    """As it does with all that it doesn't know; ``fields`` every read knows."""
    shelf(1)

    answers = [client.get(url) for url in (f"{URL}mug-00/?expand=x&fields=slug", "/api/v1/collections/?expand=x")]

    assert [answer.headers["Unknown-Parameters"] for answer in answers] == ["expand", "expand"]


def test_a_change_ignores_fields(post: Call, basket: dict[str, Any]) -> None:
    """An answer to a write is whole."""
    assert set(post(f"baskets/{basket['uuid']}/?fields=uuid", {}, method="patch").json()) == set(basket)
    assert set(post("baskets/?fields=uuid").json()) == set(basket)


def test_kept_answers_differ_by_what_is_asked_for(client: Client, settings: Any) -> None:
    """A list with some fields, and with pictures, is kept apart; one with variants tells units, and isn't kept."""
    settings.TRADEPOST_API = {"CACHE": "default"}
    settings.TRADEPOST_PRICING = {
        key: value for key, value in getattr(settings, "TRADEPOST_PRICING", {}).items() if key != "PRICER"
    }
    cache.clear()
    shelf(1)
    costs = {}
    page = "mug-00/?fields=slug,variants.sku,variants.available"
    for query in ("", "?fields=slug", "?expand=images", "?expand=variants", page, "mug-00/?fields=name"):
        first = client.get(URL + query).json()
        with count_queries() as seen:
            assert client.get(URL + query).json() == first
        costs[query] = len(seen)

    assert costs.pop("?expand=variants") >= 6
    assert costs == {
        "": 1,
        "?fields=slug": 1,
        "?expand=images": 1,
        page: 2,
        "mug-00/?fields=name": 2,
    }


def test_every_read_without_a_placeholder_heeds_fields(client: Client) -> None:
    """A field that isn't there is refused by each of them, so none answers whole what was asked for in part."""
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.com", "x"))
    reads = [each.path for each in Router().endpoints() if each.method == "get" and "<" not in each.path]

    deaf = {
        path for path in reads if b'"attr":"fields"' not in client.get(f"/api/v1/{path}", {"fields": "nothing"}).content
    }

    assert deaf == REFUSED_FOR_MORE
