"""Amounts: rounding, splitting, summing."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradepost.core.errors import Invalid
from tradepost.core.money import CurrencyMismatch, Money, allocate, exponent, is_currency, quantise, rounded, total


def d(*texts: str) -> list[Decimal]:
    """Amounts."""
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("1.00499", "EUR", "1.00"),
        ("0.5", "JPY", "1"),
        ("1.2345", "KWD", "1.235"),
        ("999999999999999.9999", "EUR", "1000000000000000.00"),
    ],
)
def test_amounts_are_rounded_half_up(amount: str, currency: str, expected: str) -> None:
    """Away from zero, to the currency's smallest unit."""
    assert str(quantise(Decimal(amount), currency)) == expected


def test_rates_are_rounded_likewise() -> None:
    """To any number of places."""
    assert rounded(Decimal("0.00005"), 4) == Decimal("0.0001")


def test_currencies_know_their_places() -> None:
    """And what is none is refused."""
    assert [exponent(code) for code in ("JPY", "EUR", "KWD")] == [0, 2, 3]
    assert [is_currency(code) for code in ("EUR", "eur", "XXXX", "")] == [True, False, False, False]
    with pytest.raises(Invalid):
        quantise(Decimal(1), "EURO")


def test_sums_are_of_one_currency() -> None:
    """A mixed sum raises; so does an empty one, which has no currency."""
    assert total([Money("1.10", "EUR"), Money("2.20", "EUR")]) == Money("3.30", "EUR")
    with pytest.raises(CurrencyMismatch) as refusal:
        total([Money(1, "EUR"), Money(1, "USD")])
    assert refusal.value.context == {"currencies": ["EUR", "USD"]}
    with pytest.raises(Invalid):
        total([])


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("4.00", [1, 1, 1], ["1.34", "1.33", "1.33"]),
        ("0.11", d("0.35", "0.35", "0.35"), ["0.04", "0.04", "0.03"]),
        ("-0.11", d("0.35", "0.35", "0.35"), ["-0.04", "-0.04", "-0.03"]),
        ("5.00", d("60.00", "40.00"), ["3.00", "2.00"]),
        ("0.05", [1, 0, 1], ["0.03", "0.00", "0.02"]),
        ("0.00", [0, 0], ["0.00", "0.00"]),
        ("0.00", [], []),
    ],
)
def test_parts_sum_to_the_whole(amount: str, weights: list, parts: list[str]) -> None:
    """The remainder goes to the largest remainders, the first of equal ones."""
    assert allocate(Decimal(amount), weights, currency="EUR") == d(*parts)


@pytest.mark.parametrize(
    ("amount", "weights", "caps", "parts"),
    [
        ("10.00", [1, 1], d("2.00", "9.00"), ["2.00", "8.00"]),
        ("10.00", [1, 1, 1], d("1.00", "2.00", "7.00"), ["1.00", "2.00", "7.00"]),
        ("3.00", [2, 1], d("1.99", "9.00"), ["1.99", "1.01"]),
        ("3.00", [1, 0], d("1.00", "2.00"), ["1.00", "2.00"]),
        ("3.00", [0, 0], d("2.00", "4.00"), ["1.00", "2.00"]),
        ("0.02", [1] * 4, d("0.01", "0.01", "0.01", "0.01"), ["0.01", "0.01", "0.00", "0.00"]),
        ("-3.00", [1, 1], d("1.00", "9.00"), ["-1.00", "-2.00"]),
    ],
)
def test_no_part_is_greater_than_its_cap(amount: str, weights: list, caps: list[Decimal], parts: list[str]) -> None:
    """The excess of a full part goes to the others."""
    assert allocate(Decimal(amount), weights, currency="EUR", caps=caps) == d(*parts)


@pytest.mark.parametrize(
    ("amount", "weights", "caps"),
    [
        ("1.00", [0, 0], None),
        ("1.00", [], None),
        ("1.00", [1, 1], d("0.50", "0.49")),
        ("1.00", [1, 1], d("0.00", "0.00")),
        ("0.005", [1], None),
        ("1.00", [-1, 2], None),
        ("1.00", [1, 1], d("-1.00", "3.00")),
    ],
)
def test_what_can_not_be_shared_is_refused(amount: str, weights: list, caps: list[Decimal] | None) -> None:
    """Nothing is lost silently."""
    with pytest.raises(Invalid):
        allocate(Decimal(amount), weights, currency="EUR", caps=caps)


CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
WEIGHTS = st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=30).filter(any)


@settings(deadline=None)  # a busy machine is no failure
@given(amount=CENTS, weights=WEIGHTS)
def test_an_allocation_is_exact_and_fair(amount: Decimal, weights: list[Decimal]) -> None:
    """It sums exactly, no part is a cent off its share, and a greater weight never gets less."""
    parts = allocate(amount, weights, currency="EUR")

    assert sum(parts) == amount
    cent = Decimal("0.01")
    whole = sum(weights)
    assert all(abs(part * whole - amount * weight) < cent * whole for part, weight in zip(parts, weights, strict=True))
    ordered = sorted(zip(weights, parts, strict=True))
    assert all(
        entry <= other or (weight == heavier and entry - other <= cent)
        for (weight, entry), (heavier, other) in pairwise(ordered)
    )
    assert allocate(-amount, weights, currency="EUR") == [-part for part in parts]


@settings(deadline=None)  # a busy machine is no failure
@given(caps=st.lists(CENTS, min_size=1, max_size=30), share=st.fractions(0, 1), data=st.data())
def test_an_allocation_under_caps_is_exact(caps: list[Decimal], share: object, data: st.DataObject) -> None:
    """Whatever can be shared is, and no cap is passed."""
    weights = data.draw(st.lists(st.integers(0, 1000), min_size=len(caps), max_size=len(caps)))
    most = int(sum(caps) * 100)
    amount = Decimal(int(most * share)).scaleb(-2)  # type: ignore[operator]

    parts = allocate(amount, weights, currency="EUR", caps=caps)

    assert sum(parts) == amount
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
