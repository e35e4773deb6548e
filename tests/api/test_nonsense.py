"""Whatever is sent, the answer is a refusal in our one form, never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.basket.models import BasketLine
from tradepost.catalogue.models import Variant
from tradepost.orders.models import Order

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db

DEEP = "[" * 100_000 + "]" * 100_000
BODIES = [
    b"",
    b"{",
    b"\xff\xfe",
    b'"text"',
    b"[]",
    b"null",
    b"7",
    b'{"quantity": NaN}',
    b'{"variant": "\\u0000"}',
    b'{"\\ud800": 1}',
    DEEP.encode(),
    b'{"a": ' * 30 + b"1" + b"}" * 30,
    b'{"quantity": ' + b"9" * 5000 + b"}",
    json.dumps({"email": "x" * 300_000}).encode(),
]
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    "",
    "x" * 10_000,
    "٣",
    "../../etc",
    "' OR 1=1 --",
    [],
    [[]],
    [None],
    {},
    {"": None},
    {"amount": "1e999999999", "currency": "EUR"},
    {"amount": "NaN", "currency": "EUR"},
    {"amount": "-1", "currency": "EUR"},
    {"amount": 1.1, "currency": "EUR"},
    {"amount": "1", "currency": "€€€"},
    {"amount": {"amount": "1"}, "currency": []},
    {"name": ["x"], "country": 7},
]
FIELDS = {
    "": {"currency": "EUR", "country": "DE"},
    "lines/": {"variant": "MUG", "quantity": 1, "options": {"Engraving": "Ada"}},
    "lines/{line}/": {"quantity": 2},
    "coupons/": {"code": "NOPE"},
    "checkout/": {
        "email": "ada@example.com",
        "phone": "1",
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_method": "parcel",
        "payment_method": "card",
        "deliveries": [{"group": "", "method": "parcel"}],
        "payments": [{"method": "card", "amount": None}],
        "tax_id": "DE1",
        "note": "Hi",
        "consents": {"terms": "1"},
    },
    "checkout/complete/": {
        "expected_total": {"amount": "1.00", "currency": "EUR"},
        "client_input": {"scenario": "decline"},
        "return_url": "http://testserver/",
    },
}
METHODS = {"": "patch", "lines/{line}/": "patch", "checkout/": "patch"}


@pytest.fixture
def lined(post: Call, shop: Variant, basket: dict[str, Any]) -> tuple[str, str]:
    """Path of a basket, and the UUID of its line."""
    url = f"/api/v1/baskets/{basket['uuid']}/"
    line = post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG"}).json()["lines"][0]
    return url, line["uuid"]


def refused(answer: Any) -> bool:
    """Whether it is a refusal in our form."""
    body = answer.json()
    return 400 <= answer.status_code < 500 and bool(body["type"]) and all(error["code"] for error in body["errors"])


def calls(lined: tuple[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and a sensible body of every unsafe call on a basket."""
    url, line = lined
    for path, body in FIELDS.items():
        yield METHODS.get(path, "post"), url + path.format(line=line), body


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_bodies_that_are_no_json_object(client: Client, lined: tuple[str, str], body: bytes) -> None:
    """For every unsafe call, those on other resources among them; nothing changes."""
    others = [
        ("post", "/api/v1/orders/1/payments/", {}),
        ("post", f"/api/v1/payments/{uuid4()}/complete/", {}),
    ]
    for method, path, _body in [*calls(lined), *others]:
        answer = getattr(client, method)(path, body, content_type="application/json")
        empty = body == b"" and answer.status_code < 300  # no body is an empty object
        assert empty or refused(answer), (path, answer.status_code)

    assert BasketLine.objects.get().quantity == 1
    assert not Order.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
def test_bodies_of_another_kind(client: Client, lined: tuple[str, str], content_type: str) -> None:
    """Only JSON is read; a form of another site is not."""
    for method, path, _body in calls(lined):
        assert getattr(client, method)(path, b'{"quantity": 5}', content_type=content_type).status_code in (400, 415)


@pytest.mark.slow
def test_every_field_with_every_nonsense(client: Client, lined: tuple[str, str]) -> None:
    """One field of a sensible body at a time."""
    for method, path, body in calls(lined):
        for field in body:
            for value in VALUES:
                answer = getattr(client, method)(path, {**body, field: value}, content_type="application/json")
                assert answer.status_code < 300 or refused(answer), (path, field, value, answer.status_code)


@pytest.mark.parametrize(
    "path",
    [
        "baskets/nothing/",
        "baskets/{uuid}/",
        "baskets/{uuid}/lines/",
        "baskets/{uuid}/checkout/",
        "baskets/{basket}/lines/7/",
        "baskets/{basket}/lines/{uuid}/",
        "baskets/{basket}/coupons/{long}/",
        "baskets/{basket}/coupons/%00/",
        "orders/%00/",
        "orders/{long}/",
        "orders/1/?token=%00",
        "orders/1/?token={long}",
        "orders/1/?token=%ff",
        "orders/?page=%00",
        "payments/{uuid}/",
        "payments/7/",
        "products/%00/",
        "products/?category=%00",
        "products/?attr.colour=%00",
        "products/?attr.%00=x",
        "products/?attr.colour=NaN",
        "products/?attr.colour=1e999999",
        "products/?search=%00",
        "products/?search=%25%5F%5C",
        "products/?collection={long}",
        "products/?pagination=cursor&cursor=x",
        "products/?pagination=cursor&cursor=cD0lMDA%3D",
        "products/?pagination=cursor&cursor=cD1ub25zZW5zZQ%3D%3D",
        "products/?page_size=9999999999999999999999",
        "products/?currency=%00&country=%00",
        "categories/%00/",
        "collections/?page=x",
        "collections/?pagination=cursor&cursor=cD1ub25zZW5zZQ%3D%3D",
    ],
)
def test_addresses_that_lead_nowhere(client: Client, lined: tuple[str, str], path: str) -> None:
    """For every method."""
    basket = lined[0].rstrip("/").rpartition("/")[2]
    url = "/api/v1/" + path.format(uuid=uuid4(), basket=basket, long="x" * 3000)

    for method in ("get", "post", "patch", "put", "delete"):
        answer = getattr(client, method)(url, content_type="application/json") if method != "get" else client.get(url)
        assert answer.status_code < 500, method


def test_a_path_with_what_no_database_takes_is_refused_before_it_is_asked(
    client: Client, lined: tuple[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """404 in our form, for a NUL; half a character never arrives as one, and is a code that isn't there."""
    with django_assert_num_queries(0):
        answer = client.delete(f"{lined[0]}coupons/A%00B/")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")
    assert client.delete(f"{lined[0]}coupons/%ED%A0%80/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "nope/",
        "nope",
        "baskets/%C2%84/",
        "baskets//x/",
        "baskets/not-a-uuid/",
        "baskets/not-a-uuid/lines/",
        "products/%0A/",
        "orders/a%2Fb/",
        "orders/%E2%82%AC/",
        "payments/1/complete/",
        "webhooks/a%20b/",
        "products/mug/nope/",
        "%00/",
        "x" * 5000,
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_is_none_is_refused_in_the_apis_form(client: Client, path: str, method: str) -> None:
    """404 with the same JSON as for what isn't there."""
    answer = getattr(client, method)(f"/api/v1/{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["type"] == "not_found"
    assert [error["code"] for error in answer.json()["errors"]] == ["not_found"]


def test_a_missing_last_slash_is_added(client: Client) -> None:
    """As Django does it, with the query; a body is not lost on the way."""
    answer = client.get("/api/v1/products?page=1")

    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/products/?page=1")
    assert client.post("/api/v1/baskets").status_code == 404


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("pagination=cursor&page=2", "page"),
        ("cursor=cD0x&page=2", "page"),
        ("pagination=pages", "pagination"),
        ("page_size=0", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=many", "page_size"),
        ("page_size=", "page_size"),
    ],
)
def test_pages_that_cant_be_are_refused(client: Client, query: str, attr: str) -> None:
    """Nothing of the query is passed over in silence."""
    answer = client.get(f"/api/v1/products/?{query}")

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
