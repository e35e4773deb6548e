"""Invariants of all totals, whatever is in the basket."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tradepost.basket.calculation import calculate
from tradepost.basket.totals.snapshots import (
    BasketSnapshot,
    Fee,
    Rules,
    Terms,
)
from tradepost.core.money import quantise
from tradepost.pricing.document import Document, Item, Totals
from tradepost.pricing.ports import PriceQuote
from tradepost.pricing.tax.calculation import (
    Rate,
    TaxRules,
    tax,
)
from tradepost.promotions.rules import (
    AmountOff,
    Benefit,
    BundlePrice,
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

CURRENCIES = ("EUR", "JPY", "KWD")
PRICES = st.decimals(0, 5000, places=4)
CATEGORIES = st.frozensets(st.sampled_from(["books", "hats", "shoes"]))
GOODS = CATEGORIES.map(Goods)
CLASSES = st.sampled_from(["standard", "reduced", "books"])
TARGETS = st.sampled_from(["lines", "order", "shipping"])
UNITS = st.integers(1, 5)


def benefits(currency: str) -> st.SearchStrategy[Benefit]:
    """Any of our kinds."""
    in_currency = st.sampled_from([currency, "CHF"])
    return st.one_of(
        st.builds(PercentageOff, TARGETS, GOODS, st.decimals(0, 100, places=3), st.none() | UNITS),
        st.builds(AmountOff, TARGETS, GOODS, PRICES, in_currency),
        st.builds(BundlePrice, st.just("lines"), GOODS, UNITS, PRICES, in_currency),
        st.builds(CheapestFree, st.just("lines"), GOODS, UNITS, st.none() | UNITS),
        st.builds(FixedPrice, TARGETS, GOODS, PRICES, in_currency),
        st.builds(FreeGift, st.just("lines"), GOODS, UNITS),
        st.builds(BuyGet, st.just("lines"), GOODS, UNITS, UNITS, st.none() | GOODS, st.decimals(0, 100, places=3)),
        st.builds(TieredPercentage, TARGETS, GOODS, st.tuples(st.builds(Tier, PRICES, st.decimals(0, 100, places=3)))),
    )


def promotions(currency: str) -> st.SearchStrategy[tuple[PromotionRule, ...]]:
    """Some promotions with codes of their own."""
    conditions = st.one_of(st.builds(MinimumValue, PRICES, st.just(currency)), st.builds(MinimumQuantity, UNITS, GOODS))
    entry = st.tuples(
        st.integers(-2, 2),
        st.booleans(),
        st.lists(conditions, max_size=1).map(tuple),
        st.lists(benefits(currency), min_size=1, max_size=2).map(tuple),
        st.booleans(),
        st.sampled_from(["", "", "lane"]),
        st.booleans(),
        st.none() | PRICES,
    )
    return st.lists(entry, max_size=4).map(
        lambda drawn: tuple(
            PromotionRule(
                f"p{n}", f"P{n}", priority, exclusive, when, what, f"C{n}" if coupon else "", lane, uses, most, currency
            )
            for n, (priority, exclusive, when, what, coupon, lane, uses, most) in enumerate(drawn)
        )
    )


@st.composite
def taxers(draw: st.DrawFn) -> Any:
    """At home or abroad, of one tax or two, rounded anywhere."""
    number = st.decimals(0, 1, places=3)
    rates = [Rate(f"T{n}", draw(number), compound=n > 0 and draw(st.booleans())) for n in range(4)]
    here = {"standard": tuple(rates[:2]), "reduced": (rates[2],)}
    return partial(
        tax,
        rules=TaxRules(
            here=here,
            home=here if draw(st.booleans()) else {"standard": (rates[3],)},
            rounding=draw(st.sampled_from(["unit", "line", "order"])),
            untaxed=draw(st.sampled_from(["", "", "export"])),
            keep_net=draw(st.booleans()),
        ),
    )


@st.composite
def baskets(draw: st.DrawFn) -> tuple[BasketSnapshot, Rules]:
    """A basket with all that there is."""
    currency = draw(st.sampled_from(CURRENCIES))
    items, prices = [], {}
    for number in range(draw(st.integers(0, 6))):
        key = f"{number:02}"
        items.append(
            Item(
                key=key,
                variant_id=number,
                product_id=number,
                quantity=draw(st.integers(1, 12)),
                tax_class=draw(CLASSES),
                kind=draw(st.sampled_from(["physical", "physical", "digital"])),
                categories=draw(CATEGORIES),
                is_discountable=draw(st.sampled_from([True, True, False])),
            )
        )
        prices[key] = PriceQuote(key=key, amount=draw(st.none() | PRICES))
    post = Quote(code="post", name="Post", amount=draw(PRICES), tax_class=draw(st.sampled_from(["", "standard"])))

    def quotes(parcel: Parcel) -> list[Quote]:
        return [post]

    snapshot = BasketSnapshot(
        currency=currency,
        prices_include_tax=draw(st.booleans()),
        items=tuple(items),
        terms=Terms(shipping_methods={"": "post"}, payment_method="cod"),
    )
    fee = Fee(code="cod", name="Cash", amount=draw(PRICES), currency=currency, tax_class=draw(CLASSES))
    rules = Rules(
        prices=prices,
        promotions=draw(promotions(currency)),
        shipping=quotes,
        fees={"cod": fee},
        taxer=draw(st.none() | taxers()),
    )
    return snapshot, rules


def check(totals: Totals) -> None:
    """All that must hold."""
    rows = [*totals.lines, *totals.charges]
    for row in rows:
        assert row.net + row.tax == row.total
        assert min(row.net, row.tax, row.total, row.left, row.discount) >= 0
        assert all(adjustment.amount < 0 for adjustment in row.adjustments)
        assert sum(result.amount for result in row.taxes) == row.tax
        for amount in (row.gross, row.left, row.net, row.tax, row.total, *(t.amount for t in row.taxes)):
            assert amount == quantise(amount, totals.currency)
    assert totals.total == sum(row.total for row in rows) == totals.goods_total + totals.charges_total
    assert totals.tax == totals.goods_tax + totals.charges_tax
    assert totals.goods_net + totals.charges_net + totals.tax == totals.total
    assert totals.discount == sum(row.discount for row in rows)


@settings(deadline=None)  # a busy machine is no failure
@given(basket=baskets(), data=st.data())
def test_what_holds_of_all_totals(basket: tuple[BasketSnapshot, Rules], data: st.DataObject) -> None:
    """Rows add up, nothing is below zero, order doesn't matter, and recomputing changes nothing."""
    snapshot, rules = basket
    totals = calculate(snapshot, rules)

    check(totals)
    assert calculate(snapshot, rules) == totals
    mixed = BasketSnapshot(
        currency=snapshot.currency,
        prices_include_tax=snapshot.prices_include_tax,
        items=tuple(data.draw(st.permutations(snapshot.items))),
        terms=snapshot.terms,
    )
    others = Rules(
        prices=rules.prices,
        promotions=tuple(data.draw(st.permutations(rules.promotions))),
        shipping=rules.shipping,
        fees=rules.fees,
        taxer=rules.taxer,
    )
    assert calculate(mixed, others) == totals


@settings(deadline=None)  # a busy machine is no failure
@given(basket=baskets())
def test_the_trail_explains_every_cent(basket: tuple[BasketSnapshot, Rules]) -> None:
    """From nothing to the total, each step begins where the one before ended."""
    totals = calculate(*basket)

    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for entry in totals.trail:
        if entry.applied:
            assert entry.before == amounts[entry.row]
            assert entry.after is not None
            amounts[entry.row] = entry.after
        else:
            assert entry.before is entry.after is None
            assert entry.code
            assert entry.why

    assert {row.key: row.total for row in (*totals.lines, *totals.charges)} == {
        key: amounts[key] for key in (row.key for row in (*totals.lines, *totals.charges))
    }


@settings(deadline=None)  # a busy machine is no failure
@given(basket=baskets())
def test_taxing_a_document_again_changes_nothing(basket: tuple[BasketSnapshot, Rules]) -> None:
    """The taxer sets amounts, it doesn't add to them."""
    snapshot, rules = basket
    seen: list[Any] = []

    def twice(document: Document) -> None:
        for _ in range(2):
            if rules.taxer is not None:
                rules.taxer(document)
            seen.append([(row.net, row.tax, row.total, tuple(row.taxes)) for row in document.rows])

    calculate(
        snapshot,
        Rules(prices=rules.prices, promotions=rules.promotions, shipping=rules.shipping, fees=rules.fees, taxer=twice),
    )

    assert seen[0] == seen[1]
