"""Orders of who is signed in, and what their buyers may do with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Variant
from tradepost.customers.services import customer_for
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.testing import factories, placed

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(post: Call, shop: Variant, signed_in: Client) -> dict[str, Any]:
    """Three mugs to be paid on delivery, confirmed; anna's."""
    post("basket/lines/", {"variant": "MUG", "quantity": 3}, by=signed_in)
    data = {"shipping_address": ADDRESS, "shipping_method": "parcel", "payment_method": "cod"}
    post("basket/checkout/", data, method="patch", by=signed_in)
    total = {"amount": "42.40", "currency": "EUR"}
    body = post("basket/checkout/complete/", {"expected_total": total}, by=signed_in).json()
    assert body["token"] == ""
    created: dict[str, Any] = body["order"]
    return created


def test_shows_ones_own_order(order: dict[str, Any], signed_in: Client) -> None:
    """With its sums, taxes and payments, times in UTC, and no primary key."""
    body = signed_in.get(f"/api/v1/orders/{order['number']}/").json()

    assert (body["status"], body["email"]) == ("confirmed", "anna@example.com")
    assert body["total"] == {"amount": "42.40", "currency": "EUR"}
    assert body["due"] == {"amount": "42.40", "currency": "EUR"}
    assert body["taxes"] == [
        {
            "name": "VAT 19 %",
            "rate": "0.19",
            "base": {"amount": "35.63", "currency": "EUR"},
            "amount": {"amount": "6.77", "currency": "EUR"},
        }
    ]
    assert [payment["method"] for payment in body["payments"]] == ["cod"]
    assert body["placed_at"].endswith("Z")
    assert [(step["name"], step["refusals"]) for step in body["transitions"]] == [("cancel", [])]
    assert "id" not in body
    assert "id" not in body["lines"][0]


def test_somebody_elses_order_is_absent(order: dict[str, Any], client: Client) -> None:
    """In the list, by its number, and for every act."""
    other = Client()
    other.force_login(get_user_model().objects.create_user("bob", password="secret"))

    assert other.get("/api/v1/orders/").json()["count"] == 0
    assert client.get("/api/v1/orders/").status_code == 401
    for caller in (other, client):
        assert caller.get(f"/api/v1/orders/{order['number']}/").status_code == 404
        for act in ("cancel", "reopen"):
            answer = caller.post(f"/api/v1/orders/{order['number']}/{act}/", content_type="application/json")
            assert answer.status_code == 404
    assert Order.objects.get().status == "confirmed"


def test_cancels_and_gives_the_stock_back(order: dict[str, Any], post: Call, signed_in: Client) -> None:
    """Again is no error, and changes nothing."""
    url = f"orders/{order['number']}/cancel/"
    assert StockLevel.objects.get().reserved == 3

    first, again = post(url, by=signed_in), post(url, by=signed_in)

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")
    assert StockLevel.objects.get().reserved == 0
    assert first.json()["due"] == {"amount": "0.00", "currency": "EUR"}
    assert [event.kind for event in Order.objects.get().events.filter(to_state="cancelled")] == ["cancel"]


def test_an_order_that_is_packed_is_not_cancelled(order: dict[str, Any], post: Call, signed_in: Client) -> None:
    """Not even by a member of staff on this surface: 409 with the reasons."""
    get_user_model().objects.update(is_staff=True)
    Order.objects.update(status="processing")

    answer = post(f"orders/{order['number']}/cancel/", by=signed_in)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "transition_refused")
    assert answer.json()["context"]["refusals"][0]["code"] == "wrong_actor"
    assert Order.objects.get().status == "processing"


def test_lists_filters_and_pages(order: dict[str, Any], signed_in: Client) -> None:
    """The latest first."""
    body = signed_in.get("/api/v1/orders/", {"status": "confirmed", "placed_after": "2000-01-01T00:00:00Z"}).json()
    none = signed_in.get("/api/v1/orders/", {"status": "cancelled"}).json()
    wrong = signed_in.get("/api/v1/orders/", {"status": "lost", "placed_after": "yesterday"})

    assert [row["number"] for row in body["results"]] == [order["number"]]
    assert set(body["results"][0]) == {
        "number",
        "uuid",
        "status",
        "payment_status",
        "fulfilment_status",
        "stage",
        "total",
        "placed_at",
    }
    assert none["count"] == 0
    assert (wrong.status_code, {error["attr"] for error in wrong.json()["errors"]}) == (400, {"status", "placed_after"})


@pytest.mark.parametrize("number", [1, 50])
def test_an_order_costs_ten_queries_at_most(signed_in: Client, number: int) -> None:
    """Session and user included, however many lines."""
    customer = customer_for(get_user_model().objects.get())
    created = placed.order(*[placed.line_row("10.00") for _ in range(number)], reserve=False)
    Order.objects.filter(pk=created.pk).update(customer=customer.pk)

    with CaptureQueriesContext(connection) as seen:
        body = signed_in.get(f"/api/v1/orders/{created.number}/").json()

    assert len(body["lines"]) == number
    assert len(seen) <= 10


def test_a_list_of_orders_costs_a_constant_number(signed_in: Client) -> None:
    """Session, user, count, rows."""
    customer = customer_for(get_user_model().objects.get())
    for _index in range(10):
        created = placed.order(placed.line_row("10.00"), reserve=False)
        Order.objects.filter(pk=created.pk).update(customer=customer.pk)

    with CaptureQueriesContext(connection) as seen:
        assert signed_in.get("/api/v1/orders/").json()["count"] == 10

    assert len(seen) == 4


def test_a_payment_of_a_customer_needs_that_customer(order: dict[str, Any], signed_in: Client, client: Client) -> None:
    """Its UUID alone is worth nothing."""
    url = f"/api/v1/payments/{order['payments'][0]['uuid']}/"

    assert signed_in.get(url).json()["order"] == order["number"]
    assert client.get(url).status_code == 404


def test_a_baskets_uuid_gives_no_token_after_placing(post: Call, shop: Variant, basket: dict[str, Any]) -> None:
    """The call that placed the order has it, and whoever repeats that call under its key; a stranger with the UUID has none."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG", "quantity": 3})
    data = {
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "parcel",
        "payment_method": "cod",
    }
    post(f"{url}checkout/", data, method="patch")
    body = {"expected_total": {"amount": "42.40", "currency": "EUR"}}
    done = post(f"{url}checkout/complete/", body, key="mine").json()
    assert len(done["token"]) == 64

    again = post(f"{url}checkout/complete/", body, key="mine").json()
    stranger = Client()
    others = [post(f"{url}checkout/complete/", body, key=key, by=stranger).json() for key in ("", "theirs", "theirs")]

    assert again["token"] == done["token"]
    assert [(other["order"]["number"], other["token"]) for other in others] == [(done["order"]["number"], "")] * 3
    assert "ada@example.com" in str(again)
    for private in ("ada@example.com", "Ada Byron", "Main St 1"):
        assert private not in str(others)
        assert private not in stranger.get(f"/api/v1/{url}").content.decode()
    closed = stranger.get(f"/api/v1/{url}checkout/")
    assert (closed.status_code, closed.json()["context"]["order"]) == (409, done["order"]["number"])


def test_guesses_of_tokens_are_throttled(client: Client, settings: Any) -> None:
    """429 says when to come again."""
    settings.TRADEPOST_API = {"THROTTLE": {"guess": "2/min"}}
    factories.tax()

    answers = [client.get(f"/api/v1/orders/1/?token={guess}") for guess in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[2].json()["type"] == "throttled"
    assert int(answers[2]["Retry-After"]) > 0


def test_a_token_in_a_header_opens_the_order(order: dict[str, Any]) -> None:
    """So that no log has it; guesses there are throttled, too."""
    Order.objects.update(customer=None)
    token = access_token(Order.objects.get())
    url, stranger = f"/api/v1/orders/{order['number']}/", Client()

    assert stranger.get(url, headers={"Tradepost-Token": token}).json()["number"] == order["number"]
    assert stranger.get(url, headers={"Tradepost-Token": "wrong"}).status_code == 404


def test_guesses_in_the_header_are_throttled(client: Client, settings: Any) -> None:
    """As those in the address."""
    settings.TRADEPOST_LIMITS = {"GUESS": "2/hour"}

    answers = [client.get("/api/v1/orders/1/", headers={"Tradepost-Token": "x"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
