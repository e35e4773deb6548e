"""Amounts with too many decimals are refused, never rounded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tradepost.core.errors import Invalid
from tradepost.core.money import exact
from tradepost.promotions.models import AmountOff, MinimumValue
from tradepost.shipping.models import FlatRate, FreeOver


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1500", "JPY", "1500"), ("1500.000", "JPY", "1500"), ("12.5", "EUR", "12.50"), ("1.234", "KWD", "1.234")],
)
def test_an_amount_that_fits_is_taken(amount: str, currency: str, expected: str) -> None:
    """In the currency's decimals, whatever zeros were written."""
    assert str(exact(Decimal(amount), currency)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "sentence"),
    [
        ("1500.5", "JPY", "Amounts of JPY have no decimal places."),
        ("12.505", "EUR", "Amounts of EUR have 2 decimal places at most."),
        ("1.2345", "KWD", "Amounts of KWD have 3 decimal places at most."),
    ],
)
def test_an_amount_that_does_not_fit_is_refused(amount: str, currency: str, sentence: str) -> None:
    """With a sentence that says what would."""
    with pytest.raises(Invalid) as refusal:
        exact(Decimal(amount), currency)

    assert (str(refusal.value), refusal.value.context["attr"]) == (sentence, "amount")


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        (FlatRate(currency="JPY", amount=Decimal("0.5"), per_item=Decimal(1)), ["amount"]),
        (FlatRate(currency="JPY", amount=Decimal(5), per_item=Decimal("0.1")), ["per_item"]),
        (FreeOver(currency="KWD", amount=Decimal("1.2345"), threshold=Decimal("0.0001")), ["amount", "threshold"]),
        (AmountOff(currency="EUR", amount=Decimal("0.005")), ["amount"]),
        (MinimumValue(currency="JPY", amount=Decimal("9.9")), ["amount"]),
        (AmountOff(currency="KWD", amount=Decimal("0.005")), []),
        (AmountOff(currency="XXXX", amount=Decimal("0.005")), []),
    ],
)
def test_forms_of_the_admin_refuse_it(row: Any, fields: list[str]) -> None:
    """By the models' own check, for the field that is wrong."""
    try:
        row.clean()
        values = {}
    except ValidationError as refusal:
        values = refusal.message_dict

    assert sorted(values) == fields
    assert all("decimal places" in text for texts in values.values() for text in texts)
