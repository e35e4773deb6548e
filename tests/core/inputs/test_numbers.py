"""Numbers out of texts: what is read, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradepost.core.errors import Invalid
from tradepost.core.inputs.numbers import (
    MAX_COUNT,
    InvalidNumber,
    read_amount,
    read_count,
    read_decimal,
    read_unit_price,
)
from tradepost.core.money import exact, exponent, is_currency
from tradepost.core.money.currencies import IN_USE, places_of

NO_NUMBERS: list[Any] = [
    *(
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "inf",
        "1_0",
        "1__0",
        "١٢",
        "１２",
        "²",
        "1 0",
        " 1",
        "1 ",
        "1\n",
        "\u00a01",
    ),
    *("1e3", "1E-2", "0x10", "1,5", "1.", ".", "", "-", "--1", "+1", "1.2.3", "−1", "9" * 41, "1." + "0" * 41),
    *(float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), 1e30, 1e-30, None, True, False, [], {}, b"1"),
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_plain_number_is_refused(value: Any) -> None:
    """By each reader alike, with a code and the field's name."""
    for read in (read_decimal, read_unit_price, read_count, lambda value, attr: read_amount(value, "EUR", attr=attr)):
        with pytest.raises(InvalidNumber) as refusal:
            read(value, attr="field")  # type: ignore[operator]
        assert (refusal.value.code, refusal.value.context["attr"]) == ("invalid_number", "field")


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("12.5", "EUR", "12.50"),
        (12, "EUR", "12.00"),
        ("12.5000", "EUR", "12.50"),
        ("007", "JPY", "7"),
        (".5", "EUR", "0.50"),
        ("-0.00", "EUR", "0.00"),
        ("1.234", "KWD", "1.234"),
        ("1.2345", "CLF", "1.2345"),
        ("9999999999999.99", "EUR", "9999999999999.99"),
        ("999999999999999.00", "EUR", "999999999999999.00"),
        (Decimal("1E+2"), "JPY", "100"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(value: Any, currency: str, expected: str) -> None:
    """Zeros at the end are no decimals."""
    assert str(read_amount(value, currency)) == expected


@pytest.mark.parametrize(
    ("value", "currency", "fact"),
    [
        ("1.005", "EUR", ("places", 2)),
        ("1.5", "JPY", ("places", 0)),
        ("1.23456", "CLF", ("places", 4)),
        ("1000000000000000", "EUR", ("digits", 15)),
        ("999999999999999.99", "EUR", ("digits", 15)),
        ("-0.01", "EUR", ("least", "0")),
    ],
)
def test_amounts_are_never_rounded_or_cut(value: str, currency: str, fact: tuple[str, Any]) -> None:
    """Amounts that the column or the currency can't have are refused, with the bound."""
    with pytest.raises(InvalidNumber) as refusal:
        read_amount(value, currency)
    assert (refusal.value.context[fact[0]], refusal.value.context["attr"]) == (fact[1], "amount")


def test_unit_prices_may_be_finer_than_their_currency() -> None:
    """Up to four decimals; not below zero."""
    assert read_unit_price("0.0125") == Decimal("0.0125")
    assert read_unit_price("99999999999.9999") == Decimal("99999999999.9999")
    for value in ("0.01255", "-1", "999999999999.9999", "123456789012345.6789"):
        with pytest.raises(InvalidNumber):
            read_unit_price(value)


def test_counts_are_whole_and_fit_a_column() -> None:
    """From a least to what 32 bits hold."""
    assert [read_count(value) for value in ("0", "2", "2.0", 7, str(MAX_COUNT))] == [0, 2, 2, 7, 2_147_483_647]
    for value in ("2147483648", "2.5", "-1", "9" * 40):
        with pytest.raises(InvalidNumber):
            read_count(value)
    with pytest.raises(InvalidNumber):
        read_count("0", least=1)
    with pytest.raises(Invalid, match=r"^Enter a whole number\.$"):
        read_count("many")


@given(st.text(max_size=12) | st.floats() | st.integers() | st.decimals(allow_nan=True))
def test_a_reader_reads_or_refuses(value: Any) -> None:
    """Whatever comes, nothing else is raised; and what was read is read again."""
    try:
        number = read_decimal(value)
    except InvalidNumber:
        return
    assert read_decimal(str(number)) == number


def test_one_table_says_which_currencies_are_in_use() -> None:
    """Those that the money library doesn't know yet are in it, withdrawn ones and what is no money are not."""
    assert len(IN_USE) == 164
    assert [is_currency(code) for code in ("XCG", "ZWG", "EUR", "SLE")] == [True] * 4
    assert [is_currency(code) for code in ("HRK", "BGN", "ANG", "ZWL", "DEM", "XXX", "XTS", "XAU")] == [False] * 8
    assert [exponent(code) for code in ("XCG", "ZWG", "HUF", "ISK", "TND", "CLF")] == [2, 2, 2, 0, 3, 4]
    assert (places_of("HRK"), places_of("ITL"), places_of("NO1")) == (2, 0, None)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1E+15", "1E+60", "1.005"])
def test_amounts_of_callers_are_exact_or_refused(text: str) -> None:
    """Of a program, too."""
    with pytest.raises(Invalid):
        exact(Decimal(text), "EUR")
