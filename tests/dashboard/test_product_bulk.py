"""Prices and stock of several products at once, with what will happen before it does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradepost.inventory.models import Location, StockLevel, StockMovement
from tradepost.pricing.models import Price
from tradepost.testing import factories as make

from .conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(shop: None) -> list[Any]:
    """A mug at 10.00 with five units, and a bowl at 8.00 with none."""
    mug = make.variant(sku="MUG", price="10.00", on_hand=5)
    bowl = make.variant(sku="BOWL", price="8.00", on_hand=0)
    return [mug, bowl]


def sent(desk: Desk, action: str, goods: Any, **values: Any) -> Any:
    """Open the form with these products, and send it with some fields filled in."""
    keys = [row.product_id for row in goods]
    assert desk.get(f"products/act/{action}/", row=keys).status_code == 200
    first = {
        name: choice(desk, name) for name in ("price_list", "location") if name in desk.page.context["form"].fields
    }
    return desk.send(f"products/act/{action}/", row=keys, **{**first, **values})


def choice(desk: Desk, name: str) -> str:
    """The first of a list."""
    return str(desk.page.context["form"].fields[name].queryset.first().code)


def prices() -> dict[str, Decimal]:
    """By SKU."""
    return {row.variant.sku: row.amount for row in Price.objects.select_related("variant")}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "set", "value": "5"}, ("5", "5")),
        ({"kind": "percent", "value": "-10"}, ("9", "7.2")),
        ({"kind": "percent", "value": "12.5", "rounding": "ends_99"}, ("10.99", "8.99")),
        ({"kind": "amount", "value": "-0.01"}, ("9.99", "7.99")),
    ],
)
def test_prices_are_changed_by_a_rule(boss: Desk, goods: Any, values: Any, expected: Any) -> None:
    """Together, with their history."""
    sent(boss, "prices", goods, **values)

    assert prices() == {"MUG": Decimal(expected[0]), "BOWL": Decimal(expected[1])}
    assert boss.messages == ["Change prices: done for 2."]


def test_each_price_is_shown_before_it_changes(boss: Desk, goods: Any) -> None:
    """And nothing is written."""
    sent(boss, "prices", goods, kind="percent", value="-10", do="preview")

    assert "€10.00 €9.00" in boss.text
    assert prices() == {"MUG": Decimal(10), "BOWL": Decimal(8)}


def test_a_lower_price_has_the_one_before_beside_it(boss: Desk, goods: Any) -> None:
    """Where it is wanted; a higher one has none."""
    sent(boss, "prices", goods, kind="percent", value="-10", keep_before="on")
    assert Price.objects.get(variant__sku="MUG").was_amount == Decimal(10)
    sent(boss, "prices", goods, kind="percent", value="50", keep_before="on")
    assert Price.objects.get(variant__sku="MUG").was_amount is None


@pytest.mark.parametrize("values", [{"value": "-9"}, {"value": ""}, {"value": "1e3"}, {"kind": "x", "value": "1"}])
def test_a_price_below_zero_is_refused_and_none_is_changed(boss: Desk, goods: Any, values: Any) -> None:
    """With what was typed."""
    answer = sent(boss, "prices", goods, **{"kind": "amount", **values})

    assert answer.status_code in (409, 422)
    assert answer.context["form"]["value"].value() == values["value"]
    assert prices() == {"MUG": Decimal(10), "BOWL": Decimal(8)}


def units() -> dict[str, int]:
    """On hand, by SKU and location."""
    rows = StockLevel.objects.select_related("variant", "location")
    return {f"{row.variant.sku}@{row.location.code}": row.on_hand for row in rows if row.on_hand}


def test_stock_is_received_counted_and_moved(boss: Desk, goods: Any) -> None:
    """Each variant has a field; empty ones stay."""
    mug, bowl = (f"units_{row.pk}" for row in goods)
    here = Location.objects.get().code
    sent(boss, "stock", goods, kind="receive", note="Pallet 7", **{mug: "3", bowl: "2"})
    assert units() == {f"MUG@{here}": 8, f"BOWL@{here}": 2}
    assert StockMovement.objects.filter(kind="received", note="Pallet 7", actor__contains="boss").count() == 2
    sent(boss, "stock", goods, kind="count", **{bowl: "0"})
    assert units() == {f"MUG@{here}": 8}
    make.location("shop", name="Shop", priority=9)
    sent(boss, "stock", goods, kind="move", target="shop", **{mug: "5"})
    assert units() == {f"MUG@{here}": 3, "MUG@shop": 5}


def test_more_than_there_is_isnt_moved(boss: Desk, goods: Any) -> None:
    """Nor is anything else; what was typed is kept."""
    mug, bowl = (f"units_{row.pk}" for row in goods)
    make.location("shop", name="Shop", priority=9)
    answer = sent(boss, "stock", goods, kind="move", target="shop", **{mug: "2", bowl: "1"})
    assert (answer.status_code, answer.context["form"][mug].value()) == (409, "2")
    assert sum(units().values()) == 5
    for wrong in ({"kind": "move", mug: "1"}, {"kind": "receive", mug: "-1"}, {"kind": "receive", mug: "9" * 30}):
        assert sent(boss, "stock", goods, **wrong).status_code == 422
