"""Amounts as providers count them: exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradepost.payments.interface import Price, Rejected


@pytest.mark.parametrize(
    ("amount", "currency", "places", "units"),
    [
        ("30.00", "USD", None, 3000),
        ("3000", "JPY", None, 3000),
        ("1.234", "KWD", None, 1234),
        ("19.99", "EUR", None, 1999),
        ("100", "XOF", 2, 10000),  # a provider that counts hundredths of everything
    ],
)
def test_an_amount_is_counted_in_the_smallest_unit_and_back(
    amount: str, currency: str, places: int | None, units: int
) -> None:
    """By ISO 4217's exponent, or the provider's own."""
    price = Price(Decimal(amount), currency)

    assert price.minor(places) == units
    assert Price.from_minor(units, currency.lower(), places) == price


@pytest.mark.parametrize(
    ("amount", "currency", "places"), [("19.999", "EUR", None), ("0.5", "JPY", None), ("1.234", "KWD", 2)]
)
def test_an_amount_that_does_not_fit_is_refused_and_never_rounded(
    amount: str, currency: str, places: int | None
) -> None:
    """Not even half up."""
    with pytest.raises(Rejected) as refusal:
        Price(Decimal(amount), currency).minor(places)

    assert refusal.value.code == "amount_precision"
