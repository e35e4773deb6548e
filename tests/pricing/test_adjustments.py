"""Many prices by one rule, and the prices of one variant for another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradepost.core.errors import Invalid
from tradepost.pricing.models import Price, PriceChange
from tradepost.pricing.services import adjust_prices, copy_prices
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(db: None) -> Any:
    """At 10.00, and 9.00 from five on."""
    variant = make.variant(sku="MUG", price="10.00")
    make.price(variant, "9.00", min_quantity=5)
    return variant


def amounts(variant: Any) -> list[tuple[int, Decimal]]:
    """By quantity."""
    return list(Price.objects.filter(variant=variant).order_by("min_quantity").values_list("min_quantity", "amount"))


def test_percent_changes_all_quantities(mug: Any) -> None:
    """With what was, and the history."""
    adjusted = adjust_prices(make.price_list(), [mug.pk], "percent", Decimal(-10), keep_before=True)

    assert [(row.min_quantity, row.before, row.after) for row in adjusted] == [(1, 10, 9), (5, 9, Decimal("8.1"))]
    assert amounts(mug) == [(1, Decimal(9)), (5, Decimal("8.1"))]
    assert Price.objects.get(variant=mug, min_quantity=1).was_amount == Decimal(10)
    assert PriceChange.objects.filter(variant=mug, amount=Decimal(9), min_quantity=1).exists()


def test_a_price_is_set_for_one_unit_where_there_was_none(mug: Any) -> None:
    """Greater quantities keep theirs; the same again changes nothing."""
    bowl = make.variant(sku="BOWL")
    assert len(adjust_prices(make.price_list(), [mug.pk, bowl.pk], "set", Decimal(7))) == 2
    assert (amounts(mug), amounts(bowl)) == ([(1, Decimal(7)), (5, Decimal(9))], [(1, Decimal(7))])
    assert adjust_prices(make.price_list(), [mug.pk, bowl.pk], "set", Decimal(7)) == []


def test_a_price_below_zero_changes_nothing(mug: Any) -> None:
    """It says whose."""
    with pytest.raises(Invalid) as refusal:
        adjust_prices(make.price_list(), [mug.pk], "amount", Decimal("-9.50"))

    assert refusal.value.context["variant_id"] == mug.pk
    assert amounts(mug) == [(1, Decimal(10)), (5, Decimal(9))]


def test_prices_are_copied_with_their_quantities(mug: Any) -> None:
    """To a variant that has none."""
    bowl = make.variant(sku="BOWL")
    copy_prices({mug.pk: bowl.pk})

    assert amounts(bowl) == amounts(mug)
