"""Money as people read it: their notation, our digits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from tradepost.core.money import exponent
from tradepost.core.money.currencies import IN_USE
from tradepost.core.money.format import money_text, times_text


@pytest.mark.parametrize(
    ("language", "amount", "currency", "expected"),
    [
        ("en", "1234567.5", "HUF", "HUF1,234,567.50"),
        ("hu", "1234567.5", "HUF", "1 234 567,50 Ft"),
        ("de", "1234.5", "EUR", "1.234,50 €"),
        ("en-in", "1234567.5", "INR", "₹12,34,567.50"),
        ("ja", "1500", "JPY", "￥1,500"),
        ("en", "1.5", "KWD", "KWD1.500"),
        ("en", "-12.5", "EUR", "-€12.50"),
        ("en", "598.5", "COP", "COP598.50"),
        ("xx", "598.5", "IDR", "IDR598.50"),
        ("en", "10", "ZWG", "ZWG10.00"),
    ],
)
def test_amounts_have_the_notation_of_the_language_and_our_digits(
    language: str, amount: str, currency: str, expected: str
) -> None:
    """CLDR would cut forints, pesos and rupiahs to whole ones."""
    with translation.override(language):
        assert money_text(Decimal(amount), currency).replace("\u00a0", " ").replace("\u202f", " ") == expected


@pytest.mark.parametrize("language", ["en", "de", "fr", "ar", "hi", "ja", "fa"])
def test_every_currency_shows_as_many_decimals_as_are_charged(language: str) -> None:
    """In each language, whatever its separators."""
    with translation.override(language):
        for currency in sorted(IN_USE):
            digits = [c for c in money_text(Decimal(1234), currency).split("1", 1)[1] if c.isdigit()]
            assert len(digits) == 3 + exponent(currency), currency


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.0125", "EUR", "€0.0125"),
        ("0.0150", "EUR", "€0.015"),
        ("12.5000", "EUR", "€12.50"),
        ("199.5", "HUF", "HUF199.50"),
        ("0.5", "JPY", "¥0.5"),
        ("1000", "JPY", "¥1,000"),
        ("1.2345", "KWD", "KWD1.2345"),
        ("100000", "EUR", "€100,000.00"),
    ],
)
def test_unit_prices_are_exact(amount: str, currency: str, expected: str) -> None:
    """Up to four decimals, and never fewer than the currency's."""
    assert money_text(Decimal(amount), currency, exact=True) == expected


def test_templates_write_money_by_filters() -> None:
    """Sums, unit prices, and as a field takes it."""
    template = Template(
        "{% load tradepost %}{{ a|money:c }} {{ a|unit_money:c }} {{ a|plain_money:c }} {{ none|money:c }}"
    )

    assert template.render(Context({"a": Decimal("0.0125"), "c": "EUR", "none": None})) == "€0.01 €0.0125 0.01 "


def test_facts_of_a_history_show_amounts_as_money() -> None:
    """Facts that are no amounts stay as they are, a reference of digits too."""
    template = Template("{% load tradepost %}{% fact name value 'HUF' %}")

    def shown(name: str, value: Any) -> str:
        return template.render(Context({"name": name, "value": value}))

    assert [shown("amount", "598.50"), shown("due", "0.00"), shown("told", "5.00")] == [
        "HUF598.50",
        "HUF0.00",
        "HUF5.00",
    ]
    assert [shown("told", "20261"), shown("amount", "10.00 EUR"), shown("units", "{}"), shown("why", "<b>")] == [
        "20261",
        "10.00 EUR",
        "{}",
        "&lt;b&gt;",
    ]


def test_units_by_their_price_are_read_in_the_readers_language() -> None:
    """When they are read, not when they are calculated."""
    text = times_text(80, Decimal("0.0125"), "EUR")

    assert str(text) == "80 × €0.0125"
    with translation.override("de"):
        assert str(text) == "80 × 0,0125\u00a0€"
