"""Discounts, to the cent."""

from __future__ import annotations

import pytest

from tests.basket.calculations import ALL, d, left, line, promotion, refused, total, vat
from tradepost.promotions.rules import (
    AmountOff,
    BundlePrice,
    CheapestFree,
    Goods,
    MinimumQuantity,
    MinimumValue,
    PercentageOff,
)


def percent(number: str, target: str = "lines", **values: object) -> PercentageOff:
    """So many percent off all goods."""
    return PercentageOff(target, ALL, d(number), **values)  # type: ignore[arg-type]


def off(amount: str, target: str = "order", currency: str = "EUR") -> AmountOff:
    """So much off all goods."""
    return AmountOff(target, ALL, d(amount), currency)


def test_an_amount_is_shared_and_sums_exactly() -> None:
    """4.00 off three lines of 2.00: the cent that is left over goes to one of them."""
    totals = total(line("2.00"), line("2.00"), line("2.00"), promotions=[promotion(off("4.00"))])

    assert [row.discount for row in totals.lines] == [d("1.34"), d("1.33"), d("1.33")]
    assert totals.discount == d("4.00")
    assert totals.total == d("2.00")


def test_a_discount_that_finds_nothing_left_says_so_and_uses_no_coupon() -> None:
    """Of two offers of 100.00 off 20.00 the first takes all."""
    first = promotion(off("100.00"), code="first", priority=1, coupon="FIRST")
    second = promotion(off("100.00"), code="second", coupon="SECOND")

    totals = total(line("20.00"), promotions=[second, first])

    assert totals.total == d("0.00")
    assert totals.discount == d("20.00")
    assert refused(totals) == [("second", "nothing_left")]
    assert totals.coupons == {"FIRST"}


@pytest.mark.parametrize(
    ("lines", "most", "expected"),
    [
        ([line("12.00", 2)], None, "4.80"),
        ([line("12.00", 3)], None, "7.20"),
        ([line("12.00", 2), line("20.00", 2)], 1, "2.40"),
        ([line("20.00", 2), line("12.00", 2)], 3, "8.80"),
    ],
)
def test_twenty_percent(lines: list, most: int | None, expected: str) -> None:
    """Of all units, or of the cheapest ones."""
    totals = total(*lines, promotions=[promotion(percent("20", max_units=most))])

    assert totals.discount == d(expected)


@pytest.mark.parametrize(
    ("lines", "shares"),
    [
        ([line("6.00", 3)], ["0.00"]),
        ([line("8.00", 4)], ["4.00"]),
        ([line("8.00", 6)], ["8.00"]),
        ([line("7.00"), line("7.00"), line("7.00")], ["0.34", "0.33", "0.33"]),
        ([line("8.00", 2)], ["0.00"]),
        ([line("9.00", 2), line("5.00", 1), line("1.00", 1)], ["2.35", "0.65", "0.00"]),
    ],
)
def test_any_three_for_twenty(lines: list, shares: list[str]) -> None:
    """As often as there are three, and only where it is cheaper."""
    totals = total(*lines, promotions=[promotion(BundlePrice("lines", ALL, 3, d("20.00"), "EUR"))])

    assert [row.discount for row in totals.lines] == [d(share) for share in shares]


@pytest.mark.parametrize(
    ("lines", "uses", "shares"),
    [
        ([line("12.00", 3)], None, ["12.00"]),
        ([line("4.00", 4), line("2.00", 4)], None, ["0.00", "4.00"]),
        ([line("4.00", 4), line("2.00", 4)], 1, ["0.00", "2.00"]),
        ([line("12.00", 2)], None, ["0.00"]),
    ],
)
def test_the_cheapest_of_three_is_free(lines: list, uses: int | None, shares: list[str]) -> None:
    """The cheapest of all, one for every three."""
    totals = total(*lines, promotions=[promotion(CheapestFree("lines", ALL, 3, uses))])

    assert [row.discount for row in totals.lines] == [d(share) for share in shares]


@pytest.mark.parametrize(
    ("price", "quantity", "rate", "discount"), [("19.99", 1, "25", "5.00"), ("0.01", 10, "10", "0.01")]
)
def test_a_percentage_is_rounded_once_for_a_line(price: str, quantity: int, rate: str, discount: str) -> None:
    """19.99 less 25 % leaves 14.99; ten times 0.01 less 10 % leaves 0.09."""
    totals = total(line(price, quantity), promotions=[promotion(percent(rate))])

    assert totals.discount == d(discount)
    assert totals.total == d(price) * quantity - d(discount)


def test_a_discount_on_net_prices_lowers_the_tax() -> None:
    """20 % off 2 × 10.00 net: 4.00 net, 4.80 with 20 % VAT."""
    without = total(line("10.00", 2), net=True, taxer=vat(standard="0.2"))
    totals = total(
        line("10.00", 2), net=True, taxer=vat(standard="0.2"), promotions=[promotion(percent("20", "order"))]
    )

    assert totals.discount == d("4.00")
    assert without.goods_net - totals.goods_net == d("4.00")
    assert without.total - totals.total == d("4.80")


def test_cents_are_shared_within_their_lines() -> None:
    """0.02 off four lines of 0.01: none gets below zero."""
    totals = total(*[line("0.01")] * 4, promotions=[promotion(off("0.02"))])

    assert [row.discount for row in totals.lines] == [d("0.01"), d("0.01"), d("0.00"), d("0.00")]


def test_a_percentage_of_the_order_is_stored_on_its_lines() -> None:
    """10 % of three times 0.35 is 0.11, and the total is the sum of the lines."""
    totals = total(*[line("0.35")] * 3, promotions=[promotion(percent("10", "order"))])

    assert [row.discount for row in totals.lines] == [d("0.04"), d("0.04"), d("0.03")]
    assert totals.total == sum(row.total for row in totals.lines) == d("0.94")
    assert {a.application for row in totals.lines for a in row.adjustments} == {"promotion:0"}


def test_a_second_percentage_takes_what_is_left() -> None:
    """10 % then 25 % off 100.00 leaves 67.50."""
    ten, quarter = (
        promotion(percent("10"), code="ten", priority=2),
        promotion(percent("25"), code="quarter", priority=1),
    )

    assert total(line("100.00"), promotions=[quarter, ten]).total == d("67.50")


def test_what_an_exclusive_promotion_excludes_says_so() -> None:
    """Later ones don't apply, earlier ones do, in whatever stage they are."""
    rules = [
        promotion(percent("10"), code="earlier", priority=3),
        promotion(off("1.00"), code="alone", priority=2, is_exclusive=True),
        promotion(percent("50"), code="later", priority=1),
    ]

    totals = total(line("100.00"), promotions=rules)

    assert totals.total == d("89.00")
    assert refused(totals) == [("later", "excluded")]


@pytest.mark.parametrize(
    "alone",
    [
        promotion(off("1.00", currency="USD"), code="alone", priority=2, is_exclusive=True),
        promotion(percent("10", "shipping"), code="alone", priority=2, is_exclusive=True),
        promotion(
            PercentageOff("lines", Goods(frozenset({"hats"})), d("10")), code="alone", priority=2, is_exclusive=True
        ),
    ],
)
def test_an_exclusive_promotion_that_can_do_nothing_excludes_nothing(alone: object) -> None:
    """Another currency, nothing that travels, no such goods."""
    later = promotion(percent("50"), code="later", priority=1)

    totals = total(line("100.00", kind="digital"), promotions=[alone, later])  # type: ignore[list-item]

    assert totals.total == d("50.00")


@pytest.mark.parametrize(
    ("condition", "code", "why"),
    [
        (MinimumValue(d("50"), "EUR"), "minimum_not_reached", "€30.00 more is needed."),
        (MinimumValue(d("5"), "USD"), "wrong_currency", "Only for orders in USD."),
        (MinimumQuantity(3), "quantity_not_reached", "1 more item is needed."),
        (MinimumQuantity(1, Goods(frozenset({"hats"}))), "quantity_not_reached", "1 more item is needed."),
    ],
)
def test_a_condition_that_is_not_met_is_explained(condition: object, code: str, why: str) -> None:
    """Nothing is taken off, and the trail says what is missing."""
    spring = promotion(percent("10"), when=[condition], coupon="SPRING")  # type: ignore[list-item]

    totals = total(line("10.00", 2), promotions=[spring])

    assert totals.total == d("20.00")
    assert totals.coupons == frozenset()
    [entry] = [entry for entry in totals.trail if not entry.applied]
    assert (entry.code, entry.why, entry.coupon, entry.before) == (code, why, "SPRING", None)


@pytest.mark.parametrize("condition", [MinimumValue(d("20"), "EUR"), MinimumQuantity(2)])
def test_a_condition_that_is_just_met_holds(condition: object) -> None:
    """20.00 from 20.00 on, two from two on."""
    assert total(line("10.00", 2), promotions=[promotion(percent("10"), when=[condition])]).total == d("18.00")  # type: ignore[list-item]


def test_only_goods_of_the_category_that_may_be_discounted_are() -> None:
    """Others keep their price."""
    hats = frozenset({"hats"})
    rule = promotion(PercentageOff("lines", Goods(hats), d("10")))

    totals = total(
        line("10.00", categories=hats),
        line("10.00", categories=frozenset({"shoes"})),
        line("10.00", categories=hats, is_discountable=False),
        promotions=[rule],
    )

    assert left(totals) == [d("9.00"), d("10.00"), d("10.00")]


def test_the_trail_answers_why() -> None:
    """Each step has what was before and what after."""
    rules = [promotion(percent("10"), code="ten", priority=1), promotion(off("1.00"), code="one", coupon="ONE")]

    totals = total(line("10.00", 2), promotions=rules, taxer=vat())

    steps = [(e.stage, e.rule, e.before, e.after, e.coupon) for e in totals.trail]
    assert steps == [
        ("prices", "list", d("0"), d("20.00"), ""),
        ("lines_promotions", "ten", d("20.00"), d("18.00"), ""),
        ("order_promotions", "one", d("18.00"), d("17.00"), "ONE"),
        ("taxes", "VAT 0.19", d("17.00"), d("17.00"), ""),
    ]
    assert [e.why for e in totals.trail] == ["2 × €10.00", "Ten", "One", "VAT 0.19 is included: €14.29 and €2.71."]
