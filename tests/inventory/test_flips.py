"""Kept stock is forgotten where a variant is sold out or comes back, and not with every unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tradepost.catalogue.models import Variant
from tradepost.core import versions
from tradepost.core.actors import SYSTEM
from tradepost.core.errors import Conflict
from tradepost.inventory import services as inventory
from tradepost.inventory.models import Location, StockLevel
from tradepost.inventory.ports import Owner
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db
OWNER = Owner("test", "1")


def changes(call: Callable[[], Any]) -> bool:
    """Whether a call changes the kind."""
    before = versions.read_versions().get("inventory.stock", 0)
    call()
    return versions.read_versions()["inventory.stock"] != before


@pytest.mark.parametrize(
    ("on_hand", "backorders", "taken", "expected"),
    [(3, 0, 1, False), (3, 0, 3, True), (3, 5, 3, False), (3, 1, 4, True)],
)
def test_reserving_is_a_change_where_the_last_unit_goes(
    on_hand: int, backorders: int, taken: int, expected: bool
) -> None:
    """Backorders are units that may be promised, too. Giving back is one where there were none."""
    variant = make.variant(on_hand=on_hand)
    StockLevel.objects.update(backorder_limit=backorders)

    assert changes(lambda: inventory.reserve({variant.pk: taken}, owner=OWNER)) is expected
    assert changes(lambda: inventory.release(OWNER)) is expected


def test_a_count_is_a_change_where_it_crosses_nothing() -> None:
    """From five to none, to none again, to one, to five."""
    variant = make.variant(on_hand=5)

    def count(units: int) -> bool:
        return changes(lambda: inventory.count(variant.pk, StockLevel.objects.get().location_id, units, by=SYSTEM))

    assert [count(units) for units in (0, 1, 5, 0)] == [True, True, False, True]


def test_a_refused_reservation_changes_nothing() -> None:
    """Neither stock nor version."""
    variant = make.variant(on_hand=1)

    def refused() -> None:
        with pytest.raises(Conflict):
            inventory.reserve({variant.pk: 2}, owner=OWNER)

    assert changes(refused) is False
    assert inventory.available([variant.pk]) == {variant.pk: 1}


@pytest.mark.parametrize(
    "write",
    [
        lambda: StockLevel.objects.update(on_hand=0),
        lambda: StockLevel.objects.update(backorder_limit=1),
        lambda: StockLevel.objects.get().save(),
        lambda: StockLevel.objects.all().delete(),
        lambda: Location.objects.update(is_active=False),
        lambda: make.stock(Variant.objects.get(), on_hand=0, location=make.location("other")),
    ],
)
def test_whoever_writes_to_levels_without_booking_is_seen(write: Callable[[], Any]) -> None:
    """Whatever the columns: only a booking knows what changes nothing."""
    make.variant(on_hand=5)

    assert changes(write)
