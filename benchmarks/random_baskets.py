"""Random baskets, always the same ones: no two alike, with promotions of all kinds, delivery, a fee and taxes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from random import Random

from tradepost.basket.totals.snapshots import (
    BasketSnapshot,
    Fee,
    Rules,
    Terms,
)
from tradepost.pricing.document import Item
from tradepost.pricing.ports import PriceQuote, Taxer
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
    MinimumValue,
    PercentageOff,
    PromotionRule,
    Tier,
    TieredPercentage,
)
from tradepost.shipping.ports import Parcel, Quote

__all__ = ["random_baskets"]

_CLASSES = ("standard", "reduced", "books")
_GOODS = (Goods(), Goods(frozenset({"hats"})), Goods(products=frozenset({"cup"})))


def random_baskets(number: int) -> Iterator[tuple[BasketSnapshot, Rules]]:
    """So many, of one to eight lines with up to four promotions."""
    random = Random(20261120)  # always the same ones
    for _ in range(number):
        items = [_item(random, line) for line in range(random.randint(1, 8))]
        fee = Fee(code="cod", name="Cash", amount=_amount(random, 5), currency="EUR", tax_class="")
        snapshot = BasketSnapshot(
            currency="EUR",
            prices_include_tax=random.random() < 0.5,
            items=tuple(items),
            terms=Terms(shipping_methods={"": "post"}, payment_method="cod"),
        )
        yield (
            snapshot,
            Rules(
                prices={item.key: PriceQuote(key=item.key, amount=_amount(random, 200)) for item in items},
                promotions=tuple(_promotion(random, place) for place in range(random.randint(0, 4))),
                shipping=partial(_post, _amount(random, 9)),
                fees={"cod": fee},
                taxer=_taxer(random),
            ),
        )


def _amount(random: Random, most: int) -> Decimal:
    return Decimal(random.randint(0, most * 100)).scaleb(-2)


def _item(random: Random, line: int) -> Item:
    return Item(
        key=f"line-{line}",
        variant_id=line,
        product_id=line,
        quantity=random.randint(1, 9),
        product=random.choice(("cup", "hat", "shoe")),
        tax_class=random.choice(_CLASSES),
        categories=frozenset({"hats"}) if random.random() < 0.5 else frozenset(),
    )


def _promotion(random: Random, place: int) -> PromotionRule:
    return PromotionRule(
        code=f"p{place}",
        label=f"P{place}",
        priority=random.randint(0, 2),
        is_exclusive=random.random() < 0.1,
        conditions=(MinimumValue(_amount(random, 50), "EUR"),) if random.random() < 0.5 else (),
        benefits=(_benefit(random),),
        coupon=f"C{place}" if random.random() < 0.5 else "",
        lane=random.choice(("", "", "lane")),
        uses_units=random.random() < 0.3,
    )


def _benefit(random: Random) -> Benefit:
    target, goods, percent = random.choice(("lines", "order", "shipping")), random.choice(_GOODS), _amount(random, 100)
    amount, size = _amount(random, 40), random.randint(1, 4)
    return random.choice(
        (
            PercentageOff(target, goods, percent),
            AmountOff(target, goods, amount, "EUR"),
            FixedPrice(target, goods, amount, "EUR"),
            BundlePrice("lines", goods, size, amount, "EUR"),
            CheapestFree("lines", goods, size),
            BuyGet("lines", goods, size, 1),
            FreeGift("lines", goods, size),
            TieredPercentage(target, goods, (Tier(Decimal(2), Decimal(5)), Tier(Decimal(9), percent))),
        )
    )


def _post(amount: Decimal, parcel: Parcel) -> list[Quote]:
    return [Quote(code="post", name="Post", amount=amount, tax_class="")]


def _taxer(random: Random) -> Taxer:
    rates = {
        "standard": (Rate("State", Decimal("0.05")), Rate("City", Decimal("0.1"), compound=random.random() < 0.5)),
        "reduced": (Rate("VAT", Decimal("0.07")),),
    }
    abroad = {"standard": (Rate("TVA", Decimal("0.2")),)}
    return partial(
        tax,
        rules=TaxRules(
            here=random.choice((rates, abroad)),
            home=rates,
            rounding=random.choice(("unit", "line", "order")),
            untaxed=random.choice(("", "", "", "export")),
            keep_net=random.random() < 0.5,
        ),
    )
