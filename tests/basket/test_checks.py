"""Settings of baskets are checked at the start."""

from __future__ import annotations

from typing import Any

import pytest

from tests.basket.calculations import d
from tradepost.basket.checks import check_basket
from tradepost.basket.totals.loader import _fees
from tradepost.basket.totals.snapshots import Fee

FEE = {"name": "Cash on delivery", "amount": "3.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, None),
        ({"PAYMENT_FEES": {"cod": FEE}}, None),
        ({"MAX_QUANTITIES": 5}, "E400"),
        ({"MAX_QUANTITY": "5"}, "E400"),
        ({"MERGE": "nowhere.Merge"}, "E400"),
        ({"STAGES": ("tradepost.basket.stages.prices", "nowhere.stage")}, "E400"),
        ({"PAYMENT_FEES": {"cod": {**FEE, "amount": "three"}}}, "E402"),
        ({"PAYMENT_FEES": {"cod": {**FEE, "amount": "-1"}}}, "E402"),
        ({"PAYMENT_FEES": {"cod": {**FEE, "currency": "EURO"}}}, "E402"),
        ({"PAYMENT_FEES": {"cod": {"amount": "3.00"}}}, "E402"),
        ({"PAYMENT_FEES": {"cod": 3}}, "E402"),
    ],
)
def test_wrong_settings_are_told_with_what_to_write(settings: Any, values: dict, code: str | None) -> None:
    """Before the first basket meets them."""
    settings.TRADEPOST_BASKET = values

    assert [message.id for message in check_basket()] == ([f"tradepost.{code}"] if code else [])


def test_a_fee_without_a_tax_class_is_taxed_as_the_goods(settings: Any) -> None:
    """Which an empty class means."""
    settings.TRADEPOST_BASKET = {"PAYMENT_FEES": {"cod": FEE}}

    assert _fees() == {"cod": Fee(code="cod", name="Cash on delivery", amount=d("3.00"), currency="EUR", tax_class="")}
