"""Amounts out of providers' answers: plain and finite, or an answer that can't be read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradepost.gateways.chapa_refunds import read_refund
from tradepost.gateways.paypal.money import price_of
from tradepost.gateways.responses import amount_in, reading
from tradepost.payments.interface import OutcomeUnknown, Price


@pytest.mark.parametrize("value", ["12.50", Decimal("12.5"), "12.500", 12.5])
def test_amounts_are_texts_or_numbers(value: Any) -> None:
    """As providers write them."""
    assert amount_in(value) == Decimal("12.50")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1_0", "1e3", "١٢", "", None, True, []])
def test_what_is_none_is_an_unknown_outcome(value: Any) -> None:
    """Never an amount that compares with nothing; money may have moved."""
    with pytest.raises(OutcomeUnknown), reading("PayPal"):
        price_of({"value": value, "currency_code": "EUR"})
    if value is not None:  # Chapa's refunds may have none
        with pytest.raises(OutcomeUnknown), reading("Chapa"):
            read_refund({"amount": value}, ref="r", price=Price(Decimal(1), "ETB"))
