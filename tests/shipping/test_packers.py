"""How goods are packed into parcels."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tradepost.core.errors import Invalid
from tradepost.shipping.checks import check_shipping
from tradepost.shipping.packers import ByWeight, OneParcel
from tradepost.shipping.ports import Goods, Packer, Parcel
from tradepost.testing.contracts import PackerContract


@pytest.mark.parametrize("packer", [OneParcel(), ByWeight(max_grams=1000)], ids=["one", "by weight"])
class TestPackers(PackerContract):
    """Those that the library brings."""

    @pytest.fixture(autouse=True)
    def _packer(self, packer: Packer) -> None:
        self.packer = packer

    def make_packer(self) -> Packer:
        return self.packer


def goods(sku: str, quantity: int, weight: int, value: str = "0") -> Goods:
    return Goods(sku=sku, quantity=quantity, weight=weight, value=Decimal(value), gross=Decimal(value))


def packed(*inside: Goods, most: int) -> list[dict[str, int]]:
    """Units by SKU of each parcel."""
    parcels = ByWeight(max_grams=most).pack(Parcel.of(inside, "EUR"))
    return [{article.sku: article.quantity for article in parcel.goods} for parcel in parcels]


def test_one_parcel_is_the_default() -> None:
    """Whatever is in it."""
    delivery = Parcel.of([goods("A", 900, 5000)], "EUR")

    assert OneParcel().pack(delivery) == [delivery]


def test_what_fits_is_one_parcel() -> None:
    """The very delivery."""
    delivery = Parcel.of([goods("A", 2, 500)], "EUR")

    assert ByWeight(max_grams=1000).pack(delivery) == [delivery]


def test_the_heaviest_go_first_each_into_the_first_with_room() -> None:
    """7 and 3 are one, 6 and 4 another, in whatever order they were bought."""
    lines = [goods("three", 1, 3), goods("four", 1, 4), goods("seven", 1, 7), goods("six", 1, 6)]

    assert packed(*lines, most=10) == [{"seven": 1, "three": 1}, {"six": 1, "four": 1}]
    assert packed(*reversed(lines), most=10) == packed(*lines, most=10)


def test_units_of_a_line_are_parted() -> None:
    """Five of 4 kg by ten kilograms: two, two, one."""
    assert packed(goods("A", 5, 4000), most=10_000) == [{"A": 2}, {"A": 2}, {"A": 1}]


def test_what_is_too_heavy_travels_alone() -> None:
    """Each unit of it; what weighs nothing goes with the others."""
    assert packed(goods("anvil", 2, 50), goods("nail", 3, 1), goods("card", 1, 0), most=10) == [
        {"anvil": 1},
        {"anvil": 1},
        {"nail": 3, "card": 1},
    ]


def test_a_parted_line_keeps_its_value() -> None:
    """10.00 of three units are 6.67 and 3.33."""
    parcels = ByWeight(max_grams=2).pack(Parcel.of([goods("A", 3, 1, "10.00")], "EUR"))

    assert [(parcel.items, parcel.weight, str(parcel.value), parcel.gross) for parcel in parcels] == [
        (2, 2, "6.67", Decimal("6.67")),
        (1, 1, "3.33", Decimal("3.33")),
    ]


def test_a_delivery_without_goods_is_one_parcel() -> None:
    """Without goods there is nothing to split."""
    delivery = Parcel(currency="EUR", items=3, weight=900, value=Decimal(1))

    assert ByWeight(max_grams=10).pack(delivery) == [delivery]


def test_a_limit_of_nothing_is_refused() -> None:
    """At start-up: a check makes the packer."""
    with pytest.raises(Invalid, match="at least one gram"):
        ByWeight(max_grams=0)

    packer = {"BACKEND": "tradepost.shipping.packers.ByWeight", "OPTIONS": {"max_grams": 0}}
    with override_settings(TRADEPOST_SHIPPING={"PACKER": packer}):
        assert [message.id for message in check_shipping()] == ["tradepost.E300"]


_lines = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 30), st.integers(0, 5000)), min_size=1, max_size=8)


@given(lines=_lines, most=st.integers(1, 40))
def test_each_unit_is_packed_once(lines: list[tuple[int, int, int]], most: int) -> None:
    """Units, grams and values sum to the delivery's; no parcel is too heavy, but of one unit; values don't matter."""
    inside = [
        goods(f"SKU-{n}", units, grams, str(Decimal(cents) / 100)) for n, (units, grams, cents) in enumerate(lines)
    ]
    delivery = Parcel.of(inside, "EUR")

    parcels = ByWeight(max_grams=most).pack(delivery)

    assert sum(parcel.items for parcel in parcels) == delivery.items
    assert sum(parcel.weight for parcel in parcels) == delivery.weight
    assert sum(parcel.value for parcel in parcels) == delivery.value
    assert all(parcel.weight <= most or parcel.items == 1 for parcel in parcels)
    worthless = Parcel.of([goods(entry.sku, entry.quantity, entry.weight) for entry in inside], "EUR")
    shapes = [[(article.sku, article.quantity) for article in parcel.goods] for parcel in parcels]
    assert shapes == [[(o.sku, o.quantity) for o in p.goods] for p in ByWeight(max_grams=most).pack(worthless)]
