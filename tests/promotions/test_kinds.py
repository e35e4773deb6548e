"""Kinds of conditions and benefits, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from tests.basket.calculations import ALL, d, left, line, promotion, refused, total
from tests.docs.examples.heavy import MinimumWeight, OffByWeight
from tradepost.basket.totals.snapshots import Terms
from tradepost.pricing.document import Occasion
from tradepost.promotions.rules import (
    AmountOff,
    BuyGet,
    CheapestFree,
    Condition,
    Countries,
    CustomerGroups,
    FirstOrder,
    FixedPrice,
    FreeGift,
    Goods,
    Hours,
    MinimumQuantity,
    MinimumValue,
    PercentageOff,
    Tier,
    TieredPercentage,
)
from tradepost.shipping.ports import Parcel, Quote

TEN_PERCENT = PercentageOff("lines", ALL, d(10))
CUPS, HATS = Goods(products=frozenset({"cup"})), Goods(frozenset({"hats"}))


def cup(price: str, quantity: int = 1) -> tuple[Decimal, dict[str, Any]]:
    """Cups."""
    return line(price, quantity, product="cup")


def hat(price: str, quantity: int = 1) -> tuple[Decimal, dict[str, Any]]:
    """Hats."""
    return line(price, quantity, product="hat", categories=frozenset({"hats"}))


@pytest.mark.parametrize(
    ("goods", "expected"),
    [
        (Goods(), ["9.00", "9.00", "9.00"]),
        (Goods(products=frozenset({"cup"})), ["9.00", "10.00", "10.00"]),
        (Goods(frozenset({"hats"})), ["10.00", "9.00", "9.00"]),
        (Goods(collection=7), ["9.00", "9.00", "10.00"]),
        (Goods(frozenset({"hats"}), collection=7), ["10.00", "9.00", "10.00"]),
        (Goods(attributes={"colour": ["red"]}), ["9.00", "10.00", "9.00"]),
        (Goods(attributes={"colour": ["red", "blue"], "size": ["L"]}), ["10.00", "10.00", "9.00"]),
        (Goods(attributes={"colour": ["green"]}), ["10.00", "10.00", "10.00"]),
    ],
)
def test_goods_are_named_in_many_ways(goods: Goods, expected: list[str]) -> None:
    """All that is named must fit; of an attribute with several values one is enough."""
    lines = [
        line("10.00", product="cup", collections=frozenset({7}), attributes={"colour": "red"}),
        line("10.00", categories=frozenset({"hats"}), collections=frozenset({7}), attributes={"colour": ["blue"]}),
        line("10.00", categories=frozenset({"hats"}), attributes={"colour": ["black", "red"], "size": "L"}),
    ]

    assert left(total(*lines, promotions=[promotion(PercentageOff("lines", goods, d(10)))])) == [
        d(amount) for amount in expected
    ]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (MinimumValue(d(30), "EUR", HATS), "minimum_not_reached"),
        (MinimumQuantity(2, CUPS), "quantity_not_reached"),
        (CustomerGroups(frozenset({"staff"})), "wrong_group"),
        (FirstOrder(), "not_first_order"),
        (Countries(frozenset({"AT", "CH"})), "wrong_country"),
        (Hours(frozenset({6, 7})), "wrong_time"),
    ],
)
def test_a_condition_that_does_not_hold_says_why(condition: Condition, code: str) -> None:
    """Nothing is taken off."""
    wednesday = Occasion(
        at=datetime(2026, 5, 20, 12, tzinfo=UTC), country="DE", groups=frozenset({"friends"}), has_ordered=True
    )

    totals = total(cup("10.00"), hat("20.00"), promotions=[promotion(TEN_PERCENT, when=[condition])], at=wednesday)

    assert (totals.total, refused(totals)) == (d("30.00"), [("promotion", code)])


@pytest.mark.parametrize(
    "condition",
    [
        MinimumValue(d(20), "EUR", HATS),
        MinimumQuantity(1, CUPS),
        CustomerGroups(frozenset({"friends", "staff"})),
        FirstOrder(),
        Countries(frozenset({"DE"})),
        Hours(frozenset({3})),
    ],
)
def test_a_condition_that_holds(condition: Condition) -> None:
    """On a Wednesday, to Germany, for a friend who buys for the first time."""
    wednesday = Occasion(at=datetime(2026, 5, 20, 12, tzinfo=UTC), country="DE", groups=frozenset({"friends"}))

    totals = total(cup("10.00"), hat("20.00"), promotions=[promotion(TEN_PERCENT, when=[condition])], at=wednesday)

    assert totals.total == d("27.00")


@pytest.mark.parametrize(
    ("hours", "moments"),
    [
        (
            Hours(begin=time(9), end=time(17)),
            {(1, 9, 0): True, (1, 17, 0): False, (1, 8, 59): False, (7, 16, 59): True},
        ),
        (
            Hours(frozenset({5}), time(22), time(2)),
            {(5, 23, 0): True, (6, 1, 59): True, (6, 2, 0): False, (5, 1, 0): False},
        ),
        (Hours(frozenset({7}), time(22), time(2)), {(1, 1, 0): True, (7, 1, 0): False}),
        (Hours(frozenset({1}), begin=time(12)), {(1, 23, 59): True, (1, 11, 59): False, (2, 13, 0): False}),
        (Hours(frozenset({1}), end=time(12)), {(1, 0, 0): True, (1, 12, 0): False}),
    ],
)
def test_happy_hours(hours: Hours, moments: dict[tuple[int, int, int], bool]) -> None:
    """The end isn't included; hours past midnight belong to the day on which they began."""
    for (weekday, hour, minute), holds in moments.items():
        at = datetime(2026, 6, weekday, hour, minute, tzinfo=UTC)  # June began on a Monday
        totals = total(cup("10.00"), promotions=[promotion(TEN_PERCENT, when=[hours])], at=Occasion(at=at))

        assert (totals.discount > 0, at.isoweekday()) == (holds, weekday)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [([cup("10.00", 3)], ["21.00"]), ([cup("6.00", 2), cup("7.50")], ["12.00", "7.00"])],
)
def test_a_fixed_price(lines: list[Any], expected: list[str]) -> None:
    """Of each unit; what is cheaper stays as it is."""
    assert left(total(*lines, promotions=[promotion(FixedPrice("lines", ALL, d(7), "EUR"))])) == [
        d(amount) for amount in expected
    ]


@pytest.mark.parametrize(
    ("benefit", "expected"),
    [
        (FixedPrice("shipping", ALL, d("2.00"), "EUR"), "2.00"),
        (FixedPrice("shipping", ALL, d("9.00"), "EUR"), "4.90"),
        (PercentageOff("shipping", ALL, d(100)), "0.00"),
        (AmountOff("shipping", ALL, d("1.00"), "EUR"), "3.90"),
    ],
)
def test_cheaper_and_free_delivery(benefit: Any, expected: str) -> None:
    """The charge stands there with its discount."""

    def quotes(parcel: Parcel) -> list[Quote]:
        return [Quote(code="post", name="Post", amount=d("4.90"))]

    totals = total(
        cup("10.00"), promotions=[promotion(benefit)], shipping=quotes, terms=Terms(shipping_methods={"": "post"})
    )

    assert (totals.charges_total, totals.goods_total) == (d(expected), d("10.00"))


@pytest.mark.parametrize(
    ("benefit", "lines", "expected"),
    [
        (BuyGet("lines", ALL, 2, 1), [cup("10.00", 3)], ["20.00"]),
        (BuyGet("lines", ALL, 2, 1), [cup("10.00", 5)], ["40.00"]),
        (BuyGet("lines", ALL, 2, 1), [cup("10.00", 2)], ["20.00"]),
        (BuyGet("lines", ALL, 1, 2), [cup("10.00", 2)], ["10.00"]),
        (BuyGet("lines", ALL, 1, 2), [cup("10.00", 4)], ["20.00"]),
        (BuyGet("lines", ALL, 1, 1, percent=d(50)), [cup("10.00"), hat("7.00")], ["10.00", "3.50"]),
        (BuyGet("lines", ALL, 1, 1, max_uses=1), [cup("10.00", 6)], ["50.00"]),
        (BuyGet("lines", HATS, 2, 1, bought=CUPS), [cup("10.00", 5), hat("7.00", 3)], ["50.00", "7.00"]),
        (BuyGet("lines", HATS, 2, 1, bought=CUPS), [cup("10.00"), hat("7.00")], ["10.00", "7.00"]),
        (BuyGet("lines", HATS, 1, 1, bought=ALL), [cup("10.00"), hat("7.00"), hat("8.00")], ["10.00", "0.00", "8.00"]),
        (BuyGet("lines", HATS, 1, 1, bought=ALL), [hat("7.00"), hat("8.00")], ["0.00", "8.00"]),
    ],
)
def test_buy_some_get_some(benefit: BuyGet, lines: list[Any], expected: list[str]) -> None:
    """The cheapest ones; a unit that was got isn't a bought one."""
    assert left(total(*lines, promotions=[promotion(benefit)])) == [d(amount) for amount in expected]


def test_a_gift_is_free_once_it_is_in_the_basket() -> None:
    """And as long as the conditions hold."""
    gift = promotion(FreeGift("lines", CUPS), when=[MinimumValue(d(30), "EUR", HATS)])

    assert total(hat("30.00"), cup("5.00", 2), promotions=[gift]).total == d("35.00")
    assert total(hat("29.00"), cup("5.00", 2), promotions=[gift]).total == d("39.00")
    assert refused(total(hat("30.00"), promotions=[gift])) == [("promotion", "no_goods")]


@pytest.mark.parametrize(
    ("currency", "lines", "expected"),
    [
        ("EUR", [cup("49.99")], "49.99"),
        ("EUR", [cup("25.00", 2)], "47.50"),
        ("EUR", [cup("100.00")], "90.00"),
        ("", [cup("1.00", 49)], "49.00"),
        ("", [cup("1.00", 25), hat("1.00", 25)], "47.50"),
        ("", [cup("1.00", 200)], "180.00"),
    ],
)
def test_the_more_is_bought_the_more_is_taken_off(currency: str, lines: list[Any], expected: str) -> None:
    """5 % from 50 on, 10 % from 100 on: of worth, or of units."""
    tiers = (Tier(d(50), d(5)), Tier(d(100), d(10)))

    assert total(*lines, promotions=[promotion(TieredPercentage("order", ALL, tiers, currency))]).total == d(expected)


def test_a_tier_that_is_not_reached_says_what_is_missing() -> None:
    """In money, or in units."""
    tiers = (Tier(d(50), d(5)),)

    def why(currency: str) -> str:
        totals = total(cup("10.00", 2), promotions=[promotion(TieredPercentage("order", ALL, tiers, currency))])
        return next(entry.why for entry in totals.trail if not entry.applied)

    assert (why("EUR"), why("")) == ("€30.00 more is needed.", "48 more items are needed.")
    assert why("USD") == "Only for orders in USD."


def test_a_promotion_takes_off_no_more_than_it_may() -> None:
    """Its shares shrink in proportion; over all its benefits together."""
    most = promotion(
        PercentageOff("lines", ALL, d(50)), AmountOff("order", ALL, d(5), "EUR"), most=d("10.00"), currency="EUR"
    )

    totals = total(cup("30.00"), hat("10.00"), promotions=[most])

    assert [row.discount for row in totals.lines] == [d("7.50"), d("2.50")]
    assert refused(totals) == [("promotion", "limit_reached")]
    assert refused(total(cup("30.00"), promotions=[promotion(TEN_PERCENT, most=d(0), currency="EUR")])) == [
        ("promotion", "budget_spent")
    ]
    assert refused(total(cup("30.00"), promotions=[promotion(TEN_PERCENT, most=d(1), currency="USD")])) == [
        ("promotion", "wrong_currency")
    ]


def test_what_may_not_be_discounted_is_not() -> None:
    """By no kind; but it counts as bought."""
    fixed = line("10.00", 2, is_discountable=False, product="cup")
    for benefit in (
        TEN_PERCENT,
        FixedPrice("lines", ALL, d(1), "EUR"),
        FreeGift("lines", CUPS),
        CheapestFree("lines", ALL, 2),
        BuyGet("lines", ALL, 1, 1),
        TieredPercentage("order", ALL, (Tier(d(0), d(10)),)),
    ):
        assert total(fixed, promotions=[promotion(benefit)]).total == d("20.00")
    assert total(fixed, hat("7.00"), promotions=[promotion(BuyGet("lines", HATS, 2, 1, bought=CUPS))]).total == d(20)


def test_a_rule_of_ones_own() -> None:
    """As the documentation has it."""
    heavy = promotion(OffByWeight("lines", ALL, d("0.50"), "EUR"), when=[MinimumWeight(3000)])

    assert total(line("10.00", 2, weight=1600), promotions=[heavy]).total == d("18.40")
    assert refused(total(line("10.00", weight=1600), promotions=[heavy])) == [("promotion", "too_light")]
