"""A second, naive calculation of whole baskets agrees with the pipeline, to the smallest unit of every row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.basket import naive
from tests.basket.calculations import promotion
from tradepost.basket.calculation import calculate
from tradepost.basket.totals.snapshots import (
    BasketSnapshot,
    Fee,
    Rules,
    Terms,
)
from tradepost.core.money import exponent
from tradepost.pricing.document import Item, Totals
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
    PercentageOff,
    Tier,
    TieredPercentage,
)
from tradepost.shipping.ports import Parcel, Quote

EXAMPLES = settings(max_examples=2 * settings().max_examples)
HATS = {True: Goods(frozenset({"hats"})), False: Goods()}
UNITS = st.integers(1, 4)
PERCENT = st.decimals(0, 100, places=1)
RATES = st.decimals(0, 1, places=3)
CLASSES = st.sampled_from(["standard", "reduced", "books"])
Pair = tuple[Benefit, naive.Discount]


@st.composite
def discounts(draw: st.DrawFn, currency: str, target: str) -> Pair:
    """One of all kinds, in both writings."""
    places = exponent(currency)
    hats, percent, size = draw(st.booleans()), draw(PERCENT), draw(UNITS)
    amount = draw(st.decimals(0, 60, places=places))
    cents, part, order = Fraction(amount) * 10**places, Fraction(percent), target == "order"
    goods, some, by_worth = HATS[hats], draw(st.none() | UNITS), draw(st.booleans())
    bought = draw(st.sampled_from([None, True, False]))
    tiers = draw(st.lists(st.tuples(st.integers(0, 40), PERCENT), min_size=1, max_size=3))
    step = 10**places if by_worth else 1
    return draw(
        st.sampled_from(
            [
                (
                    PercentageOff(target, goods, percent, some),
                    naive.percentage(part, order=order, hats=hats, units=some),
                ),
                (
                    AmountOff(target, goods, amount, currency),
                    naive.amount_off(cents, order=order, hats=hats),
                ),
                (FixedPrice(target, goods, amount, currency), naive.fixed_price(cents, hats=hats)),
                (
                    BundlePrice(target, goods, size, amount, currency),
                    naive.bundle(size, cents, hats=hats),
                ),
                (CheapestFree(target, goods, size, some), naive.cheapest_free(size, some, hats=hats)),
                (
                    BuyGet(target, goods, size, 2, None if bought is None else HATS[bought], percent, some),
                    naive.buy_get(size, 2, part, some, hats=hats, bought=bought),
                ),
                (FreeGift(target, goods, size), naive.gift(size, hats=hats)),
                (
                    TieredPercentage(
                        target,
                        goods,
                        tuple(Tier(Decimal(start), number) for start, number in tiers),
                        currency if by_worth else "",
                    ),
                    naive.tiered(
                        [(Fraction(start * step), Fraction(number)) for start, number in tiers],
                        order=order,
                        by_worth=by_worth,
                        hats=hats,
                    ),
                ),
            ]
        )
    )


@st.composite
def deliveries(draw: st.DrawFn, currency: str) -> tuple[Benefit, Any]:
    """Promotions of delivery, in both writings."""
    percent, amount = draw(PERCENT), draw(st.decimals(0, 9, places=exponent(currency)))
    cents = int(amount.scaleb(exponent(currency)))
    return draw(
        st.sampled_from(
            [
                (
                    PercentageOff("shipping", Goods(), percent),
                    lambda cost: naive.whole(cost * Fraction(percent) / 100),
                ),
                (AmountOff("shipping", Goods(), amount, currency), lambda cost: cents),
                (FixedPrice("shipping", Goods(), amount, currency), lambda cost: cost - cents),
            ]
        )
    )


@st.composite
def taxes(draw: st.DrawFn) -> tuple[TaxRules, naive.Taxes]:
    """One tax or two, the second perhaps compound; here and at home; rounded anywhere."""
    both = [
        {cls: tuple((draw(RATES), n > 0 and draw(st.booleans())) for n in range(draw(UNITS) % 3)) for cls in classes}
        for classes in (["standard", "reduced"], ["standard", "books"])
    ]
    here, home = both if draw(st.booleans()) else (both[0], both[0])
    rounding = draw(st.sampled_from(["unit", "line", "order"]))
    untaxed, keep_net = draw(st.sampled_from(["", "", "export"])), draw(st.booleans())
    ours, theirs = (
        {
            cls: tuple(Rate(f"T{n}", rate, compound=compound) for n, (rate, compound) in enumerate(rates))
            for cls, rates in result.items()
        }
        for result in (here, home)
    )
    slow = [
        {cls: tuple((Fraction(rate), compound) for rate, compound in rates) for cls, rates in row.items()}
        for row in (here, home)
    ]
    return (
        TaxRules(here=ours, home=theirs, rounding=rounding, untaxed=untaxed, keep_net=keep_net),
        naive.Taxes(*slow, rounding=rounding, untaxed=bool(untaxed), keep_net=keep_net),
    )


@st.composite
def baskets(draw: st.DrawFn) -> tuple[BasketSnapshot, Rules, naive.Basket]:
    """A basket with all that there is, in both writings."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    scale = 10 ** exponent(currency)
    items, prices, lines = [], {}, []
    for number in draw(st.permutations(range(draw(st.integers(0, 6))))):
        key, price = f"line-{number}", draw(st.decimals(0, 100, places=4))
        line = naive.Line(
            Fraction(price) * scale,
            draw(st.integers(1, 9)),
            draw(CLASSES),
            is_hat=draw(st.booleans()),
            is_discountable=draw(st.sampled_from([True, True, False])),
            is_shipped=draw(st.sampled_from([True, True, False])),
        )
        lines.append(line)
        prices[key] = PriceQuote(key=key, amount=price)
        items.append(
            Item(
                key=key,
                variant_id=number,
                product_id=number,
                quantity=line.quantity,
                sku=f"SKU-{len(lines)}",
                tax_class=line.tax_class,
                kind="physical" if line.is_shipped else "digital",
                categories=frozenset({"hats"}) if line.is_hat else frozenset(),
                is_discountable=line.is_discountable,
            )
        )
    pairs = {target: draw(st.lists(discounts(currency, target), max_size=2)) for target in ("lines", "order")}
    pairs["shipping"] = draw(st.lists(deliveries(currency), max_size=2))
    post, fee = (draw(st.decimals(0, 20, places=4)) for _ in range(2))
    post_class, fee_class = draw(st.just("") | CLASSES), draw(st.just("") | CLASSES)
    rules, slow = draw(taxes())
    basket = naive.Basket(
        lines,
        includes_tax=draw(st.booleans()),
        of_lines=[pair[1] for pair in pairs["lines"]],
        of_order=[pair[1] for pair in pairs["order"]],
        of_shipping=[pair[1] for pair in pairs["shipping"]],
        shipping=Fraction(post) * scale,
        shipping_class=post_class,
        fee=Fraction(fee) * scale,
        fee_class=fee_class,
        taxes=draw(st.sampled_from([slow, slow, None])),
    )
    quote = Quote(code="post", name="Post", amount=post, tax_class=post_class)

    def quotes(parcel: Parcel) -> list[Quote]:
        return [quote]

    snapshot = BasketSnapshot(
        currency=currency,
        prices_include_tax=basket.includes_tax,
        items=tuple(items),
        terms=Terms(shipping_methods={"": "post"}, payment_method="cod"),
    )
    promotions = [benefit for result in pairs.values() for benefit, _naive in result]
    return (
        snapshot,
        Rules(
            prices=prices,
            promotions=tuple(promotion(benefit, code=f"p{n}") for n, benefit in enumerate(promotions)),
            shipping=quotes,
            fees={"cod": Fee(code="cod", name="Cash", amount=fee, currency=currency, tax_class=fee_class)},
            taxer=None if basket.taxes is None else partial(tax, rules=rules),
        ),
        basket,
    )


def outcome(totals: Totals) -> list[tuple[str, int, list[int], int]]:
    """Key, net, taxes that aren't nothing, and total of each row in the smallest unit."""
    places = exponent(totals.currency)
    return [
        (
            row.key,
            int(row.net.scaleb(places)),
            [int(result.amount.scaleb(places)) for result in row.taxes if result.amount],
            int(row.total.scaleb(places)),
        )
        for row in (*totals.lines, *sorted(totals.charges, key=lambda row: row.key))
    ]


@EXAMPLES
@given(drawn=baskets())
def test_both_calculations_agree(drawn: tuple[BasketSnapshot, Rules, naive.Basket]) -> None:
    """Prices, every kind of promotion, delivery, fee, taxes: compound or not, included or added, rounded at any level."""
    snapshot, rules, basket = drawn

    totals = calculate(snapshot, rules)

    rows = naive.calculate(basket, [item.key for item in snapshot.items])
    assert outcome(totals) == [
        (row.key, row.net, [amount for amount in row.taxes if amount], row.total) for row in rows
    ]


@EXAMPLES
@given(drawn=baskets(), data=st.data())
def test_what_is_taxed_over_the_order_or_by_unit_may_be_split_among_lines(
    drawn: tuple[BasketSnapshot, Rules, naive.Basket], data: st.DataObject
) -> None:
    """A line of several units as two lines comes to the same, where no rule looks at lines."""
    snapshot, rules, basket = drawn
    if basket.taxes is None or basket.taxes.rounding == "line":
        return
    # prices that fit the currency: what is rounded by line is another matter
    places = exponent(snapshot.currency)
    prices = {key: replace(quote, amount=round(quote.amount, places)) for key, quote in rules.prices.items()}
    rules = replace(rules, promotions=(), prices=prices)
    items, quotes = [], {}
    for item in snapshot.items:
        cut = data.draw(st.integers(0, item.quantity - 1))
        for suffix, quantity in (("", item.quantity - cut), ("+", cut)):
            if quantity:
                key = item.key + suffix
                items.append(replace(item, key=key, quantity=quantity))
                quotes[key] = replace(prices[item.key], key=key)

    parted = calculate(replace(snapshot, items=tuple(items)), replace(rules, prices=quotes))
    whole = calculate(snapshot, rules)

    assert (parted.goods, parted.total, parted.tax) == (whole.goods, whole.total, whole.tax)
    if basket.taxes.rounding == "unit":
        assert [row.total for row in parted.charges] == [row.total for row in whole.charges]
