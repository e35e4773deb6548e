"""From a basket to a paid order, as a client of the API does it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders.models import Order
from tradepost.payments.models import Payment
from tradepost.promotions.models import PercentageOff
from tradepost.testing import factories

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db
TOTAL = {"amount": "29.90", "currency": "EUR"}


@pytest.fixture
def ready(post: Call, shop: Variant, basket: dict[str, Any]) -> str:
    """Path of a basket that can be ordered: two mugs, by parcel, by card."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG", "quantity": 2})
    data = {
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "parcel",
        "payment_method": "card",
    }
    assert post(f"{url}checkout/", data, method="patch").json()["can_complete"] is True
    return url


def test_a_checkout_says_what_is_missing_and_what_is_on_offer(
    post: Call, shop: Variant, basket: dict[str, Any], client: Client
) -> None:
    """Requirements have stable codes; methods have their prices."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})

    body = client.get(f"/api/v1/{url}checkout/").json()

    assert [(r["code"], r["attr"]) for r in body["requirements"]] == [
        ("email_missing", "email"),
        ("shipping_address_missing", "shipping_address"),
        ("shipping_method_missing", "shipping_method"),
        ("payment_method_missing", "payment_method"),
    ]
    assert body["can_complete"] is False
    [parcel] = body["shipping_methods"]
    assert (parcel["code"], parcel["amount"], parcel["available"]) == (
        "parcel",
        {"amount": "4.90", "currency": "EUR"},
        True,
    )
    assert [(method["code"], method["available"]) for method in body["payment_methods"]] == [
        ("card", True),
        ("cod", True),
    ]


def test_the_checkouts_total_is_explained(post: Call, ready: str, client: Client) -> None:
    """Delivery is one of the steps; the last amount of each line leads to the total."""
    body = client.get(f"/api/v1/{ready}explain/").json()

    assert body["totals"]["total"] == TOTAL
    assert {entry["stage"] for entry in body["trail"]} >= {"prices", "shipping", "taxes"}


def test_a_guest_buys(post: Call, ready: str, client: Client) -> None:
    """201 with the paid order; the token opens it, and nothing else does."""
    answer = post(f"{ready}checkout/complete/", {"expected_total": TOTAL})

    assert answer.status_code == 201
    body = answer.json()
    order, token = body["order"], body["token"]
    assert (order["status"], order["payment_status"], order["stage"]) == ("confirmed", "paid", "paid")
    assert order["total"] == TOTAL
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("MUG", 2)]
    assert [(charge["kind"], charge["total"]["amount"]) for charge in order["charges"]] == [("shipping", "4.90")]
    assert order["shipping_address"]["city"] == "Berlin"
    assert (body["payment"]["status"], body["payment"]["amount"], body["error"]) == ("captured", TOTAL, None)
    assert StockLevel.objects.get().reserved == 2
    number = order["number"]
    assert client.get(f"/api/v1/orders/{number}/?token={token}").json()["number"] == number
    assert client.get(f"/api/v1/orders/{number}/").status_code == 404
    wrong = client.get(f"/api/v1/orders/{number}/?token={'0' * 64}")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (404, "order_not_found")
    assert wrong.json() == client.get(f"/api/v1/orders/9999/?token={token}").json()


def test_completing_twice_makes_one_order(post: Call, ready: str) -> None:
    """With or without a key."""
    first = post(f"{ready}checkout/complete/", {"expected_total": TOTAL})
    again = post(f"{ready}checkout/complete/", {"expected_total": TOTAL})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["order"]["number"] == again.json()["order"]["number"]
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


def test_another_total_than_the_page_showed_is_refused(post: Call, ready: str) -> None:
    """409 with both; nothing is made."""
    answer = post(f"{ready}checkout/complete/", {"expected_total": {"amount": "29.89", "currency": "EUR"}})

    assert answer.status_code == 409
    assert answer.json() == {
        "type": "conflict",
        "errors": [
            {
                "code": "total_changed",
                "detail": "The total has changed. Please check it again.",
                "attr": None,
            }
        ],
        "context": {"expected": {"amount": "29.89", "currency": "EUR"}, "total": TOTAL},
    }
    assert not Order.objects.exists()


def test_what_is_missing_is_refused_with_the_list(post: Call, shop: Variant, basket: dict[str, Any]) -> None:
    """409 with every requirement."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})

    answer = post(f"{url}checkout/complete/", {"expected_total": {"amount": "12.50", "currency": "EUR"}})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "requirements_unmet")
    assert answer.json()["context"]["requirements"][0]["code"] == "email_missing"
    assert not Order.objects.exists()


def test_short_stock_is_told_by_sku(post: Call, ready: str) -> None:
    """No primary key leaves the shop; nothing is kept."""
    StockLevel.objects.update(on_hand=1)

    answer = post(f"{ready}checkout/complete/", {"expected_total": TOTAL})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "out_of_stock")
    assert answer.json()["context"]["short"] == {"MUG": 1}
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()


def test_an_unusual_postcode_is_told_and_ordered_all_the_same(post: Call, ready: str, client: Client) -> None:
    """For each address that was given; it is no requirement."""
    odd = {**ADDRESS, "postcode": "1"}
    assert client.get(f"/api/v1/{ready}checkout/").json()["warnings"] == []

    body = post(f"{ready}checkout/", {"shipping_address": odd, "billing_address": odd}, method="patch").json()

    detail = "Please check the postcode (Germany: 5 digits, as in 10115)."
    assert body["warnings"] == [
        {"code": "postcode_unusual", "detail": detail, "attr": f"{name}.postcode"}
        for name in ("shipping_address", "billing_address")
    ]
    assert body["can_complete"] is True
    assert post(f"{ready}checkout/complete/", {"expected_total": TOTAL}).status_code == 201
    assert Order.objects.get().shipping_address["postcode"] == "1"


def test_a_wrong_address_is_told_field_by_field(post: Call, shop: Variant, basket: dict[str, Any]) -> None:
    """With the path of each."""
    data = {"shipping_address": {**ADDRESS, "city": "", "country": "Germany", "planet": "Earth"}}

    answer = post(f"baskets/{basket['uuid']}/checkout/", data, method="patch")

    assert answer.status_code == 400
    assert {(error["code"], error["attr"]) for error in answer.json()["errors"]} == {
        ("address_invalid", "shipping_address.city"),
        ("address_invalid", "shipping_address.country"),
        ("address_invalid", "shipping_address.planet"),
    }


@pytest.mark.parametrize(
    ("data", "attr"),
    [
        ({"email": "ada"}, "email"),
        ({"email": 7}, "email"),
        ({"shipping_address": "Main St"}, "shipping_address"),
        ({"payments": [{"method": "card", "amount": {"amount": "1.00", "currency": "USD"}}]}, "payments"),
        ({"payments": [{"method": "card", "amount": {"amount": "1.001", "currency": "EUR"}}]}, "payments.0.amount"),
        ({"payments": [{"method": "card", "amount": 1.5}]}, "payments.0.amount"),
        ({"deliveries": {"": "parcel"}}, "deliveries"),
        ({"consents": {"terms": "x" * 41}}, "consents.terms"),
    ],
)
def test_what_is_malformed_is_refused_by_field(
    post: Call, shop: Variant, basket: dict[str, Any], data: Any, attr: str
) -> None:
    """400, and the checkout stays as it was."""
    answer = post(f"baskets/{basket['uuid']}/checkout/", data, method="patch")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"shiping_method": "parcel"}, "shiping_method"),
        ({"shipping_address": {**ADDRESS, "street": "Main St 1"}}, "shipping_address.street"),
        ({"deliveries": [{"group": "", "method": "parcel", "rate": "0"}]}, "deliveries.0.rate"),
        ({"payments": [{"method": "card", "amout": None}]}, "payments.0.amout"),
    ],
)
def test_a_name_that_there_isnt_is_told_and_nothing_is_changed(
    post: Call, ready: str, client: Client, body: dict[str, Any], attr: str
) -> None:
    """Nested ones by their path."""
    before = client.get(f"/api/v1/{ready}checkout/").json()
    answer = post(f"{ready}checkout/", {"note": "Ring twice.", **body}, method="patch")

    assert (answer.status_code, [error["attr"] for error in answer.json()["errors"]]) == (400, [attr])
    assert client.get(f"/api/v1/{ready}checkout/").json() == before


def test_three_d_secure_sends_the_browser_away_and_back(post: Call, ready: str, client: Client) -> None:
    """The order is pending until the provider says that it is paid."""
    from tradepost.payments import conf

    data = {
        "expected_total": TOTAL,
        "client_input": {"scenario": "requires_redirect"},
        "return_url": "http://testserver/return/{payment}/",
    }
    body = post(f"{ready}checkout/complete/", data).json()
    payment = body["payment"]
    assert (body["order"]["status"], payment["status"]) == ("pending", "requires_action")
    assert payment["next_action"]["kind"] == "redirect"

    gateway: Any = conf.gateway("card")
    gateway.provider.decide(Payment.objects.get().reference, "pay")
    back = post(f"payments/{payment['uuid']}/complete/", {"data": {"anything": "goes"}})

    assert (back.status_code, back.json()["status"], back.json()["next_action"]) == (200, "captured", None)
    assert client.get(f"/api/v1/payments/{payment['uuid']}/").json()["status"] == "captured"
    assert Order.objects.get().status == "confirmed"


def test_a_declined_card_leaves_the_order_to_be_paid_another_way(post: Call, ready: str) -> None:
    """A decline is an answer, not an error."""
    declined = post(
        f"{ready}checkout/complete/", {"expected_total": TOTAL, "client_input": {"scenario": "decline"}}
    ).json()
    assert (declined["order"]["status"], declined["payment"]["status"]) == ("pending", "failed")
    assert declined["payment"]["error_code"] == "declined"

    url = f"orders/{declined['order']['number']}/payments/?token={declined['token']}"
    paid = post(url, {"method": "cod"})

    assert (paid.status_code, paid.json()["method"]) == (201, "cod")
    assert Order.objects.get().status == "confirmed"
    again = post(url, {"method": "card"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "order_closed")


def test_an_unpaid_order_goes_back_to_the_basket(post: Call, ready: str, client: Client) -> None:
    """Meanwhile the basket can't be changed, and says which order it became."""
    done = post(f"{ready}checkout/complete/", {"expected_total": TOTAL, "client_input": {"scenario": "decline"}}).json()
    number = done["order"]["number"]
    refused = post(f"{ready}lines/", {"variant": "MUG"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "basket_submitted")
    assert refused.json()["context"]["order"] == number
    assert client.get(f"/api/v1/{ready}").json()["order"] == number

    back = post(f"orders/{number}/reopen/?token={done['token']}")

    assert back.status_code == 200
    assert back.json()["order"] == number
    again = client.get(f"/api/v1/baskets/{back.json()['basket']}/").json()
    assert (again["status"], again["order"], [line["quantity"] for line in again["lines"]]) == ("open", "", [2])
    assert StockLevel.objects.get().reserved == 0


def test_a_return_address_elsewhere_is_refused(post: Call, ready: str, settings: Any) -> None:
    """Unless the project allows it."""
    data = {"expected_total": TOTAL, "return_url": "https://evil.example/{payment}"}

    refused = post(f"{ready}checkout/complete/", data)
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "return_url")
    assert not Order.objects.exists()

    settings.TRADEPOST_API = {"RETURN_URLS": ("https://app.example/",)}
    data["return_url"] = "https://app.example/{payment}"
    assert post(f"{ready}checkout/complete/", data).status_code == 201


def test_a_coupon_is_shown_on_the_order(post: Call, ready: str) -> None:
    """Its discount once, with the sum of its shares; the shipping is not lowered."""
    promotion = factories.promotion("welcome", coupon="WELCOME")
    PercentageOff.objects.create(promotion=promotion, percent=10)
    assert post(f"{ready}coupons/", {"code": "welcome"}).json()["coupons"] == [{"code": "WELCOME", "applied": True}]

    order = post(f"{ready}checkout/complete/", {"expected_total": {"amount": "27.40", "currency": "EUR"}}).json()[
        "order"
    ]

    assert [(row["coupon"], row["amount"]) for row in order["discounts"]] == [
        ("WELCOME", {"amount": "-2.50", "currency": "EUR"})
    ]
    assert order["discount"] == {"amount": "2.50", "currency": "EUR"}
    assert order["lines"][0]["total"] == {"amount": "22.50", "currency": "EUR"}
