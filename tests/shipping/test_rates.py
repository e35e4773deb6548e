"""Prices of delivery."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.core import versions
from tradepost.pricing.models import Zone, ZoneArea
from tradepost.shipping.checks import check_shipping
from tradepost.shipping.models import FlatRate, FreeOver, Pickup, PriceTable, WeightTable
from tradepost.shipping.ports import Destination, Parcel
from tradepost.shipping.services import rates

pytestmark = pytest.mark.django_db
NAMED = {"name": "Post", "currency": "EUR"}


def cost(items: int = 1, weight: int = 100, value: str = "10.00", *, to: str = "DE") -> dict[str, str]:
    """The price of each method, or why it can't be had."""
    parcel = Parcel(currency="EUR", items=items, weight=weight, value=Decimal(value))
    quotes = rates().load(Destination(to), "EUR")(parcel)
    return {quote.code: quote.reason if quote.amount is None else str(quote.amount) for quote in quotes}


def test_so_much_an_order_and_so_much_an_item() -> None:
    """5.00 and 1.00: one is 6.00, seven are 12.00."""
    FlatRate.objects.create(code="flat", amount=5, per_item=1, **NAMED)

    assert [cost(n)["flat"] for n in (1, 7)] == ["6.00", "12.00"]


def test_free_from_a_value_on() -> None:
    """5.00 pays, 20.00 doesn't."""
    FreeOver.objects.create(code="free", amount=Decimal("4.90"), threshold=20, **NAMED)

    assert [cost(value=value)["free"] for value in ("5.00", "19.99", "20.00")] == ["4.90", "4.90", "0.00"]


@pytest.mark.parametrize(
    ("grams", "expected"),
    [(1, "4.00"), (1000, "4.00"), (1500, "8.00"), (3000, "12.00"), (3001, "Not available for this parcel.")],
)
def test_bands_by_weight(grams: int, expected: str) -> None:
    """1, 2 and 3 kg at 4, 8 and 12; more isn't carried."""
    WeightTable.objects.create(code="table", bands=[["1000", "4"], ["2000", "8"], ["3000", "12"]], **NAMED)

    assert cost(weight=grams)["table"] == expected


def test_bands_by_value() -> None:
    """Of the goods after discounts."""
    PriceTable.objects.create(code="table", bands=[["10", "5"], ["100", "2.5"]], **NAMED)

    assert [cost(value=value)["table"] for value in ("10.00", "10.01", "100.01")] == [
        "5.00",
        "2.50",
        "Not available for this parcel.",
    ]


_NO_BANDS: list[Any] = [
    *([], [["a", "1"]], [["2", "1"], ["1", "1"]], [["1", "-1"]], ["1"], [["1", "1", "1"]], {"1": "1"}, 5, None),
    *([["NaN", "1"]], [["1", "NaN"]], [["1", "Infinity"]], [["Infinity", "1"]], [["1_0", "1"]], [["١", "1"]]),
    *([["1", "1.005"]], [["1e3", "1"]], [["1", True]], [[float("nan"), 1]], [["-1", "1"]], [["1", "1" * 20]]),
]


@pytest.mark.parametrize("bands", ["NaN", "Infinity", "1_0"])
def test_a_table_of_earlier_times_that_cannot_be_read_is_not_on_offer(bands: str) -> None:
    """It stops no basket, and nobody pays the price of another band."""
    WeightTable.objects.create(code="table", bands=[["1000", "4"], [bands, "8"]], **NAMED)

    assert [cost(weight=grams)["table"] for grams in (500, 1500)] == ["Not available for this parcel."] * 2


def test_a_table_that_is_finer_than_its_currency_costs_what_it_did() -> None:
    """As it could be written in earlier times; its form would refuse it now."""
    table = WeightTable.objects.create(code="table", bands=[["1000", "4.005"]], **NAMED)

    assert cost(weight=500)["table"] == "4.01"
    with pytest.raises(ValidationError):
        table.clean()


@pytest.mark.parametrize("bands", _NO_BANDS, ids=repr)
def test_bands_ascend(bands: Any) -> None:
    """Else they are refused where they are written."""
    with pytest.raises(ValidationError):
        WeightTable(code="table", bands=bands, **NAMED).clean()


def test_methods_reach_their_zones_only() -> None:
    """One without zones reaches everywhere; what isn't on offer says why."""
    for code, country in (("home", "DE"), ("abroad", "FR")):
        zone = Zone.objects.create(code=code, name=code, is_home=code == "home")
        ZoneArea.objects.create(zone=zone, country=country)
        FlatRate.objects.create(code=code, amount=5, position=1, **NAMED).zones.add(zone)
    Pickup.objects.create(code="shop", **NAMED)
    FlatRate.objects.create(code="light", amount=1, max_weight=50, position=2, **NAMED)
    FlatRate.objects.create(code="off", amount=1, is_active=False, **NAMED)
    FlatRate.objects.create(code="dollars", amount=1, name="Post", currency="USD")
    no = "Not available for this address."

    assert list(cost().items()) == [("shop", "0.00"), ("home", "5.00"), ("abroad", no), ("light", "Too heavy.")]
    assert cost(to="fr") == {"shop": "0.00", "home": no, "abroad": "5.00", "light": "Too heavy."}
    assert cost(to="US") == {"shop": "0.00", "home": no, "abroad": no, "light": "Too heavy."}
    assert cost(to="") == {"shop": "0.00", "home": "5.00", "abroad": no, "light": "Too heavy."}


def test_who_fetches_the_goods_needs_no_address() -> None:
    """Everybody else does."""
    Pickup.objects.create(code="shop", **NAMED)
    FlatRate.objects.create(code="flat", amount=5, **NAMED)

    quotes = rates().load(Destination(), "EUR")(Parcel(currency="EUR", items=1, weight=1, value=Decimal(1)))

    assert {quote.code: quote.needs_address for quote in quotes} == {"shop": False, "flat": True}


def test_kept_methods_cost_the_query_of_versions_whatever_the_kinds() -> None:
    """And none when they are asked for a parcel."""
    for number in range(3):
        FlatRate.objects.create(code=f"flat{number}", amount=5, **NAMED)
        FreeOver.objects.create(code=f"free{number}", amount=5, threshold=1, **NAMED)
        WeightTable.objects.create(code=f"weight{number}", bands=[["1000", "4"]], **NAMED)
        PriceTable.objects.create(code=f"price{number}", bands=[["1000", "4"]], **NAMED)
        Pickup.objects.create(code=f"shop{number}", **NAMED)

    cost()
    with versions.one_reading(), CaptureQueriesContext(connection) as seen:
        assert len(cost()) == 15

    assert len(seen) == 1


def test_wrong_settings_are_told_at_the_start(settings: Any) -> None:
    """With what is wrong."""
    settings.TRADEPOST_SHIPPING = {"RATES": "nowhere.Rates"}

    assert [message.id for message in check_shipping()] == ["tradepost.E300"]
