"""Many variants are counted at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Sum

from tradepost.core.actors import SYSTEM
from tradepost.core.errors import Invalid
from tradepost.inventory.expressions import sellable
from tradepost.inventory.models import StockLevel, StockMovement
from tradepost.inventory.services import available, count, count_many, receive
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def test_books_only_what_differs_and_makes_missing_levels() -> None:
    """Each changed level has one movement; the variants of these are returned."""
    same, fewer, new = factories.stock(on_hand=3), factories.stock(on_hand=5), factories.variant()

    changed = count_many({same.variant_id: 3, fewer.variant_id: 2, new.pk: 7}, same.location_id, by=SYSTEM, note="may")

    assert changed == {fewer.variant_id, new.pk}
    assert list(StockLevel.objects.order_by("pk").values_list("on_hand", flat=True)) == [3, 2, 7]
    moved = StockMovement.objects.order_by("variant").values_list("kind", "on_hand_delta", "note")
    assert list(moved) == [("adjusted", -3, "may"), ("adjusted", 7, "may")]


def test_refuses_less_than_nothing() -> None:
    """One count below zero, and nothing at all is booked."""
    first, second = factories.stock(on_hand=3), factories.stock(on_hand=5)

    with pytest.raises(Invalid):
        count_many({first.variant_id: 1, second.variant_id: -1}, first.location_id, by=SYSTEM)

    assert list(StockLevel.objects.order_by("pk").values_list("on_hand", flat=True)) == [3, 5]
    assert not StockMovement.objects.exists()


@pytest.mark.parametrize("units", [2_147_483_648, 10**30])
def test_refuses_what_no_column_holds(units: int) -> None:
    """On SQLite, too, which would take it; nothing is booked."""
    first, second = factories.stock(on_hand=3), factories.stock(on_hand=5)

    with pytest.raises(Invalid):
        count_many({first.variant_id: 1, second.variant_id: units}, first.location_id, by=SYSTEM)
    with pytest.raises(Invalid):
        count(first.variant_id, first.location_id, units, by=SYSTEM)
    with pytest.raises(Invalid):
        receive(first.variant_id, first.location_id, units, by=SYSTEM)

    assert list(StockLevel.objects.order_by("pk").values_list("on_hand", flat=True)) == [3, 5]
    assert not StockMovement.objects.exists()


def test_refuses_an_arrival_that_no_column_holds_together_with_what_is_there() -> None:
    """The greatest count is 2,147,483,647; one more isn't booked."""
    level = factories.stock(on_hand=3)

    receive(level.variant_id, level.location_id, 2_147_483_644, by=SYSTEM)
    with pytest.raises(Invalid):
        receive(level.variant_id, level.location_id, 1, by=SYSTEM)

    assert StockLevel.objects.get().on_hand == 2_147_483_647
    assert StockMovement.objects.count() == 1


def test_an_endless_limit_of_backorders_can_be_sold_from() -> None:
    """The promised units are summed in 64 bits."""
    level = factories.stock(on_hand=3, backorder_limit=2_147_483_647, low_stock_at=2_147_483_647)

    assert available([level.variant_id]) == {level.variant_id: 2_147_483_650}
    assert list(StockLevel.objects.low()) == [level]
    assert StockLevel.objects.aggregate(units=Sum(sellable()))["units"] == 2_147_483_650


def test_takes_as_many_queries_for_many_as_for_two(django_assert_num_queries: Any) -> None:
    """Savepoint, levels, one update, the movements."""
    for number in (2, 40):
        levels = [factories.stock(on_hand=1) for _ in range(number)]
        with django_assert_num_queries(5):
            count_many({level.variant_id: 4 for level in levels}, levels[0].location_id, by=SYSTEM)
