"""A guest and a customer buy something by GraphQL alone."""

from __future__ import annotations

import pytest

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
