"""Many variants are counted at once."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.core.actors import SYSTEM
from tradepost.core.errors import Invalid
from tradepost.inventory.models import StockLevel, StockMovement
from tradepost.inventory.services import count_many
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


def test_takes_as_many_queries_for_many_as_for_two(django_assert_num_queries: Any) -> None:
    """Savepoint, levels, one update, the movements."""
    for number in (2, 40):
        levels = [factories.stock(on_hand=1) for _ in range(number)]
        with django_assert_num_queries(5):
            count_many({level.variant_id: 4 for level in levels}, levels[0].location_id, by=SYSTEM)
