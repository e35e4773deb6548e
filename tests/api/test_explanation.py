"""Why a basket or an order costs what it costs, for customers and for staff; and a basket that nobody has."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Variant
from tradepost.core.actors import SYSTEM
from tradepost.customers.models import CustomerGroup
from tradepost.orders.models import Order
from tradepost.orders.services import cancel_units
from tradepost.orders.tokens import access_token
from tradepost.promotions.models import CustomerGroups, MinimumValue, PercentageOff
from tradepost.shipping.models import FreeOver
from tradepost.testing import factories, placed

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db


def eur(amount: str) -> dict[str, str]:
    """As JSON."""
    return {"amount": amount, "currency": "EUR"}


def promotions() -> None:
    """10 % by code, 20 % from 60.00 on, and something secret for friends."""
    PercentageOff.objects.create(promotion=factories.promotion("ten", coupon="TEN"), percent=10)
    much = factories.promotion("much")
    PercentageOff.objects.create(promotion=much, percent=20, target="order")
    MinimumValue.objects.create(promotion=much, amount=60, currency="EUR")
    secret = factories.promotion("secret")
    PercentageOff.objects.create(promotion=secret, percent=50)
    CustomerGroup.objects.create(code="friends", name="Friends")
    CustomerGroups.objects.create(promotion=secret, groups=["friends"])


@pytest.fixture
def staff(django_user_model: Any) -> Client:
    """Somebody who may do dry runs, and see promotions and customers."""
    user = django_user_model.objects.create_user("sam", is_staff=True)
    codenames = ["dry_run_basket", "view_promotion", "view_customer"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def order(post: Call, shop: Variant, basket: dict[str, Any]) -> Order:
    """A guest's three mugs by parcel, less 10 %, paid on delivery."""
    PercentageOff.objects.create(promotion=factories.promotion("ten", coupon="TEN"), percent=10)
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG", "quantity": 3})
    post(f"{url}coupons/", {"code": "ten"})
    data = {
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "parcel",
        "payment_method": "cod",
    }
    post(f"{url}checkout/", data, method="patch")
    created = post(f"{url}checkout/complete/", {"expected_total": eur("38.65")}).json()["order"]
    return Order.objects.get(number=created["number"])


def test_customers_are_told_of_their_codes_and_of_hints_staff_of_all(
    post: Call, shop: Variant, basket: dict[str, Any], client: Client, staff: Client
) -> None:
    """Codes for friends are nobody else's business."""
    promotions()
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG", "quantity": 2})
    Basket.objects.update(coupon_codes=["GONE"])

    theirs = client.get(f"/api/v1/{url}explain/").json()
    all_of_it = staff.get(f"/api/v1/{url}explain/").json()

    assert {(entry["rule"], entry["code"]) for entry in theirs["refused"]} == {
        ("", "coupon_invalid"),
        ("much", "minimum_not_reached"),
    }
    assert "secret" not in str(theirs)
    assert ("secret", "wrong_group") in {(entry["rule"], entry["code"]) for entry in all_of_it["refused"]}
    assert theirs["totals"]["total"] == all_of_it["totals"]["total"] == eur("25.00")
    assert (theirs["credits"], theirs["exchange"]) == ([], None)


def test_a_basket_has_its_hints(post: Call, shop: Variant, basket: dict[str, Any], client: Client) -> None:
    """Those of delivery at the checkout, where rates are asked for anyway."""
    promotions()
    FreeOver.objects.create(code="saver", name="Saver", currency="EUR", amount=3, threshold="28.10")
    url = f"baskets/{basket['uuid']}/"

    shown = post(f"{url}lines/", {"variant": "MUG", "quantity": 2}).json()

    much = {
        "code": "spend_more",
        "message": "€35.00 more for 20 % off.",
        "amount": eur("35.00"),
        "units": None,
        "progress": 41,
        "promise": "20 % off",
        "promotion": "much",
        "products": [],
    }
    assert shown["totals"]["hints"] == [much]
    hints = client.get(f"/api/v1/{url}checkout/").json()["totals"]["hints"]
    assert hints[1:] == [much]
    assert (hints[0]["code"], hints[0]["message"]) == ("free_delivery", "€3.10 more for free delivery.")


def test_an_order_is_explained_from_what_was_stored(order: Order, client: Client) -> None:
    """Every step by line and charge; no rule that changed since has a say."""
    PercentageOff.objects.update(percent=90)
    Variant.objects.update(sku="OTHER")

    url = f"/api/v1/orders/{order.number}/explain/"
    body = client.get(url, {"token": access_token(order)}).json()

    [mug], [parcel] = body["lines"], body["charges"]
    assert (mug["code"], mug["name"], mug["total"]) == ("MUG", "Mug", eur("33.75"))
    assert [
        (s["stage"], s["rule"], s["coupon"], s["before"]["amount"], s["after"]["amount"]) for s in mug["steps"]
    ] == [
        ("prices", "eur", "", "0.00", "37.50"),
        ("promotions", "ten", "TEN", "37.50", "33.75"),
        ("taxes", "VAT 19 %", "", "33.75", "33.75"),
    ]
    assert [step["why"] for step in mug["steps"]][::2] == ["3 × €12.50", "VAT 19 % is included: €28.36 and €5.39."]
    assert [(s["stage"], s["after"]["amount"]) for s in parcel["steps"]] == [("shipping", "4.90"), ("taxes", "4.90")]
    assert (body["totals"]["total"], body["totals"]["discount"]) == (eur("38.65"), eur("3.75"))
    assert (body["refused"], body["credits"], body["exchange"]) == ([], [], None)


def test_an_order_is_explained_to_its_buyer_only(order: Order, client: Client, signed_in: Client) -> None:
    """Without the token, with another one, or as somebody else it is absent."""
    url = f"/api/v1/orders/{order.number}/explain/"

    assert client.get(url).status_code == 404
    assert client.get(url, {"token": "wrong"}).status_code == 404
    assert signed_in.get(url).status_code == 404


def test_what_was_credited_and_the_rate_stand_in_an_orders_explanation(order: Order, client: Client) -> None:
    """From the total to what is left, and what that was in the shop's own currency."""
    cancel_units(order, {order.lines.get().pk: 1}, by=SYSTEM)
    Order.objects.update(base_currency="USD", exchange_rate="1.25")

    body = client.get(f"/api/v1/orders/{order.number}/explain/", {"token": access_token(order)}).json()

    [credit] = body["credits"]
    assert (credit["stage"], credit["rule"], credit["before"], credit["after"]) == (
        "credits",
        "cancelled",
        eur("38.65"),
        eur("27.40"),
    )
    assert body["exchange"] == {"rate": "1.25", "total": {"amount": "48.31", "currency": "USD"}}


@pytest.mark.parametrize("lines", [1, 30])
def test_an_order_is_explained_by_ten_queries(lines: int, client: Client) -> None:
    """However many lines it has."""
    order = placed.order(*(placed.line_row(off="1") for _ in range(lines)), shipping="4.90")

    with CaptureQueriesContext(connection) as seen:
        answer = client.get(f"/api/v1/orders/{order.number}/explain/", {"token": access_token(order)})

    assert answer.status_code == 200, answer.content
    assert len(answer.json()["lines"]) == lines
    assert len(seen.captured_queries) <= 10


def test_staff_try_a_basket_that_nobody_has(staff: Client, post: Call, shop: Variant) -> None:
    """Customer, place, moment, codes, delivery and payment count; nothing is written."""
    promotions()
    ada = factories.customer(email="ada@example.com")
    ada.groups.add(CustomerGroup.objects.get())
    asked = {
        "items": [{"variant": "MUG", "quantity": 2}, {"variant": "MUG"}],
        "customer": "ADA@example.com",
        "country": "de",
        "region": "BE",
        "postcode": "10115",
        "currency": "eur",
        "at": "2030-01-01T12:00:00Z",
        "coupons": ["ten", "gone"],
        "shipping_method": "parcel",
        "payment_method": "cod",
    }

    answer = post("staff/dry-run/", asked, by=staff)
    by_uuid = post("staff/dry-run/", {**asked, "customer": str(ada.uuid)}, by=staff)

    body = answer.json()
    assert answer.status_code == 200, body
    assert body == by_uuid.json()
    assert body["currency"] == "EUR"
    assert body["explanation"]["totals"]["total"] == eur("21.77")
    assert [(line["code"], line["total"]) for line in body["explanation"]["lines"]] == [("MUG", eur("16.87"))]
    assert [step["rule"] for step in body["explanation"]["lines"][0]["steps"]] == ["eur", "secret", "ten", "VAT 19 %"]
    assert body["coupons"] == [{"code": "TEN", "applied": True}, {"code": "GONE", "applied": False}]
    assert [way["code"] for way in body["shipping_methods"]] == ["parcel"]
    assert body["problems"] == []
    assert not Basket.objects.exists()
    assert not BasketLine.objects.exists()


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"items": []}, "items"),
        ({"items": [{"variant": "NOPE"}]}, "items"),
        ({"items": [{"variant": "MUG", "quantity": 0}]}, "items.0.quantity"),
        ({"customer": "eve@example.com"}, "customer"),
        ({"customer": "nobody"}, "customer"),
        ({"currency": "XXX"}, "currency"),
        ({"at": "soon"}, "at"),
    ],
)
def test_what_cant_be_tried_is_refused(
    change: dict[str, Any], attr: str, staff: Client, post: Call, shop: Variant
) -> None:
    """With the field that is wrong."""
    answer = post("staff/dry-run/", {"items": [{"variant": "MUG"}], **change}, by=staff)

    assert answer.status_code == 400
    assert [entry["attr"] for entry in answer.json()["errors"]] == [attr]


@pytest.mark.parametrize("field", ["customer", "email"])
def test_a_dry_run_tells_nobody_whom_the_shop_knows(
    field: str, staff: Client, post: Call, shop: Variant, django_user_model: Any
) -> None:
    """Without the permission to view customers, whoever is named is refused alike; a basket of nobody is tried."""
    factories.customer(email="ada@example.com")
    sam = django_user_model.objects.get(username="sam")
    sam.user_permissions.remove(*sam.user_permissions.filter(codename="view_customer"))
    asked = {"items": [{"variant": "MUG"}]}

    answers = [post("staff/dry-run/", {**asked, field: f"{name}@example.com"}, by=staff) for name in ("ada", "eve")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json() == answers[1].json()
    assert post("staff/dry-run/", {**asked, field: ""}, by=staff).status_code == 200


def test_only_staff_with_the_permissions_try_baskets(
    staff: Client, signed_in: Client, client: Client, post: Call, shop: Variant, django_user_model: Any
) -> None:
    """Guests and customers don't, nor do staff who may not see baskets."""
    eve = Client()
    eve.force_login(django_user_model.objects.create_user("eve", is_staff=True))
    asked = {"items": [{"variant": "MUG"}]}

    assert post("staff/dry-run/", asked, by=staff).status_code == 200
    assert [post("staff/dry-run/", asked, by=by).status_code for by in (signed_in, eve)] == [403, 403]
    assert post("staff/dry-run/", asked, by=client).status_code in {401, 403}
