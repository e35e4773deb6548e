"""Random baskets and promotions: a second implementation agrees, and what must hold does."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.basket.calculations import ALL, left, line, promotion, total
from tests.promotions import naive
from tradepost.core.money import quantise
from tradepost.promotions.rules import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyGet,
    CheapestFree,
    FixedPrice,
    FreeGift,
    Goods,
    PercentageOff,
    PromotionRule,
    Tier,
    TieredPercentage,
)

EXAMPLES = settings(max_examples=settings().max_examples * 3 // 5)
PRICES = st.decimals(0, 100, places=2)
PERCENT = st.decimals(0, 100, places=1)
UNITS = st.integers(1, 4)
GOODS = st.sampled_from([ALL, Goods(frozenset({"hats"})), Goods(products=frozenset({"cup"})), Goods(collection=7)])
LINES = st.lists(
    st.builds(
        partial(line),
        PRICES.map(str),
        st.integers(1, 6),
        categories=st.sampled_from([frozenset(), frozenset({"hats"})]),
        product=st.sampled_from(["cup", "hat"]),
        collections=st.sampled_from([frozenset(), frozenset({7})]),
        is_discountable=st.sampled_from([True, True, True, False]),
    ),
    max_size=6,
)


def benefits() -> st.SearchStrategy[Benefit]:
    """Any of our kinds, for goods."""
    targets = st.sampled_from(["lines", "order"])
    tiers = st.lists(st.builds(Tier, st.integers(0, 100).map(Decimal), PERCENT), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(PercentageOff, targets, GOODS, PERCENT, st.none() | UNITS),
        st.builds(AmountOff, targets, GOODS, PRICES, st.just("EUR")),
        st.builds(FixedPrice, targets, GOODS, PRICES, st.just("EUR")),
        st.builds(BundlePrice, targets, GOODS, UNITS, PRICES, st.just("EUR")),
        st.builds(CheapestFree, targets, GOODS, UNITS, st.none() | UNITS),
        st.builds(BuyGet, targets, GOODS, UNITS, UNITS, st.none() | GOODS, PERCENT, st.none() | UNITS),
        st.builds(FreeGift, targets, GOODS, UNITS),
        st.builds(TieredPercentage, targets, GOODS, tiers, st.sampled_from(["", "EUR"])),
    )


@st.composite
def promotions(draw: st.DrawFn) -> list[PromotionRule]:
    """Some, in lanes, with limits, with units that count once."""
    return [
        promotion(
            *draw(st.lists(benefits(), min_size=1, max_size=2)),
            code=f"p{number}",
            priority=draw(st.integers(0, 2)),
            is_exclusive=draw(st.sampled_from([False, False, False, True])),
            lane=draw(st.sampled_from(["", "", "one", "two"])),
            uses_units=draw(st.booleans()),
            most=draw(st.none() | PRICES),
            currency="EUR",
            coupon=f"C{number}" if draw(st.booleans()) else "",
        )
        for number in range(draw(st.integers(0, 5)))
    ]


@EXAMPLES
@given(lines=LINES, rules=promotions(), data=st.data())
def test_discounts_never_exceed_and_their_order_does_not_matter(
    lines: list[Any], rules: list[PromotionRule], data: st.DataObject
) -> None:
    """Nor a promotion's own limit; what isn't discountable keeps its price; calculating again changes nothing."""
    totals = total(*lines, promotions=rules)

    by_promotion = dict.fromkeys((rule.code for rule in rules), Decimal(0))
    for row in totals.lines:
        assert 0 <= row.left <= row.gross
        assert row.item.is_discountable or not row.adjustments
        for adjustment in row.adjustments:
            assert adjustment.amount == quantise(adjustment.amount, "EUR") < 0
            by_promotion[adjustment.promotion] -= adjustment.amount
    assert all(rule.most is None or by_promotion[rule.code] <= rule.most for rule in rules)
    assert totals.discount == sum(by_promotion.values())
    assert total(*lines, promotions=rules) == totals
    assert total(*lines, promotions=data.draw(st.permutations(rules))) == totals


@EXAMPLES
@given(lines=LINES, rules=promotions())
def test_of_a_lane_at_most_one_applies(lines: list[Any], rules: list[PromotionRule]) -> None:
    """And whatever did not apply has a reason."""
    totals = total(*lines, promotions=rules)

    applied = {entry.rule for entry in totals.trail if entry.applied and entry.stage.endswith("promotions")}
    for lane in ("one", "two"):
        assert sum(rule.code in applied for rule in rules if rule.lane == lane) <= 1
    entries = {entry.rule for entry in totals.trail if not entry.applied}
    assert {rule.code for rule in rules} <= applied | entries
    assert totals.coupons == {rule.coupon for rule in rules if rule.coupon and rule.code in applied}


@EXAMPLES
@given(lines=LINES, size=UNITS, goods=GOODS)
def test_what_has_counted_its_units_counts_none_again(lines: list[Any], size: int, goods: Goods) -> None:
    """The same promotion twice takes off what it takes off once, where units count once."""
    once, twice = (
        [promotion(CheapestFree("lines", goods, size), code=f"p{n}", uses_units=True) for n in range(number)]
        for number in (1, 2)
    )

    assert left(total(*lines, promotions=twice)) == left(total(*lines, promotions=once))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Decimal], list[int], list[tuple[Benefit, naive.Discount]]]:
    """A basket, and discounts in both writings; those of lines come before those of the order."""
    prices = draw(st.lists(PRICES, min_size=1, max_size=6))
    quantities = [draw(st.integers(1, 6)) for _price in prices]
    percent, amount, size = draw(PERCENT), draw(PRICES), draw(UNITS)
    entries: list[tuple[Benefit, naive.Discount]] = [
        (PercentageOff("lines", ALL, percent), naive.percentage_of_lines(percent)),
        (BundlePrice("lines", ALL, size, amount, "EUR"), naive.bundle(size, amount, quantities)),
        (CheapestFree("lines", ALL, size), naive.cheapest_free(size, quantities)),
    ]
    of_the_order: list[tuple[Benefit, naive.Discount]] = [
        (PercentageOff("order", ALL, percent), naive.percentage_of_order(percent)),
        (AmountOff("order", ALL, amount, "EUR"), naive.amount_of_order(amount)),
    ]
    chosen = draw(st.permutations(entries))[: draw(st.integers(0, 3))]
    return prices, quantities, [*chosen, *draw(st.permutations(of_the_order))[: draw(st.integers(0, 2))]]


@EXAMPLES
@given(drawn=pairs())
def test_a_second_implementation_agrees(
    drawn: tuple[list[Decimal], list[int], list[tuple[Benefit, naive.Discount]]],
) -> None:
    """To the cent of every line."""
    prices, quantities, discounts = drawn
    rules = [
        promotion(benefit, code=f"p{number}", priority=-number) for number, (benefit, _naive) in enumerate(discounts)
    ]

    totals = total(*(line(str(p), q) for p, q in zip(prices, quantities, strict=True)), promotions=rules)

    assert left(totals) == naive.run(prices, quantities, [discount for _benefit, discount in discounts])


@EXAMPLES
@given(price=PRICES, quantity=st.integers(2, 6), size=UNITS)
def test_splitting_a_line_changes_nothing_where_a_rule_is_by_unit(price: Decimal, quantity: int, size: int) -> None:
    """Cheapest free, bundles, fixed prices, buy and get."""
    whole, parts = [line(str(price), quantity)], [line(str(price), 1), line(str(price), quantity - 1)]

    for benefit in (
        CheapestFree("lines", ALL, size),
        BundlePrice("lines", ALL, size, Decimal(20), "EUR"),
        FixedPrice("lines", ALL, Decimal(20), "EUR"),
        BuyGet("lines", ALL, size, 1),
    ):
        rules = [promotion(benefit)]
        assert total(*whole, promotions=rules).total == total(*parts, promotions=rules).total
