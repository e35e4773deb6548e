"""Baskets: lines, coupons, currency, and whose they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Variant
from tradepost.promotions.models import MinimumValue, PercentageOff
from tradepost.testing import factories

from .conftest import Call

pytestmark = pytest.mark.django_db


def voucher(code: str, coupon: str) -> None:
    """10 % off a basket of 1000.00."""
    promotion = factories.promotion(code, coupon=coupon)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    MinimumValue.objects.create(promotion=promotion, amount=1000, currency="EUR")


def queries(call: Callable[[], Any]) -> int:
    """How many a call makes; savepoints don't count."""
    with CaptureQueriesContext(connection) as seen:
        call()
    return sum("SAVEPOINT" not in query["sql"] for query in seen.captured_queries)


def test_a_new_basket_is_empty(post: Call) -> None:
    """Its UUID is all that a guest needs."""
    answer = post("baskets/", {"country": "de"})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["currency"], body["country"], body["lines"]) == ("open", "EUR", "DE", [])
    assert body["totals"]["total"] == {"amount": "0.00", "currency": "EUR"}


def test_adds_by_sku_and_answers_with_the_basket(post: Call, shop: Variant, basket: dict[str, Any]) -> None:
    """The price is the shop's; a client that says one is refused."""
    cheap = post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG", "quantity": 2, "unit_price": "0.01"})
    answer = post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG", "quantity": 2})

    assert cheap.status_code == 400
    assert [(error["code"], error["attr"]) for error in cheap.json()["errors"]] == [("unknown_field", "unit_price")]
    assert answer.status_code == 201
    body = answer.json()
    [line] = body["lines"]
    assert line["product"] == {"slug": "mug", "name": "Mug"}
    assert line["variant"] == {"sku": "MUG", "name": "", "options": {}}
    assert (line["quantity"], line["available"], line["options"]) == (2, 5, {})
    assert line["unit_price"] == {"amount": "12.50", "currency": "EUR"}
    assert line["total"] == {"amount": "25.00", "currency": "EUR"}
    assert line["tax"] == {"amount": "3.99", "currency": "EUR"}
    assert body["totals"]["total"] == {"amount": "25.00", "currency": "EUR"}
    assert body["totals"]["taxes"] == [
        {
            "name": "VAT 19 %",
            "rate": "0.19",
            "base": {"amount": "21.01", "currency": "EUR"},
            "amount": {"amount": "3.99", "currency": "EUR"},
        }
    ]
    assert body["problems"] == []


def test_the_same_variant_with_other_options_is_another_line(post: Call, mug: Variant, basket: dict[str, Any]) -> None:
    """Line identity is variant and options."""
    lines = f"baskets/{basket['uuid']}/lines/"

    post(lines, {"variant": "MUG", "options": {"Engraving": "Ada"}})
    post(lines, {"variant": "MUG", "options": {"Engraving": "Bob"}})
    body = post(lines, {"variant": "MUG", "options": {"Engraving": "Ada"}}).json()

    assert [(line["options"], line["quantity"]) for line in body["lines"]] == [
        ({"Engraving": "Ada"}, 2),
        ({"Engraving": "Bob"}, 1),
    ]


def test_changes_and_removes_lines(post: Call, mug: Variant, basket: dict[str, Any]) -> None:
    """The answer is the basket, each time."""
    line = post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG"}).json()["lines"][0]
    url = f"baskets/{basket['uuid']}/lines/{line['uuid']}/"

    assert post(url, {"quantity": 4}, method="patch").json()["lines"][0]["quantity"] == 4
    assert post(url, {"quantity": 0}, method="patch").json()["lines"] == []
    gone = post(url, method="delete")
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (404, "line_not_found")


@pytest.mark.parametrize(
    ("data", "code", "attr"),
    [
        ({}, "required", "variant"),
        ({"variant": "NOTHING"}, "invalid", "variant"),
        ({"variant": "MUG", "quantity": 0}, "min_value", "quantity"),
        ({"variant": "MUG", "quantity": 10**30}, "max_value", "quantity"),
        ({"variant": "MUG", "quantity": "1_0"}, "invalid", "quantity"),
        ({"variant": "MUG", "quantity": "٣"}, "invalid", "quantity"),
        ({"variant": "MUG", "quantity": " 3"}, "invalid", "quantity"),
        ({"variant": "MUG", "quantity": "two"}, "invalid", "quantity"),
        ({"variant": "MUG", "options": ["x"]}, "not_a_dict", "options"),
        ({"variant": "MUG", "options": {"a": {"b": 1}}}, "invalid", "options.a"),
        ({"variant": "MUG", "options": {"a": "x" * 501}}, "max_length", "options.a"),
    ],
)
def test_refuses_what_can_not_be_added(
    post: Call, mug: Variant, basket: dict[str, Any], data: Any, code: str, attr: str
) -> None:
    """By code and field; nothing is added."""
    answer = post(f"baskets/{basket['uuid']}/lines/", data)

    assert answer.status_code == 400
    assert [(error["code"], error["attr"]) for error in answer.json()["errors"]] == [(code, attr)]
    assert not BasketLine.objects.exists()


def test_a_quantity_over_the_limit_is_a_conflict(post: Call, mug: Variant, basket: dict[str, Any]) -> None:
    """The facts say how many it may be."""
    answer = post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG", "quantity": 1000})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "quantity_limit"
    assert answer.json()["context"] == {"limit": 999}


def test_what_has_no_price_is_not_added(post: Call, basket: dict[str, Any]) -> None:
    """409 names it; the basket stays as it was."""
    factories.variant(sku="PRICELESS")

    answer = post(f"baskets/{basket['uuid']}/lines/", {"variant": "PRICELESS"})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_price")
    assert answer.json()["context"] == {"skus": ["PRICELESS"], "currency": "EUR"}
    assert not BasketLine.objects.exists()


def test_an_unknown_coupon_is_refused_and_not_kept(post: Call, basket: dict[str, Any]) -> None:
    """Unknown, foreign and used-up codes give one code."""
    answer = post(f"baskets/{basket['uuid']}/coupons/", {"code": "NOPE"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "coupon_invalid"
    assert Basket.objects.get().coupon_codes == []


def test_coupons_come_and_go(post: Call, shop: Variant, basket: dict[str, Any], client: Client) -> None:
    """Each says whether it has an effect; the explanation says why not."""
    voucher("idle", "IDLE")
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})

    entered = post(f"{url}coupons/", {"code": "idle"}).json()
    explained = client.get(f"/api/v1/{url}explain/").json()
    body = post(f"{url}coupons/IDLE/", method="delete").json()

    assert entered["coupons"] == [{"code": "IDLE", "applied": False}]
    assert explained["totals"]["total"] == {"amount": "12.50", "currency": "EUR"}
    assert {(entry["stage"], entry["applied"]) for entry in explained["trail"]} >= {("prices", True)}
    [line] = explained["lines"]
    assert (line["total"]["amount"], line["steps"][-1]["after"]["amount"]) == ("12.50", "12.50")
    assert [entry["coupon"] for entry in explained["refused"]] == ["IDLE"]
    assert body["coupons"] == []


def test_all_coupons_are_taken_off_at_once(post: Call, basket: dict[str, Any]) -> None:
    """DELETE without a code."""
    voucher("one", "ONE")
    voucher("two", "TWO")
    for code in ("ONE", "TWO"):
        post(f"baskets/{basket['uuid']}/coupons/", {"code": code})

    assert post(f"baskets/{basket['uuid']}/coupons/", method="delete").json()["coupons"] == []


def test_another_currency_needs_prices_in_it(post: Call, mug: Variant, basket: dict[str, Any], settings: Any) -> None:
    """A refusal changes nothing."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD")}
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})

    refused = post(url, {"currency": "USD"}, method="patch")
    unknown = post(url, {"currency": "GBP"}, method="patch")
    moved = post(url, {"country": "FR"}, method="patch")

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "no_price")
    assert unknown.status_code == 400
    assert (moved.json()["country"], moved.json()["currency"]) == ("FR", "EUR")


def test_a_customers_basket_is_for_that_customer_only(post: Call, signed_in: Client, client: Client) -> None:
    """To everybody else its UUID is worth nothing."""
    mine = signed_in.get("/api/v1/basket/").json()
    url = f"baskets/{mine['uuid']}/"

    assert signed_in.get(f"/api/v1/{url}").status_code == 200
    assert client.get(f"/api/v1/{url}").status_code == 404
    assert post(f"{url}lines/", {"variant": "MUG"}).status_code == 404
    assert client.get(f"/api/v1/{url}checkout/").status_code == 404
    assert client.get(f"/api/v1/baskets/{uuid4()}/").status_code == 404


def test_ones_own_basket_needs_a_sign_in(client: Client, signed_in: Client) -> None:
    """401 for a guest; the same basket every time for who is signed in."""
    refused = client.get("/api/v1/basket/")

    assert (refused.status_code, refused.json()["type"]) == (401, "authentication_error")
    first, again = (signed_in.get("/api/v1/basket/").json()["uuid"] for _ in range(2))
    assert first == again


def test_a_guests_basket_is_taken_over_after_sign_in(
    post: Call, mug: Variant, basket: dict[str, Any], signed_in: Client
) -> None:
    """Its lines are in the customer's basket, and its UUID is no capability any more."""
    post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG", "quantity": 2})

    mine = post("basket/merge/", {"basket": basket["uuid"]}, by=signed_in).json()

    assert [line["quantity"] for line in mine["lines"]] == [2]
    assert post(f"baskets/{basket['uuid']}/lines/", {"variant": "MUG"}).status_code == 404


def test_a_session_without_a_csrf_token_changes_nothing(mug: Variant) -> None:
    """Another site can't act for who is signed in."""
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user("anna", password="secret")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)

    answer = strict.post("/api/v1/basket/lines/", {"variant": "MUG"}, content_type="application/json")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "permission_denied")
    assert not BasketLine.objects.exists()


@pytest.mark.parametrize("number", [1, 50])
def test_query_budgets(
    post: Call,
    shop: Variant,
    basket: dict[str, Any],
    client: Client,
    number: int,
) -> None:
    """Reading a basket takes 5 queries, changing it 10 at most, however many lines it has."""
    url = f"baskets/{basket['uuid']}/"
    voucher("idle", "IDLE")
    post(f"{url}coupons/", {"code": "IDLE"})
    row = Basket.objects.get()
    for _index in range(number):
        variant = factories.variant(price="1.00", on_hand=9)
        BasketLine.objects.create(basket=row, variant=variant)

    line = client.get(f"/api/v1/{url}").json()["lines"][0]
    text = f"{url}lines/{line['uuid']}/"

    assert queries(lambda: client.get(f"/api/v1/{url}")) == 5
    assert queries(lambda: post(f"{url}lines/", {"variant": "MUG"})) <= 10
    assert queries(lambda: post(f"{url}lines/", {"variant": "MUG"})) <= 10
    assert queries(lambda: post(text, {"quantity": 3}, method="patch")) <= 10
    assert queries(lambda: post(text, method="delete")) <= 10
