"""Equal baskets have equal cents in equal lines, whatever their keys are and however they were filled."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.basket.calculations import ALL, d, promotion
from tests.basket.test_invariants import baskets as any_basket
from tradepost.basket import services
from tradepost.basket.calculation import calculate
from tradepost.basket.totals.snapshots import BasketSnapshot, Rules
from tradepost.core.actors import Actor, By
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.pricing.document import Item, Totals
from tradepost.pricing.ports import PriceQuote
from tradepost.pricing.tax.calculation import (
    Rate,
    TaxRules,
    tax,
)
from tradepost.promotions.models import AmountOff as AmountOffRow
from tradepost.promotions.rules import AmountOff, BundlePrice
from tradepost.testing import factories as make

SKUS = ("A", "B", "C")


def cents(totals: Totals) -> dict[tuple[str, str], tuple[Any, ...]]:
    """All amounts of each line, by what it is; the trail goes the same way."""
    return {
        (row.item.sku, row.item.options): (
            row.gross,
            [adjustment.amount for adjustment in row.adjustments],
            row.net,
            row.tax,
            row.total,
        )
        for row in totals.lines
    }


@pytest.mark.parametrize("keys", list(permutations(["f", "0", "a"])))
def test_the_last_cent_goes_to_the_same_goods(keys: tuple[str, ...]) -> None:
    """4.00 off three of 2.00: 1.34 off A; order-level tax: its odd cent is A's, too."""
    items = tuple(
        Item(key=key, variant_id=number, product_id=1, quantity=1, sku=sku)
        for number, (key, sku) in enumerate(zip(keys, SKUS, strict=True))
    )
    four = promotion(AmountOff("order", ALL, d(4), "EUR"))
    vat = {"standard": (Rate("VAT", d("0.19")),)}
    rules = Rules(
        prices={key: PriceQuote(key=key, amount=d("2.00")) for key in keys},
        promotions=(four,),
        taxer=partial(tax, rules=TaxRules(here=vat, home=vat, rounding="order")),
    )

    totals = calculate(BasketSnapshot(currency="EUR", prices_include_tax=True, items=items[::-1]), rules)

    assert {sku: (amounts[1], amounts[3]) for (sku, _options), amounts in cents(totals).items()} == {
        "A": ([d("-1.34")], d("0.10")),
        "B": ([d("-1.33")], d("0.11")),
        "C": ([d("-1.33")], d("0.11")),
    }


@settings(deadline=None)
@given(basket=any_basket(), data=st.data())
def test_any_order_and_any_keys_give_the_same_cents(basket: tuple[BasketSnapshot, Rules], data: st.DataObject) -> None:
    """Of whole baskets: every kind of promotion, delivery, fee, taxes at any level; some lines differ in their options only."""
    snapshot, rules = basket
    items = [
        replace(item, sku=f"SKU-{number // 2}", options="" if number % 2 else "red", variant_id=number // 2)
        for number, item in enumerate(snapshot.items)
    ]
    keys = data.draw(st.permutations([f"{number:x}" for number in range(len(items))]))
    renamed = [replace(item, key=key) for item, key in zip(items, keys, strict=True)]
    prices = {
        key: replace(rules.prices[item.key], key=key)
        for item, key in zip(items, keys, strict=True)
        if item.key in rules.prices
    }
    others = replace(rules, prices=prices)

    first = calculate(replace(snapshot, items=tuple(items)), rules)
    second = calculate(replace(snapshot, items=tuple(data.draw(st.permutations(renamed)))), others)

    assert cents(second) == cents(first)
    assert [row.total for row in second.charges] == [row.total for row in first.charges]
    assert (second.total, second.tax, second.discount) == (first.total, first.tax, first.discount)


@pytest.mark.django_db
def test_a_basket_of_the_database_is_in_that_order() -> None:
    """However it was filled: the odd cent is A's, and of lines of B that differ in their options always the same one's."""
    variants = [make.variant(price="2.00", on_hand=9, sku=sku) for sku in SKUS]
    four = make.promotion("four")
    AmountOffRow.objects.create(promotion=four, target="order", amount=Decimal("4.01"), currency="EUR")
    outcomes = []
    for filled in (variants, variants[::-1]):
        basket = services.open_basket()
        for variant in filled:
            services.add(basket, variant)
        for message in ("a", "b") if filled is variants else ("b", "a"):
            services.add(basket, variants[1], options={"Message": message})
        outcomes.append(cents(services.totals(basket)))

    assert outcomes[0] == outcomes[1]
    assert outcomes[0]["A", ""][1] == [Decimal("-0.81")]
    assert len(outcomes[0]) == 5


@pytest.mark.django_db
def test_a_credit_gives_its_last_cent_to_the_same_goods() -> None:
    """0.01 of goodwill over two equal lines: A's, whichever was put in first."""
    for skus in (("A-1", "B-1"), ("B-1", "A-1")):
        order = make.order(
            *(make.line_row("10.00", variant=make.variant(sku=f"{sku}-{'-'.join(skus)}", on_hand=1)) for sku in skus)
        )
        credit = orders.credit_goodwill(order, Decimal("0.01"), by=By(Actor.STAFF))
        [part] = credit.lines.all()
        assert part.line is not None
        assert part.line.sku.startswith("A-1")
        assert Order.objects.get(pk=order.pk).credited == Decimal("0.01")


def test_bundles_take_the_same_units() -> None:
    """Two of three equal ones for 3.00: those of the last lines, under any keys."""
    bundle = promotion(BundlePrice("lines", ALL, 2, d("3.00"), "EUR"))
    outcomes = []
    for keys in permutations("xyz"):
        items = tuple(
            Item(key=key, variant_id=number, product_id=1, quantity=1, sku=sku)
            for number, (key, sku) in enumerate(zip(keys, SKUS, strict=True))
        )
        prices = {key: PriceQuote(key=key, amount=d("2.00")) for key in keys}
        totals = calculate(
            BasketSnapshot(currency="EUR", prices_include_tax=True, items=items),
            Rules(prices=prices, promotions=(bundle,)),
        )
        outcomes.append({row.item.sku: row.left for row in totals.lines})

    assert all(outcome == {"A": d("2.00"), "B": d("1.50"), "C": d("1.50")} for outcome in outcomes)
