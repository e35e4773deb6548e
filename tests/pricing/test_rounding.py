"""How converted prices are rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradepost.core.money import exponent
from tradepost.pricing.prices.rounding import Rounding, round_price


@pytest.mark.parametrize(
    ("rule", "currency", "pairs"),
    [
        ("unit", "EUR", [("12.344", "12.34"), ("12.345", "12.35"), ("0.001", "0.01"), ("0", "0.00")]),
        ("unit", "JPY", [("1499.4", "1499"), ("1499.5", "1500"), ("0.2", "1"), ("0", "0")]),
        ("unit", "KWD", [("1.2344", "1.234"), ("1.2345", "1.235"), ("0.0001", "0.001")]),
        ("five_cents", "EUR", [("12.32", "12.30"), ("12.325", "12.35"), ("0.01", "0.05")]),
        ("five_cents", "KWD", [("1.224", "1.200"), ("1.225", "1.250")]),
        ("five_cents", "JPY", [("1499.5", "1500")]),
        (
            "ends_99",
            "EUR",
            [("12.34", "11.99"), ("12.49", "12.99"), ("12.99", "12.99"), ("13.48", "12.99"), ("0.02", "0.99")],
        ),
        ("ends_99", "KWD", [("1.234", "0.990"), ("1.490", "1.990")]),
        ("ends_99", "JPY", [("1499.5", "1500")]),
        ("ends_95", "EUR", [("12.44", "11.95"), ("12.45", "12.95"), ("100", "99.95"), ("0", "0.00")]),
        ("whole", "EUR", [("12.49", "12.00"), ("12.50", "13.00"), ("0.20", "1.00")]),
        ("whole", "KWD", [("12.500", "13.000")]),
        ("fives", "EUR", [("12.49", "10.00"), ("12.50", "15.00"), ("1.00", "5.00")]),
        ("fives", "JPY", [("1497.4", "1495"), ("1497.5", "1500")]),
        ("tens", "JPY", [("1494", "1490"), ("1495", "1500")]),
        ("hundreds", "JPY", [("1449", "1400"), ("1450", "1500"), ("12", "100")]),
    ],
)
def test_the_nearest_amount_of_the_rule(rule: str, currency: str, pairs: list[tuple[str, str]]) -> None:
    """The higher of two; nothing becomes free, and what is free stays so."""
    texts = [str(round_price(Decimal(exact), rule, currency)) for exact, _expected in pairs]

    assert texts == [expected for _exact, expected in pairs]


@given(
    st.decimals(0, 10**6, places=6),
    st.decimals(0, 10**6, places=6),
    st.sampled_from(Rounding.values),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_any_amount_has_a_rounded_one(first: Decimal, other: Decimal, rule: str, currency: str) -> None:
    """In the currency's decimals; twice is once; what costs more never costs less; only what is free is."""
    low, high = sorted([first, other])
    result = round_price(low, rule, currency)

    assert -int(result.as_tuple().exponent) == exponent(currency)
    assert round_price(result, rule, currency) == result
    assert result <= round_price(high, rule, currency)
    assert (result == 0) == (low == 0)
