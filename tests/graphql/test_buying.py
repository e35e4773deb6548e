"""A guest and a customer buy something by GraphQL alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant

from .conftest import ADDRESS, Ask

pytestmark = pytest.mark.django_db

CREATE = 'mutation { createBasket(input: {country: "DE"}) { uuid currency lines { uuid } } }'
ADD = """
mutation ($basket: UUID, $key: String) {
  addLine(basket: $basket, input: {variant: "MUG", quantity: 2}, idempotencyKey: $key) {
    lines { uuid quantity total { amount currency } productCard { slug } }
    totals { total { amount currency } }
  }
}
"""
FILL = """
mutation ($basket: UUID, $address: AddressInput!) {
  updateCheckout(basket: $basket, input: {
    email: "ada@example.com", shippingAddress: $address, shippingMethod: "parcel", paymentMethod: "card"
  }) {
    requirements { code }
    totals { total { amount currency } }
  }
}
"""
COMPLETE = """
mutation ($basket: UUID, $total: MoneyInput!, $key: String) {
  completeCheckout(basket: $basket, input: {expectedTotal: $total}, idempotencyKey: $key) {
    order { number status total { amount currency } }
    token
    payment { uuid status }
    error { code }
  }
}
"""


def test_a_guest_buys(ask: Ask, shop: Variant) -> None:
    """From the first product to the order, which its token opens."""
    page = ask("{ products(first: 5) { nodes { slug price { amount currency } inStock } } }")
    basket = ask(CREATE)["createBasket"]["uuid"]
    line = ask(ADD, basket=basket)["addLine"]
    checkout = ask(FILL, basket=basket, address=ADDRESS)["updateCheckout"]
    done = ask(COMPLETE, basket=basket, total=checkout["totals"]["total"])["completeCheckout"]
    order = ask(
        "query ($number: String!, $token: String) { order(number: $number, token: $token) { status paymentStatus email } }",
        number=done["order"]["number"],
        token=done["token"],
    )["order"]

    assert page["products"]["nodes"] == [
        {"slug": "mug", "price": {"amount": "12.50", "currency": "EUR"}, "inStock": True}
    ]
    assert line["lines"][0]["total"] == {"amount": "25.00", "currency": "EUR"}
    assert line["lines"][0]["productCard"] == {"slug": "mug"}
    assert checkout["totals"]["total"] == {"amount": "29.90", "currency": "EUR"}
    assert done["error"] is None
    assert order == {"status": "CONFIRMED", "paymentStatus": "PAID", "email": "ada@example.com"}


SIGN_IN = 'mutation ($name: String!) { signIn(input: {email: $name, password: "secret"}) { accessToken } }'
ADDRESSES = """
mutation ($address: BookAddressInput!) { addAddress(input: $address) { uuid city } }
"""
ORDER = "query ($number: String!) { order(number: $number) { number email shippingAddress { city } lines { sku quantity } } }"


def caller(ask: Ask, name: str, users: Any) -> Client:
    """Somebody with an account, signed in by a token."""
    users.objects.create_user(name, f"{name}@example.com", "secret")
    token = ask(SIGN_IN, name=name, by=Client())["signIn"]["accessToken"]
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_a_customer_buys(ask: Ask, shop: Variant, django_user_model: Any) -> None:
    """Signed in by a token: an address of the book, the caller's own basket, delivery, payment, and the order among theirs."""
    ada, bob = (caller(ask, name, django_user_model) for name in ("ada", "bob"))
    added = ask(ADDRESSES, by=ada, address={**ADDRESS, "city": "Potsdam"})["addAddress"]
    ask(ADD, by=ada)
    offers = ask("{ checkout { shippingMethods { code amount { amount } } paymentMethods { code } } }", by=ada)[
        "checkout"
    ]
    book = ask("{ addresses { name line1 city postcode country } }", by=ada)["addresses"]
    address = {name: book[0][name] for name in ("name", "line1", "city", "postcode", "country")}
    checkout = ask(FILL, by=ada, address=address)["updateCheckout"]
    done = ask(COMPLETE, by=ada, total=checkout["totals"]["total"])["completeCheckout"]
    number = done["order"]["number"]
    own = ask("{ orders { nodes { number paymentStatus } } basket { lines { uuid } } }", by=ada)

    assert added["city"] == "Potsdam"
    assert [method["code"] for method in offers["paymentMethods"]] == ["card", "cod"]
    assert (checkout["requirements"], done["error"]) == ([], None)
    assert own == {"orders": {"nodes": [{"number": number, "paymentStatus": "PAID"}]}, "basket": {"lines": []}}
    assert ask(ORDER, by=ada, number=number)["order"] == {
        "number": number,
        "email": "ada@example.com",
        "shippingAddress": {"city": "Potsdam"},
        "lines": [{"sku": "MUG", "quantity": 2}],
    }

    for stranger in (bob, Client()):
        refusals = [ask(ORDER, by=stranger, number=each, whole=True)["errors"][0] for each in (number, "404404")]
        assert [refusal["extensions"]["code"] for refusal in refusals] == ["order_not_found"] * 2
        assert refusals[0]["message"] == refusals[1]["message"]
    assert ask("{ orders { nodes { number } } }", by=bob)["orders"]["nodes"] == []
