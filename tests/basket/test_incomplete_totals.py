"""A basket that the stages don't calculate to its end has no total, and can't be ordered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.basket.calculations import ALL, d, line, promotion, total, vat
from tradepost.basket import services as baskets
from tradepost.basket import stages
from tradepost.basket.checks import check_basket
from tradepost.basket.conf import BasketSettings
from tradepost.basket.totals.snapshots import Fee, Terms
from tradepost.checkout import services as checkout
from tradepost.checkout.checks import check_checkout
from tradepost.checkout.conf import CheckoutSettings
from tradepost.checkout.errors import NotCalculated, RequirementsUnmet
from tradepost.checkout.services import Visit
from tradepost.core.actors import Actor, By
from tradepost.orders.models import Order
from tradepost.pricing.checks import check_pricing
from tradepost.pricing.document import Adjustment, ChargeRow, Document
from tradepost.promotions.rules import PercentageOff
from tradepost.shipping.ports import Quote
from tradepost.testing.scenario import Scenario

STOCK = BasketSettings().STAGES
HERE = "tests.basket.test_incomplete_totals"
RULES: dict[str, Any] = {
    "promotions": [promotion(PercentageOff("order", ALL, d(10)))],
    "shipping": lambda parcel: [Quote(code="post", name="Post", amount=d("4.90"))],
    "fees": {"cod": Fee(code="cod", name="Cash", amount=d("3.00"), currency="EUR")},
    "taxer": vat(),
    "terms": Terms(shipping_methods={"": "post"}, payment_method="cod"),
}


def late_fee(document: Document, snapshot: object, rules: object) -> None:
    """A charge."""
    document.charges.append(
        ChargeRow(key="fee:late", tax_class="standard", gross=d("1.00"), kind="fee", code="late", name="Late")
    )


def late_discount(document: Document, snapshot: object, rules: object) -> None:
    """A discount on a line."""
    document.lines[0].adjustments.append(Adjustment(promotion="late", label="Late", amount=d("-1.00"), application="x"))


def taxed_rounding(document: Document, snapshot: object, rules: object) -> None:
    """A charge that is closed by itself, as a rounding to five cents is, which has to know the total."""
    row = ChargeRow(key="rounding", tax_class="", gross=d("0.02"), kind="rounding", code="five", name="Rounding")
    row.net = row.total = row.taxed = row.left
    document.charges.append(row)


def voucher(document: Document, snapshot: object, rules: object) -> None:
    """A charge below zero, as for a gift card."""
    document.charges.append(
        ChargeRow(key="gift-card", tax_class="", gross=d("-30.00"), kind="gift_card", code="card", name="Gift card")
    )


def of(*chosen: Any, goods: str = "20.00") -> Any:
    """The totals by some stages."""
    return total(line(goods), line("5.00", 2), stages=chosen, **RULES)


def test_all_stages_give_a_total() -> None:
    """27.00 of goods, 4.90, 3.00."""
    totals = of(*stages.STOCK)

    assert (totals.total, totals.errors) == (d("34.90"), ())


@pytest.mark.parametrize(
    "chosen",
    [
        stages.STOCK[:-1],
        stages.STOCK[::-1],
        stages.STOCK[1:],
        (*stages.STOCK, late_fee),
        (*stages.STOCK, late_discount),
        (stages.taxes, *stages.STOCK[:-1]),
        (stages.prices, *stages.STOCK),
        (*stages.STOCK[:5], stages.shipping, *stages.STOCK[5:]),
        (*stages.STOCK[:-1], stages.fees, stages.taxes),
        tuple(stage for stage in stages.STOCK if stage is not stages.shipping),
        (stages.shipping, *(stage for stage in stages.STOCK if stage is not stages.shipping)),
    ],
    ids=lambda chosen: "-".join(getattr(stage, "__name__", str(stage)) for stage in chosen),
)
def test_stages_that_are_missing_doubled_or_misplaced_give_none(chosen: Any) -> None:
    """No tax, reversed, no prices, something after the taxes, twice the prices, twice or no delivery …"""
    totals = of(*chosen)

    assert totals.total is None
    assert [error["code"] for error in totals.errors] == ["not_calculated"]
    assert totals.hints == ()


def test_promotions_twice_take_off_once() -> None:
    """Of each stage, and the taxes twice are the same taxes."""
    twice = tuple(
        stage for stage in stages.STOCK for _ in range(1 + (stage.__name__.endswith(("promotions", "taxes"))))
    )

    assert of(*twice).total == d("34.90")


def test_a_stage_that_closes_its_own_row_may_come_last() -> None:
    """The total has it."""
    assert of(*stages.STOCK, taxed_rounding).total == d("34.92")


def test_a_total_is_never_below_zero() -> None:
    """30.00 off 34.90 is a total; off what costs 2.00 it would be money for the buyer."""
    before_taxes = (*stages.STOCK[:-1], voucher, stages.taxes)

    assert of(*before_taxes).total == d("4.90")
    less = total(line("2.00"), line("1.00"), stages=before_taxes, **RULES)
    assert (less.total, [error["code"] for error in less.errors]) == (None, ["not_calculated"])


@settings(max_examples=settings().max_examples * 3 // 5)
@given(st.lists(st.sampled_from([*stages.STOCK, late_fee]), max_size=9))
def test_no_list_of_stages_makes_it_cheaper_than_it_is(chosen: Any) -> None:
    """There is no total, or it is at least that of the goods less their discount, with delivery."""
    totals = of(*(chosen or (stages.taxes,)))

    assert totals.total is None or totals.total >= d("27.00") + d("4.90")


@pytest.mark.parametrize(
    ("chosen", "texts"),
    [
        (STOCK[:-1], ["tradepost.basket.stages.taxes is missing"]),
        (STOCK[1:], ["tradepost.basket.stages.prices is missing"]),
        ([*STOCK[:4], *STOCK[5:]], ["tradepost.basket.stages.shipping is missing"]),
        ([*STOCK, STOCK[6]], ["tradepost.basket.stages.fees is in it 2 times"]),
        ([*STOCK, f"{HERE}.late_fee"], [f"{HERE}.late_fee comes after tradepost.basket.stages.taxes"]),
        ([STOCK[-1], *STOCK[:-1]], ["tradepost.basket.stages.taxes is misplaced"]),
        ([STOCK[1], STOCK[0], *STOCK[2:]], ["tradepost.basket.stages.line_promotions is misplaced"]),
        ([*STOCK[:-1], f"{HERE}.late_fee"], ["tradepost.basket.stages.taxes is missing"]),
        (STOCK, []),
        ([*STOCK[:-1], f"{HERE}.late_fee", STOCK[-1]], []),
        ([*STOCK[:6], f"{HERE}.late_fee", STOCK[-1]], []),
    ],
    ids=lambda chosen: "-".join(getattr(stage, "__name__", str(stage)) for stage in chosen),
)
def test_the_check_says_which(settings: Any, chosen: list[str], texts: list[str]) -> None:
    """And what to write; a stage of one's own in the place of one of ours is no fault, but for prices and taxes."""
    settings.TRADEPOST_BASKET = {"STAGES": tuple(chosen)}

    messages = check_basket()

    assert [(error.id, error.msg) for error in messages] == [
        ("tradepost.E403", f'TRADEPOST_BASKET["STAGES"]: {text}.') for text in texts
    ]
    if messages:
        settings.TRADEPOST_BASKET = {"STAGES": eval(str(messages[0].hint).removeprefix("Write ").removesuffix("."))}
        assert check_basket() == []


def test_reversed_is_told_at_once(settings: Any) -> None:
    """Seven are misplaced."""
    settings.TRADEPOST_BASKET = {"STAGES": STOCK[::-1]}

    assert len(check_basket()) == 7


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", [STOCK[:-1], STOCK[::-1], STOCK[1:], (*STOCK, f"{HERE}.late_fee")])
def test_no_order_is_placed_of_it(settings: Any, chosen: tuple[str, ...]) -> None:
    """Not by the customer, not without an expected total, whatever the steps say; nothing is written."""
    scenario = Scenario().basket(lines=2)
    basket = scenario.ready()
    settings.TRADEPOST_BASKET = {"STAGES": chosen}

    for steps in (None, ()):
        if steps is not None:
            settings.TRADEPOST_CHECKOUT = {"STEPS": steps}
        for expected in (None, Decimal(0)):
            with pytest.raises(NotCalculated):
                checkout.complete(basket, Visit(by=By(Actor.SYSTEM), expected_total=expected))

    basket.refresh_from_db()
    assert (basket.status, basket.submissions, Order.objects.count()) == ("open", 0, 0)
    view = checkout.look(basket)
    assert (view.totals.total, list(view.payments)) == (None, [])


@pytest.mark.django_db
def test_without_steps_nothing_is_given_away(settings: Any) -> None:
    """An empty basket, and a line without a price, are refused by the placing itself."""
    settings.TRADEPOST_CHECKOUT = {"STEPS": ()}
    unpriced = Scenario().basket(lines=1).ready()
    empty = baskets.open_basket()
    variant = unpriced.lines.get().variant
    variant.prices.all().delete()

    codes = []
    for basket in (empty, unpriced):
        with pytest.raises(RequirementsUnmet) as refused:
            checkout.complete(basket, Visit(by=By(Actor.SYSTEM)))
        codes.append(refused.value.context["requirements"][0]["code"])

    assert codes == ["basket_empty", "no_price"]
    assert not Order.objects.exists()


def test_any_order_of_the_steps_that_is_not_ours_is_told(settings: Any) -> None:
    """A step that is missing, doubled or misplaced; one's own may stand for one of ours."""
    ours = CheckoutSettings().STEPS
    own = "tests.docs.examples.phone.has_phone"
    for steps, reported in (
        (ours[1:], ["tradepost.checkout.steps.has_items is missing"]),
        ((*ours, ours[0]), ["tradepost.checkout.steps.has_items is in it 2 times"]),
        ((ours[1], ours[0], *ours[2:]), ["tradepost.checkout.steps.has_contact is misplaced"]),
        ((*ours[:2], own, *ours[3:]), []),
        ((*ours[:2], own, *ours[4:]), ["tradepost.checkout.steps.has_known_tax is missing"]),
        ((*ours, own), []),
    ):
        settings.TRADEPOST_CHECKOUT = {"STEPS": steps}
        assert [(error.id, error.msg) for error in check_checkout()] == [
            ("tradepost.E702", f'TRADEPOST_CHECKOUT["STEPS"]: {text}.') for text in reported
        ]


def test_a_list_of_settings_has_nothing_twice(settings: Any) -> None:
    """Whatever it is a list of: currencies, too."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD", "EUR")}

    assert "TRADEPOST_PRICING[\"CURRENCIES\"] has 'EUR' twice." in [error.msg for error in check_pricing()]
