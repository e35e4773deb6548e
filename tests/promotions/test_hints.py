"""Hints: benefits that a little more in the basket would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.basket.calculations import ALL, d, line, promotion, total
from tradepost.basket.totals.snapshots import Terms
from tradepost.pricing.document import Hint, Totals
from tradepost.promotions.rules import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyGet,
    CheapestFree,
    Condition,
    CustomerGroups,
    FreeGift,
    Goods,
    MinimumQuantity,
    MinimumValue,
    PercentageOff,
    Tier,
    TieredPercentage,
)
from tradepost.shipping.ports import Parcel, Quote

HATS = Goods(categories=frozenset({"hats"}))
BAG = Goods(products=frozenset({"bag"}))


def percent(text: str, goods: Goods = ALL, target: str = "lines") -> PercentageOff:
    """So many percent off."""
    return PercentageOff(target, goods, d(text))


def told(totals: Totals) -> list[str]:
    """The texts of the hints."""
    return [hint.message for hint in totals.hints]


@pytest.mark.parametrize(
    ("benefit", "when", "message"),
    [
        (percent("10"), [MinimumValue(d("50"), "EUR")], "€30.00 more for 10 % off."),
        (percent("12.5", target="order"), [MinimumQuantity(3)], "Add 1 more for 12.5 % off."),
        (percent("100", target="shipping"), [MinimumValue(d("23.10"), "EUR")], "€3.10 more for free delivery."),
        (percent("50", target="shipping"), [MinimumQuantity(4)], "Add 2 more for 50 % off the delivery."),
        (AmountOff("order", ALL, d("5"), "EUR"), [MinimumValue(d("30"), "EUR")], "€10.00 more for €5.00 off."),
        (percent("10", HATS), [MinimumQuantity(3)], "Add 1 more for “Spring”."),
        (percent("10", HATS), [MinimumQuantity(3, HATS)], "Add 1 more for 10 % off."),
        (CheapestFree("lines", ALL, 3), [], "Add 1 more for the third one free."),
        (CheapestFree("lines", HATS, 3), [], "Add 1 more for “Spring”."),
        (CheapestFree("lines", ALL, 4), [], "Add 2 more for one of 4 free."),
        (BuyGet("lines", ALL, 2, 1), [], "Add 1 more for the third one free."),
        (BundlePrice("lines", ALL, 3, d("20"), "EUR"), [], "Add 1 more for any 3 for €20.00."),
        (
            TieredPercentage("lines", ALL, (Tier(d("10"), d("5")), Tier(d("25"), d("10"))), "EUR"),
            [],
            "€5.00 more for 10 % off.",
        ),
        (TieredPercentage("lines", ALL, (Tier(d("5"), d("20")),)), [], "Add 3 more for 20 % off."),
        (FreeGift("lines", BAG), [], "Add it to your basket: “Spring”."),
        (FreeGift("lines", BAG), [MinimumValue(d("25"), "EUR")], "€5.00 more for “Spring”."),
        (BuyGet("lines", BAG, 2, 1, HATS), [], "Add it to your basket: “Spring”."),
        (BuyGet("lines", BAG, 3, 1, HATS), [], "Add 1 more for “Spring”."),
    ],
)
def test_says_what_is_missing_and_what_for(benefit: Benefit, when: Sequence[Condition], message: str) -> None:
    """Of two hats for 10.00 each."""
    hats = line("10.00", 2, categories=frozenset({"hats"}), product="hat")

    assert told(total(hats, promotions=[promotion(benefit, code="spring", when=when)])) == [message]


def test_a_hint_has_the_facts_beside_its_sentence() -> None:
    """For a page that draws a bar, or writes its own sentence."""
    bag = promotion(FreeGift("lines", BAG), code="bag", when=[MinimumValue(d("40"), "EUR")])

    assert total(line("10.00", 3), promotions=[bag]).hints == (
        Hint(
            code="spend_more",
            message="€10.00 more for “Bag”.",
            progress=75,
            amount=d("10.00"),
            promise="“Bag”",
            promotion="bag",
        ),
    )
    [gift] = total(line("40.00"), promotions=[bag]).hints
    assert (gift.code, gift.units, gift.amount, gift.products, gift.progress) == ("take_gift", 1, None, ("bag",), 100)


@pytest.mark.parametrize(
    ("benefit", "when"),
    [
        (percent("10"), [MinimumValue(d("20"), "EUR")]),
        (percent("10"), [MinimumValue(d("50"), "USD")]),
        (percent("10"), [MinimumValue(d("50"), "EUR"), CustomerGroups(frozenset({"friends"}))]),
        (percent("10"), [MinimumValue(d("50"), "EUR"), MinimumQuantity(5)]),
        (percent("10"), [MinimumQuantity(1, HATS)]),
        (percent("10", HATS), [MinimumValue(d("50"), "EUR")]),
        (CheapestFree("lines", ALL, 2), []),
        (CheapestFree("lines", ALL, 2, max_uses=1), []),
        (CheapestFree("lines", HATS, 3), []),
        (FreeGift("lines", Goods(products=frozenset({"cup"})), 2), []),
        (TieredPercentage("lines", ALL, (Tier(d("10"), d("5")), Tier(d("50"), d("5"))), "EUR"), []),
        (BundlePrice("lines", ALL, 3, d("20"), "USD"), []),
        (BuyGet("lines", BAG, 1, 1, HATS), []),
    ],
)
def test_says_nothing_of_what_is_reached_or_out_of_reach(benefit: Benefit, when: Sequence[Condition]) -> None:
    """Two cups for 10.00 each: what applies, what more goods wouldn't help, and what isn't begun."""
    assert told(total(line("10.00", 2, product="cup"), promotions=[promotion(benefit, when=when)])) == []


def test_says_nothing_of_what_would_not_apply_then() -> None:
    """Something exclusive stands before it, another of its lane is better, or its budget is spent."""
    soon = [MinimumValue(d("30"), "EUR")]
    exclusive = promotion(percent("5"), code="first", priority=1, is_exclusive=True)
    small = promotion(percent("10"), code="small", when=soon, lane="sale")
    large = promotion(percent("20"), code="large", when=soon, lane="sale")
    held = promotion(percent("15"), code="held", lane="sale")
    spent = promotion(percent("30"), code="spent", when=soon, most=d(0), currency="EUR")
    goods = line("10.00", 2)

    assert told(total(goods, promotions=[exclusive, small])) == []
    assert told(total(goods, promotions=[held, small])) == []
    assert told(total(goods, promotions=[held, large])) == ["€10.00 more for 20 % off."]
    assert told(total(goods, promotions=[spent])) == []
    assert told(total(goods, promotions=[promotion(percent("100"), code="all"), replace(small, lane="")])) == []


def test_the_nearest_come_first_and_three_are_enough() -> None:
    """However many promotions wait."""
    many = [
        promotion(percent(str(step)), code=f"step-{step}", when=[MinimumValue(d(str(10 * step)), "EUR")])
        for step in (9, 3, 5, 7, 4)
    ]

    hints = total(line("10.00", 2), promotions=many).hints

    assert [(hint.promotion, hint.progress) for hint in hints] == [("step-3", 66), ("step-4", 50), ("step-5", 40)]


def rates(parcel: Parcel) -> Sequence[Quote]:
    """A parcel that is free from 23.10 on, and a shop where one may fetch it."""
    rest = max(Decimal(0), d("23.10") - parcel.value)
    cost = d("4.90") if rest else Decimal(0)
    return [
        Quote(code="parcel", name="Parcel", amount=cost, free_after=rest or None),
        Quote(code="shop", name="Our shop", amount=Decimal(0), needs_address=False),
    ]


def test_says_what_is_missing_for_free_delivery() -> None:
    """After discounts, as the way to deliver counts it; no more once it is reached, nor for what doesn't travel."""
    ten = promotion(percent("10"))

    assert [(h.code, h.message, h.amount) for h in total(line("10.00", 2), shipping=rates).hints] == [
        ("free_delivery", "€3.10 more for free delivery.", d("3.10"))
    ]
    assert told(total(line("10.00", 2), promotions=[ten], shipping=rates)) == ["€5.10 more for free delivery."]
    assert told(total(line("23.10"), shipping=rates)) == []
    assert told(total(line("10.00", kind="digital"), shipping=rates)) == []
    assert told(total(line("10.00", 2))) == []


def test_free_delivery_is_promised_once() -> None:
    """By whichever way it comes first."""
    free = promotion(percent("100", target="shipping"), when=[MinimumValue(d("60"), "EUR")])

    assert told(total(line("10.00", 2), promotions=[free], shipping=rates)) == ["€3.10 more for free delivery."]


def test_what_is_brought_for_nothing_already_is_not_promised() -> None:
    """Unless a dearer way was chosen, which the promotion would make free, too."""
    free = promotion(percent("100", target="shipping"), when=[MinimumValue(d("60"), "EUR")])

    def with_express(parcel: Parcel) -> Sequence[Quote]:
        return [*rates(parcel), Quote(code="express", name="Express", amount=d("12.00"))]

    reached = line("10.00", 3)
    assert told(total(reached, promotions=[free], shipping=with_express)) == []
    chosen = Terms(shipping_methods={"": "express"})
    assert told(total(reached, promotions=[free], shipping=with_express, terms=chosen)) == [
        "€30.00 more for free delivery."
    ]


@pytest.mark.parametrize(("currency", "message"), [("JPY", "¥13"), ("KWD", "KWD12.500")])
def test_amounts_have_the_currencys_places(currency: str, message: str) -> None:
    """None for yen, three for dinars."""
    soon = promotion(percent("10"), when=[MinimumValue(d("22.5"), currency)])

    assert told(total(line("10"), promotions=[soon], currency=currency)) == [f"{message} more for 10 % off."]


GOODS_FOR_ALL = st.sampled_from(
    [
        (PercentageOff("lines", ALL, Decimal(10)), (MinimumValue(Decimal(50), "EUR"),)),
        (PercentageOff("order", ALL, Decimal(7)), (MinimumQuantity(5),)),
        (AmountOff("order", ALL, Decimal(3), "EUR"), (MinimumValue(Decimal("33.33"), "EUR"),)),
        (CheapestFree("lines", ALL, 3), ()),
        (CheapestFree("order", ALL, 4, 1), ()),
        (BuyGet("lines", ALL, 2, 1), ()),
        (BundlePrice("lines", ALL, 3, Decimal("0.01"), "EUR"), ()),
        (TieredPercentage("lines", ALL, (Tier(Decimal(3), Decimal(5)), Tier(Decimal(6), Decimal(9)))), ()),
        (TieredPercentage("order", ALL, (Tier(Decimal(40), Decimal(5)), Tier(Decimal(90), Decimal(9))), "EUR"), ()),
    ]
)


@given(
    lines=st.lists(st.tuples(st.integers(100, 3000), st.integers(1, 4)), min_size=1, max_size=4), offer=GOODS_FOR_ALL
)
def test_what_a_hint_promises_comes_true(lines: list[tuple[int, int]], offer: tuple[Any, Any]) -> None:
    """With just what is missing in the basket, in amount or in units as dear as any, it takes off more than before."""
    benefit, conditions = offer
    rule = promotion(benefit, code="offer", when=conditions)
    goods = [line(str(Decimal(cents) / 100), quantity) for cents, quantity in lines]
    before = total(*goods, promotions=[rule])
    if not before.hints:
        return
    [hint] = before.hints
    assert 0 <= hint.progress < 100

    dearest = str(max(price for price, _values in goods))
    more = line(str(hint.amount)) if hint.amount is not None else line(dearest, hint.units or 0)
    after = total(*goods, more, promotions=[rule])

    assert after.discount > before.discount
    assert hint.message not in [result.message for result in after.hints]
    if hint.amount is not None and hint.amount > Decimal("0.01"):
        less = total(*goods, line(str(hint.amount - Decimal("0.01"))), promotions=[rule])
        assert less.hints
        assert less.hints[0].amount == Decimal("0.01")
