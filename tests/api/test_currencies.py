"""Currencies with none and with three decimals over HTTP; and whose choice counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.pricing.models import ExchangeRate
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(shop: Variant, settings: Any) -> Variant:
    """The shop, in yen and dinars as well."""
    settings.TRADEPOST_PRICING = {
        "CURRENCIES": ("EUR", "JPY", "KWD"),
        "CURRENCY_OF_COUNTRY": {"JP": "JPY", "KW": "KWD"},
    }
    for currency, rate, amount, fee in (("JPY", "0.0061", "1650", "800"), ("KWD", "3", "3.125", "1.505")):
        ExchangeRate.objects.create(base="EUR", currency=currency, rate=Decimal(rate), valid_from=clock.now())
        FlatRate.objects.create(code=f"parcel-{currency.lower()}", name="Parcel", currency=currency, amount=fee)
        make.price(shop, amount, price_list=make.price_list(currency.lower(), currency=currency))
    return shop


@pytest.mark.parametrize(
    ("query", "price"),
    [
        ("", {"amount": "12.50", "currency": "EUR"}),
        ("?country=JP", {"amount": "1650", "currency": "JPY"}),
        ("?country=KW", {"amount": "3.125", "currency": "KWD"}),
        ("?country=JP&currency=KWD", {"amount": "3.125", "currency": "KWD"}),
        ("?country=FR", {"amount": "12.50", "currency": "EUR"}),
    ],
)
def test_prices_are_in_the_currency_of_the_country_or_the_one_asked_for(
    client: Client, world: Variant, query: str, price: dict[str, str]
) -> None:
    """In lists and on the product's page."""
    assert client.get(f"/api/v1/products/{query}").json()["results"][0]["price"] == price
    assert client.get(f"/api/v1/products/mug/{query}").json()["variants"][0]["price"] == price


def test_a_new_basket_is_in_the_currency_of_its_country(post: Call, world: Variant, signed_in: Client) -> None:
    """Unless another is asked for; who is signed in has the same."""
    assert post("baskets/", {"country": "JP"}).json()["currency"] == "JPY"
    assert post("baskets/", {"country": "JP", "currency": "EUR"}).json()["currency"] == "EUR"
    assert post("baskets/", {}).json()["currency"] == "EUR"
    assert post("baskets/", {"country": "KW"}, by=signed_in).json()["currency"] == "KWD"


@pytest.mark.parametrize(
    ("country", "total", "wrong", "sentence"),
    [
        ("JP", {"amount": "4100", "currency": "JPY"}, "4100.5", "JPY has 0 decimal places."),
        ("KW", {"amount": "7.755", "currency": "KWD"}, "7.7551", "KWD has 3 decimal places."),
    ],
)
def test_an_order_has_the_decimals_of_its_currency(
    client: Client, post: Call, world: Variant, country: str, total: dict[str, str], wrong: str, sentence: str
) -> None:
    """An amount with more is refused with a sentence, and nothing is ordered; it is never rounded."""
    url = f"baskets/{post('baskets/', {'country': country}).json()['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG", "quantity": 2})
    currency = total["currency"]
    data = {"email": "ada@example.com", "shipping_address": {**ADDRESS, "country": country, "postcode": "100-0001"}}
    data |= {"shipping_method": f"parcel-{currency.lower()}", "payment_method": "card"}
    body = post(f"{url}checkout/", data, method="patch").json()
    assert body["totals"]["total"] == total

    refused = post(f"{url}checkout/complete/", {"expected_total": {"amount": wrong, "currency": currency}})
    assert (refused.status_code, refused.json()["errors"][0]["detail"]) == (400, sentence)
    split = {"payments": [{"method": "card", "amount": {"amount": wrong, "currency": currency}}]}
    assert post(f"{url}checkout/", split, method="patch").json()["errors"][0]["detail"] == sentence

    done = post(f"{url}checkout/complete/", {"expected_total": total}, key="k").json()
    assert done["order"]["total"] == total
    assert done["payment"]["amount"] == total
