"""Which price counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.core.checks import check_settings
from tradepost.core.dates import clock
from tradepost.customers.models import CustomerGroup
from tradepost.pricing import services
from tradepost.pricing.checks import check_pricing
from tradepost.pricing.conf import PricingSettings
from tradepost.pricing.errors import RateMissing
from tradepost.pricing.models import ExchangeRate
from tradepost.pricing.ports import PriceQuote, PriceRequest
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def quote(variant: Any, quantity: int = 1, **values: Any) -> PriceQuote:
    """The price for so many units."""
    context = services.context(**{"currency": "EUR", **values})
    return services.quote([PriceRequest("key", variant.pk, quantity)], context)[0]


def amount(variant: Any, quantity: int = 1, **values: Any) -> Decimal | None:
    """The price for so many units."""
    return quote(variant, quantity, **values).amount


def test_the_tier_that_is_reached_counts() -> None:
    """From its quantity on."""
    cup = make.variant(price="10.00")
    make.price(cup, "9.00", min_quantity=5)
    make.price(cup, "8.00", min_quantity=10)

    assert [amount(cup, n) for n in (1, 4, 5, 9, 10, 1000)] == [
        Decimal(text) for text in ("10.00", "10.00", "9.00", "9.00", "8.00", "8.00")
    ]


def test_the_list_of_the_highest_priority_that_has_a_price_counts() -> None:
    """Even if another is cheaper; a list whose tier isn't reached has none."""
    cup, hat = make.variant(price="10.00"), make.variant(price="10.00")
    sale = make.price_list("sale", priority=5)
    make.price(cup, "12.00", price_list=sale, min_quantity=2)

    assert (amount(cup, 1), amount(cup, 2), amount(hat, 2)) == (Decimal("10.00"), Decimal("12.00"), Decimal("10.00"))
    assert quote(cup, 2).source == "sale"


def test_of_lists_of_one_priority_the_cheapest_counts() -> None:
    """Whatever they are called."""
    cup = make.variant(price="10.00")
    make.price(cup, "9.00", price_list=make.price_list("aaa"))
    make.price(cup, "8.00", price_list=make.price_list("zzz"))

    assert quote(cup) == PriceQuote(key="key", amount=Decimal("8.00"), source="zzz")


def test_a_list_may_be_for_some_customers_only() -> None:
    """By one query for the groups, and none for a guest."""
    cup, ada, eve = make.variant(price="10.00"), make.customer(), make.customer()
    clubs = [CustomerGroup.objects.create(code=f"club-{n}", name="Club") for n in range(2)]
    members = make.price_list("members", priority=1)
    members.groups.add(*clubs)
    make.price(cup, "7.00", price_list=members)
    ada.groups.add(*clubs)

    assert (amount(cup), amount(cup, customer=ada), amount(cup, customer=eve)) == (
        Decimal("10.00"),
        Decimal("7.00"),
        Decimal("10.00"),
    )


def test_a_list_may_be_for_a_channel_and_a_time() -> None:
    """Both ends of its dates included."""
    cup, first = make.variant(price="10.00"), datetime(2026, 1, 1, tzinfo=UTC)
    last, tick = first + timedelta(days=31), timedelta(microseconds=1)
    make.price(cup, "5.00", price_list=make.price_list("january", priority=1, starts_at=first, ends_at=last))
    make.price(cup, "3.00", price_list=make.price_list("pos", priority=2, channel="pos"))
    make.price(cup, "1.00", price_list=make.price_list("off", priority=3, is_active=False))

    amounts = [amount(cup, at=at) for at in (first - tick, first, last, last + tick)]

    assert amounts == [Decimal("10.00"), Decimal("5.00"), Decimal("5.00"), Decimal("10.00")]
    assert amount(cup, channel="pos") == Decimal("3.00")


def test_the_price_before_is_shown_where_it_was_higher() -> None:
    """Else there is nothing to strike through."""
    cup, hat = make.variant(), make.variant()
    make.price(cup, "8.00", was_amount=Decimal("10.00"))
    make.price(hat, "8.00", was_amount=Decimal("8.00"))

    assert (quote(cup).was, quote(hat).was) == (Decimal("10.00"), None)


def test_lists_of_the_other_basis_are_passed_over(settings: Any) -> None:
    """And the quote notes it."""
    cup = make.variant()
    make.price(cup, "8.40", price_list=make.price_list("net", includes_tax=False))

    assert quote(cup) == PriceQuote(key="key", amount=None, note="Skipped, because it excludes tax: net.")
    settings.TRADEPOST_PRICING = {"PRICES_INCLUDE_TAX": False}
    assert amount(cup) == Decimal("8.40")


def test_another_currency_has_other_prices() -> None:
    """None is none."""
    cup = make.variant(price="10.00")

    assert quote(cup, currency="USD") == PriceQuote(key="key", amount=None)


def test_many_prices_cost_one_query_and_one_for_versions() -> None:
    """In the order in which they were asked for."""
    variants = [make.variant(price=f"{n}.00") for n in range(1, 21)]
    context = services.context(currency="EUR")
    requests = [PriceRequest(variant.sku, variant.pk) for variant in reversed(variants)]

    services.quote(requests, context)  # what is kept in the process is there then
    with CaptureQueriesContext(connection) as seen:
        result = services.quote(requests, context)

    assert [quote.key for quote in result] == [request.key for request in requests]
    assert [quote.amount for quote in result] == [Decimal(n) for n in range(20, 0, -1)]
    assert len(seen) == 2
    assert services.quote([], context) == []


def test_the_exchange_rate_of_a_moment() -> None:
    """The last one that was valid then; never a guess."""
    now = clock.now()
    for rate, days in (("0.90", 10), ("0.92", 1), ("0.95", -1)):
        ExchangeRate.objects.create(
            base="EUR", currency="USD", rate=Decimal(rate), valid_from=now - timedelta(days=days)
        )

    assert services.exchange_rate("EUR", now) == 1
    assert services.exchange_rate("USD", now) == Decimal("0.92")
    assert services.exchange_rate("USD", now - timedelta(days=5)) == Decimal("0.90")
    for currency, at in (("GBP", now), ("USD", now - timedelta(days=11))):
        with pytest.raises(RateMissing):
            services.exchange_rate(currency, at)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, None),
        ({"CURENCY": "EUR"}, "E200"),
        ({"TAX": "nowhere.Taxes"}, "E200"),
        ({"TAX_ROUNDING": "row"}, "E201"),
        ({"CROSS_BORDER": "none"}, "E201"),
        ({"CURRENCY": "EURO", "CURRENCIES": ("EURO",)}, "E202"),
        ({"CURRENCY": "USD"}, "E203"),
        ({"CURRENCY_OF_COUNTRY": {"US": "USD"}}, "E204"),
        ({"CURRENCY_OF_COUNTRY": {"Germany": "EUR"}}, "E204"),
        ({"RATE_JUMP": Decimal(0)}, "E205"),
        ({"RATE_JUMP": "0.1"}, "E200"),
        (
            {
                "RATES": {
                    "BACKEND": "tradepost.pricing.exchange.sources.FixedRates",
                    "OPTIONS": {"rates": {"USD": "-1"}},
                }
            },
            "E200",
        ),
        (
            {
                "RATES": {
                    "BACKEND": "tradepost.pricing.exchange.sources.FixedRates",
                    "OPTIONS": {"rates": {"USD": 0.92}},
                }
            },
            "E200",
        ),
    ],
)
def test_wrong_settings_are_told_at_the_start(settings: Any, values: dict, code: str | None) -> None:
    """With what to write instead."""
    settings.TRADEPOST_PRICING = values

    messages = check_pricing()

    assert [message.id for message in messages] == ([f"tradepost.{code}"] if code else [])
    assert check_settings("TRADEPOST_PRICING", PricingSettings, "x") == [] or code == "E200"
