"""Currencies in the pages: whose choice counts, and how many decimals there are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.core.money import quantise
from tradepost.orders.models import Order
from tradepost.pricing.models import ExchangeRate
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

from .conftest import Visitor, open_shop


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Path) -> None:
    """It sells in four currencies, with none, two and three decimals, and knows that of some countries."""
    open_shop(settings, tmp_path)
    settings.TRADEPOST_PRICING = {
        "CURRENCIES": ("EUR", "USD", "JPY", "KWD"),
        "CURRENCY_OF_COUNTRY": {"US": "USD", "JP": "JPY", "KW": "KWD"},
    }
    for currency, rate, fee in (("USD", "0.92", "5.50"), ("JPY", "0.0061", "800"), ("KWD", "3", "1.505")):
        ExchangeRate.objects.create(base="EUR", currency=currency, rate=Decimal(rate), valid_from=clock.now())
        FlatRate.objects.create(code=f"parcel-{currency.lower()}", name="Parcel", currency=currency, amount=fee)


@pytest.fixture
def mug(shop: None) -> Variant:
    """With a price in each."""
    variant = make.variant(product=make.product(name="Mug", slug="mug"), sku="MUG", price="10.00", on_hand=5)
    for currency, amount in (("USD", "11.00"), ("JPY", "1650"), ("KWD", "3.125")):
        make.price(variant, amount, price_list=make.price_list(currency.lower(), currency=currency))
    return variant


def shown(guest: Visitor) -> str:
    """In which currency the next page is."""
    guest.get("/products/mug/")
    codes = [
        code
        for code, sign in (("EUR", "€10"), ("USD", "$11"), ("JPY", "¥1,650"), ("KWD", "3.125"))
        if sign in guest.text
    ]
    assert len(codes) == 1, guest.text
    return codes[0]


def test_a_visitor_has_the_currency_of_their_country(guest: Visitor, mug: Variant) -> None:
    """Until they choose one; the form sends the one that was shown, and that is no choice."""
    assert shown(guest) == "EUR"
    guest.post("/preferences/", {"currency": "EUR", "country": "US"})
    assert shown(guest) == "USD"
    guest.post("/preferences/", {"currency": "USD", "country": "FR"})
    assert shown(guest) == "EUR"

    guest.post("/preferences/", {"currency": "JPY", "country": "US"})
    assert shown(guest) == "JPY"
    guest.post("/preferences/", {"currency": "JPY", "country": "DE"})
    assert shown(guest) == "JPY"
    guest.post("/preferences/", {"currency": "EUR", "country": "US"})
    assert shown(guest) == "EUR"


def test_the_shops_country_counts_before_anybody_said_so(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Its currency, too; one that isn't on offer any more is the shop's own."""
    settings.TRADEPOST_STOREFRONT = {"COUNTRY": "JP"}
    assert shown(guest) == "JPY"

    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD"), "CURRENCY_OF_COUNTRY": {"JP": "JPY"}}
    assert shown(guest) == "EUR"


def test_the_basket_follows_the_country(guest: Visitor, mug: Variant) -> None:
    """Where all of it has a price; else basket and pages keep theirs."""
    guest.add(mug)
    guest.post("/preferences/", {"currency": "EUR", "country": "US"})
    assert (Basket.objects.get().currency, Basket.objects.get().country) == ("USD", "US")

    mug.prices.filter(price_list__currency="JPY").delete()
    guest.post("/preferences/", {"currency": "USD", "country": "JP"})
    assert (Basket.objects.get().currency, Basket.objects.get().country) == ("USD", "JP")
    assert shown(guest) == "USD"


@pytest.mark.parametrize(
    ("country", "texts", "total", "at_home"),
    [
        ("JP", ("¥3,300", "¥800", "¥4,100"), "4100", "25.01"),
        ("KW", ("6.250", "1.505", "7.755"), "7.755", "23.27"),
        ("US", ("$22.00", "$5.50", "$27.50"), "27.50", "25.30"),
    ],
)
def test_everything_is_shown_and_ordered_in_its_decimals(
    guest: Visitor, mug: Variant, country: str, texts: tuple[str, str, str], total: str, at_home: str
) -> None:
    """Basket, checkout, button, order; the order keeps the rate of its day."""
    guest.post("/preferences/", {"currency": "EUR", "country": country})
    guest.add(mug, 2)
    assert texts[0] in guest.get("/basket/").content.decode()
    currency = Basket.objects.get().currency

    guest.post(
        "/checkout/details/",
        {
            "email": "ada@example.com",
            "shipping-name": "Ada",
            "shipping-line1": "1 Road",
            "shipping-postcode": "100-0001" if country == "JP" else "10000",
            "shipping-city": "Town",
            "shipping-region": "NY",
            "shipping-country": country,
        },
    )
    guest.post("/checkout/delivery/", {"method": f"parcel-{currency.lower()}"})
    guest.post("/checkout/payment/", {"method": "card"})
    assert [text for text in texts if text not in guest.text] == []
    assert guest.order_form()["total"] == total
    guest.place()

    order = Order.objects.get()
    assert (order.currency, order.total) == (currency, Decimal(total))
    assert (order.base_currency, quantise(order.total * order.exchange_rate, "EUR")) == ("EUR", Decimal(at_home))
    assert texts[2] in guest.get(f"/orders/{order.number}/").content.decode()
