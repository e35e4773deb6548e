"""A promotion that takes nothing off blocks nothing, uses nothing and promises nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.basket.calculations import ALL, d, left, line, promotion, refused, total
from tradepost.basket.totals.snapshots import Fee, Terms
from tradepost.promotions.rules import (
    AmountOff,
    Benefit,
    BuyGet,
    CheapestFree,
    FixedPrice,
    FreeGift,
    Goods,
    MinimumQuantity,
    MinimumValue,
    PercentageOff,
    PromotionRule,
    Tier,
    TieredPercentage,
)
from tradepost.shipping.ports import Parcel, Quote

BAG = Goods(products=frozenset({"bag"}))
HATS = Goods(categories=frozenset({"hats"}))
SENT = Terms(shipping_methods={"": "post"})
FREE = PercentageOff("shipping", ALL, d(100))


def percent(number: str, target: str = "lines") -> PercentageOff:
    """So many percent off."""
    return PercentageOff(target, ALL, d(number))


def post(price: str, free_from: str | None = None) -> Any:
    """Delivery for so much, for nothing from so much on."""

    def quotes(parcel: Parcel) -> list[Quote]:
        free = free_from is not None and parcel.value >= d(free_from)
        return [Quote(code="post", name="Post", amount=d(0) if free else d(price))]

    return quotes


def applied(totals: Any) -> set[str]:
    """Promotions that took something off."""
    return {a.promotion for row in (*totals.lines, *totals.charges) for a in row.adjustments}


@pytest.mark.parametrize(
    "benefit",
    [
        CheapestFree("lines", ALL, 3),
        CheapestFree("order", ALL, 3),
        BuyGet("lines", ALL, 2, 1),
        TieredPercentage("order", ALL, (Tier(d(50), d(20)),), "EUR"),
        TieredPercentage("lines", ALL, (Tier(d(5), d(20)),)),
        FixedPrice("lines", ALL, d("12.00"), "EUR"),
        AmountOff("lines", ALL, d(0), "EUR"),
        FreeGift("lines", BAG),
        percent("0.01"),
    ],
)
def test_an_exclusive_promotion_that_gives_nothing_blocks_nothing(benefit: Benefit) -> None:
    """3 for 2 with two units, tiers that aren't reached, a price that isn't lower …: 10 % of 20.00 stays 2.00 off."""
    rules = [
        promotion(benefit, code="alone", priority=1, is_exclusive=True),
        promotion(percent("10"), code="ten"),
    ]

    totals = total(line("10.00", 2), promotions=rules)

    assert totals.total == d("18.00")
    assert [rule for rule, _code in refused(totals)] == ["alone"]
    assert refused(totals)[0][1] != "excluded"


def test_free_delivery_of_a_free_delivery_blocks_nothing() -> None:
    """Nor where it is fetched; where there is something to pay for it does."""
    rules = [promotion(FREE, code="free", priority=1, is_exclusive=True), promotion(percent("10"), code="ten")]

    free = total(line("10.00", 2), promotions=rules, shipping=post("0.00"), terms=SENT)
    unknown = total(line("10.00", 2), promotions=rules)
    paid = total(line("10.00", 2), promotions=rules, shipping=post("6.00"), terms=SENT)

    assert (free.total, unknown.total, paid.total) == (d("18.00"), d("18.00"), d("20.00"))
    assert refused(paid) == [("ten", "excluded")]


def test_an_exclusive_one_that_gave_nothing_does_not_come_in_later() -> None:
    """50 % off makes the delivery cost something again: what was free when it was asked stays left out."""
    rules = [promotion(FREE, code="free", priority=1, is_exclusive=True), promotion(percent("50"), code="half")]

    totals = total(line("25.00"), promotions=rules, shipping=post("5.00", free_from="20"), terms=SENT)

    assert (totals.total, applied(totals)) == (d("17.50"), {"half"})
    assert refused(totals) == [("free", "no_effect")]


def test_a_lane_of_deliveries_that_gives_nothing_blocks_nothing() -> None:
    """An exclusive one in it waits for no price that will not come."""
    lane = [
        promotion(FREE, code="free", priority=2, lane="post", is_exclusive=True),
        promotion(percent("50", "shipping"), code="half", priority=2, lane="post"),
    ]
    ten = promotion(percent("10"), code="ten")

    waiting = total(line("20.00"), promotions=[*lane, ten])
    sent = total(line("20.00"), promotions=[*lane, ten], shipping=post("6.00"), terms=SENT)

    assert (waiting.total, applied(waiting)) == (d("18.00"), {"ten"})
    assert (sent.total, applied(sent)) == (d("20.00"), {"free"})


def test_the_best_of_a_lane_counts_the_delivery() -> None:
    """Free delivery saves 6.00, 10 % saves 2.00; where the delivery costs 1.00 it is the other way round."""
    rules = [
        promotion(FREE, code="free", lane="sale"),
        promotion(percent("10"), code="ten", lane="sale"),
    ]

    dear, cheap = (
        total(line("20.00"), promotions=rules, shipping=post(price), terms=SENT) for price in ("6.00", "1.00")
    )

    assert (dear.total, applied(dear)) == (d("20.00"), {"free"})
    assert (cheap.total, applied(cheap)) == (d("19.00"), {"ten"})


def test_what_makes_the_delivery_dearer_than_it_saves_is_not_the_best_of_a_lane() -> None:
    """2.00 off 20.00 would cost the free delivery of 5.00."""
    rules = [
        promotion(percent("10"), code="ten", lane="sale"),
        promotion(PercentageOff("lines", HATS, d(50)), code="hats", lane="sale"),
    ]
    goods = [line("20.00"), line("2.00", categories=frozenset({"hats"}))]

    totals = total(*goods, promotions=rules, shipping=post("5.00", free_from="20"), terms=SENT)

    assert (totals.total, applied(totals)) == (d("21.00"), {"hats"})


@pytest.mark.parametrize("second", [percent("50"), CheapestFree("lines", ALL, 2)])
def test_what_a_cap_reduces_to_nothing_uses_no_units(second: Benefit) -> None:
    """The first has given its 5.00 with the first of its benefits; the second of them counts no unit."""
    first = promotion(
        AmountOff("lines", BAG, d("5.00"), "EUR"),
        PercentageOff("lines", HATS, d(10)),
        code="first",
        priority=1,
        uses_units=True,
        most=d("5.00"),
        currency="EUR",
    )
    goods = [line("20.00", product="bag"), line("10.00", 2, categories=frozenset({"hats"}))]

    totals = total(*goods, promotions=[first, promotion(second, code="second", uses_units=True)])

    assert left(totals) == [d("15.00"), d("10.00")]


def test_a_line_that_nothing_is_taken_off_keeps_its_units() -> None:
    """5.00 each is no bargain for the cup of 4.00, which the next promotion then finds."""
    fixed = promotion(FixedPrice("lines", ALL, d("5.00"), "EUR"), code="fixed", priority=1, uses_units=True)
    half = promotion(percent("50"), code="half", uses_units=True)

    assert left(total(line("10.00"), line("4.00"), promotions=[fixed, half])) == [d("5.00"), d("2.00")]


def test_a_cap_that_leaves_a_line_nothing_gives_its_units_back() -> None:
    """0.01 of 10 % goes to the first line; the second is as if it hadn't been counted."""
    ten = promotion(percent("10"), code="ten", priority=1, uses_units=True, most=d("0.01"), currency="EUR")
    half = promotion(percent("50"), code="half", uses_units=True)

    totals = total(line("10.00", sku="A"), line("10.00", sku="B"), promotions=[ten, half])

    assert left(totals) == [d("9.99"), d("5.00")]


@pytest.mark.parametrize(
    ("goods", "units", "rest"),
    [("46.00", 1, "51.00"), ("49.99", 1, "54.99"), ("50.00", 1, "50.00"), ("45.00", 2, "50.00"), ("40.00", 2, "50.00")],
)
def test_a_gift_never_pays_its_own_threshold(goods: str, units: int, rest: str) -> None:
    """A gift of 5.00 from 50.00 on: a second one that is paid for counts."""
    gift = promotion(FreeGift("lines", BAG), code="gift", when=[MinimumValue(d(50), "EUR")])

    assert total(line(goods), line("5.00", units, product="bag"), promotions=[gift]).total == d(rest)


def test_a_gift_is_none_of_the_units_that_it_takes() -> None:
    """From three on; and what is got for nothing beside what is bought is a gift, too."""
    by_units = promotion(FreeGift("lines", BAG), code="gift", when=[MinimumQuantity(3)])
    by_buying = promotion(BuyGet("lines", BAG, 1, 1, HATS), code="got", when=[MinimumValue(d(20), "EUR")])
    bag, hat = line("5.00", product="bag"), {"categories": frozenset({"hats"})}

    assert total(line("10.00", 2), bag, promotions=[by_units]).total == d("25.00")
    assert total(line("10.00", 3), bag, promotions=[by_units]).total == d("30.00")
    assert total(line("19.00", **hat), bag, promotions=[by_buying]).total == d("24.00")
    assert total(line("20.00", **hat), bag, promotions=[by_buying]).total == d("20.00")


def test_a_hint_asks_for_what_the_gift_does_not_pay() -> None:
    """4.00 more, with the gift in the basket already."""
    gift = promotion(FreeGift("lines", BAG), code="gift", when=[MinimumValue(d(50), "EUR")])

    totals = total(line("46.00"), line("5.00", product="bag"), promotions=[gift])

    assert [hint.amount for hint in totals.hints] == [d("4.00")]
    assert [(entry.code, entry.why) for entry in totals.trail if not entry.applied] == [
        ("minimum_not_reached", "€4.00 more is needed.")
    ]


@pytest.mark.parametrize("shipping", [None, post("0.00")])
def test_nothing_to_pay_costs_no_fee(shipping: Any) -> None:
    """Everything is free; a cent is something to pay."""
    fees = {"cod": Fee(code="cod", name="Cash on delivery", amount=d("3.00"), currency="EUR")}
    terms = Terms(shipping_methods={"": "post"} if shipping else {}, payment_method="cod")
    free = promotion(percent("100"), code="free")

    nothing = total(line("10.00"), promotions=[free], fees=fees, terms=terms, shipping=shipping)
    something = total(line("10.00"), line("0.01"), promotions=[], fees=fees, terms=terms, shipping=shipping)

    assert (nothing.total, ("cod", "nothing_to_pay") in refused(nothing)) == (0, True)
    assert something.total == d("13.01")


def hints(*lines: Any, rule: PromotionRule, stock: dict[str, int]) -> list[str]:
    """The hints while so much is left of each."""
    entries = [
        *((Goods(products=frozenset({name})), units) for name, units in stock.items()),
    ]
    return [hint.code for hint in total(*lines, promotions=[rule], stock=entries).hints]


def test_a_hint_praises_nothing_that_is_sold_out() -> None:
    """A gift that waits, a gift that would come, units that aren't there."""
    waits = promotion(FreeGift("lines", BAG), code="gift")
    comes = promotion(FreeGift("lines", BAG), code="gift", when=[MinimumValue(d(50), "EUR")])
    third = promotion(CheapestFree("lines", BAG, 3), code="third")
    bags = line("5.00", 2, product="bag")

    assert hints(line("40.00"), rule=waits, stock={"bag": 1}) == ["take_gift"]
    assert hints(line("40.00"), rule=waits, stock={"bag": 0}) == []
    assert hints(line("40.00"), rule=comes, stock={"bag": 1}) == ["spend_more"]
    assert hints(line("40.00"), rule=comes, stock={"bag": 0}) == []
    assert hints(bags, rule=third, stock={"bag": 3}) == ["add_more"]
    assert hints(bags, rule=third, stock={"bag": 2}) == []


def test_the_choice_sees_each_offer_with_its_delivery() -> None:
    """The savings, free delivery included."""
    seen: dict[str, Decimal] = {}

    class Watching:
        def choose(self, offers: Any) -> Any:
            seen.update({offer.promotion.code: offer.saved for offer in offers})
            return offers[0]

    rules = [promotion(FREE, code="free", lane="sale"), promotion(percent("10"), code="ten", lane="sale")]
    total(line("20.00"), promotions=rules, shipping=post("6.00"), terms=SENT, choice=Watching())

    assert seen == {"free": d("6.00"), "ten": d("2.00")}


def test_a_hint_of_a_lane_counts_the_delivery() -> None:
    """10 % from 22.00 would cost the delivery that is free from 20.00, and half a hat is better then: nothing is promised."""
    lines = [line("20.00"), line("1.00", categories={"hats"})]
    ten = promotion(percent("10"), code="ten", lane="a", when=[MinimumValue(d(22), "EUR")])
    hats = promotion(PercentageOff("lines", HATS, d(50)), code="hats", lane="a")

    def hinted(free_from: str | None) -> list[str]:
        terms = {"terms": SENT, "shipping": post("5.00", free_from)}
        return [hint.promotion for hint in total(*lines, promotions=[ten, hats], **terms).hints]

    assert hinted("20.00") == []
    assert hinted(None) == ["ten"]
