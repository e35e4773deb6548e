"""How promotions go together: lanes, units that count once, limits."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.basket.calculations import ALL, d, line, promotion, refused, total
from tradepost.basket.totals.snapshots import Terms
from tradepost.promotions.lane_choices import HighestPriority
from tradepost.promotions.rules import AmountOff, Benefit, BundlePrice, CheapestFree, PercentageOff
from tradepost.shipping.ports import Parcel, Quote


def percent(number: str, target: str = "lines") -> PercentageOff:
    """So many percent off."""
    return PercentageOff(target, ALL, d(number))


def off(amount: str, target: str = "order") -> AmountOff:
    """So much off."""
    return AmountOff(target, ALL, d(amount), "EUR")


@pytest.mark.parametrize(("price", "winner", "rest"), [("30.00", "four", "26.00"), ("50.00", "ten", "45.00")])
def test_of_a_lane_the_best_for_the_customer_applies(price: str, winner: str, rest: str) -> None:
    """4.00 off 30.00 is better than 10 %, and worse of 50.00; the other says so, and its coupon isn't used."""
    rules = [
        promotion(percent("10"), code="ten", lane="sale", coupon="TEN"),
        promotion(off("4.00"), code="four", lane="sale", priority=1, coupon="FOUR"),
    ]

    totals = total(line(price), promotions=rules)

    assert totals.total == d(rest)
    assert totals.coupons == {winner.upper()}
    assert refused(totals) == [("four" if winner == "ten" else "ten", "better_offer")]
    [entry] = [entry for entry in totals.trail if not entry.applied]
    assert entry.why == f"“{winner.capitalize()}” applies instead."


def test_lanes_apply_one_after_the_other() -> None:
    """That of the highest priority first; a promotion without a lane is alone."""
    rules = [
        promotion(percent("10"), code="a", lane="one"),
        promotion(percent("20"), code="b", lane="one"),
        promotion(percent("50"), code="c", lane="two", priority=1),
        promotion(percent("25"), code="d", lane="two"),
        promotion(percent("10"), code="e"),
    ]

    totals = total(line("100.00"), promotions=rules)

    assert totals.total == d("36.00")
    assert [entry.rule for entry in totals.trail if entry.applied and entry.rule != "list"] == ["c", "b", "e"]


def test_the_choice_is_made_with_what_applies_before() -> None:
    """After 50 % of 60.00, 4.00 off is better than 10 %."""
    rules = [
        promotion(percent("50"), code="half", priority=2),
        promotion(percent("10", "order"), code="ten", lane="sale"),
        promotion(off("4.00"), code="four", lane="sale"),
    ]

    assert total(line("60.00"), promotions=rules).total == d("26.00")


def test_another_choice() -> None:
    """The merchant's order decides, among those that have an effect."""
    rules = [
        promotion(off("1.00"), code="one", lane="sale", priority=1),
        promotion(percent("50"), code="half", lane="sale"),
        promotion(PercentageOff("lines", ALL, d(0)), code="nothing", lane="sale", priority=2),
    ]

    assert total(line("60.00"), promotions=rules, choice=HighestPriority()).total == d("59.00")


def test_the_order_of_promotions_does_not_matter() -> None:
    """Not of those with equal priority, in a lane or beside it."""
    rules = [
        promotion(percent("10"), code="a", lane="sale"),
        promotion(off("10.00"), code="b", lane="sale"),
        promotion(CheapestFree("lines", ALL, 2), code="c"),
        promotion(off("3.00"), code="d", uses_units=True),
    ]

    totals = [total(line("50.00"), line("25.00", 2), promotions=mixed) for mixed in permutations(rules)]

    assert all(entry == totals[0] for entry in totals)


def test_a_lane_of_deliveries_waits_for_its_price() -> None:
    """Half of 4.90 is better than 2.00; of 3.00 it is worse."""
    rules = [
        promotion(percent("50", "shipping"), code="half", lane="post"),
        promotion(off("2.00", "shipping"), code="two", lane="post"),
    ]

    def delivery(price: str) -> str:
        def quotes(parcel: Parcel) -> list[Quote]:
            return [Quote(code="post", name="Post", amount=d(price))]

        terms = Terms(shipping_methods={"": "post"})
        return str(total(line("10.00"), promotions=rules, shipping=quotes, terms=terms).charges_total)

    assert (delivery("4.90"), delivery("3.00")) == ("2.45", "1.00")


def test_an_exclusive_one_excludes_only_if_it_is_chosen() -> None:
    """In its lane another may be better."""
    rules = [
        promotion(off("1.00"), code="alone", lane="sale", priority=2, is_exclusive=True),
        promotion(percent("50"), code="half", lane="sale", priority=1),
        promotion(percent("10"), code="later"),
    ]

    assert total(line("100.00"), promotions=rules).total == d("45.00")
    assert total(line("100.00"), promotions=[rules[0], rules[2]]).total == d("99.00")


@pytest.mark.parametrize(
    ("benefits", "quantity", "together", "apart"),
    [
        ([CheapestFree("lines", ALL, 3), CheapestFree("lines", ALL, 2)], 5, "30.00", "24.00"),
        ([CheapestFree("lines", ALL, 3), percent("50")], 4, "25.00", "15.00"),
        ([BundlePrice("lines", ALL, 3, d("20.00"), "EUR"), CheapestFree("lines", ALL, 3)], 5, "40.00", "32.00"),
        ([percent("50"), CheapestFree("lines", ALL, 2)], 2, "10.00", "5.00"),
        ([percent("10", "order"), off("5.00")], 1, "9.00", "4.00"),
    ],
)
def test_a_unit_counts_once_where_promotions_use_units(
    benefits: list[Benefit], quantity: int, together: str, apart: str
) -> None:
    """Units that the first has counted are hidden from the next."""
    first, second = benefits

    def of(uses: bool) -> str:
        rules = [
            promotion(first, code="first", priority=1, uses_units=uses),
            promotion(second, code="second", uses_units=uses),
        ]
        return str(total(line("10.00", quantity), promotions=rules).total)

    assert of(uses=True) == together
    assert of(uses=False) == apart


def test_a_discount_on_all_units_leaves_used_units_theirs() -> None:
    """10 % off all comes between: the free units are worth 9.00 each, not what is left over."""
    rules = [
        promotion(CheapestFree("lines", ALL, 3), code="a", priority=3, uses_units=True),
        promotion(percent("10"), code="b", priority=2),
        promotion(CheapestFree("lines", ALL, 2), code="c", priority=1, uses_units=True),
    ]

    assert total(line("10.00", 5), promotions=rules).total == d("27.00")
