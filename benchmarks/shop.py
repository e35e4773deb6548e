"""A shop to measure: always the same goods, prices and rules, written in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Attribute, Category, Image, Product, ProductType, Variant
from tradepost.checkout import services as checkout
from tradepost.customers.models import Customer, CustomerGroup
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.promotions.models import AmountOff, MinimumValue, PercentageOff
from tradepost.shipping.models import FlatRate, FreeOver
from tradepost.testing import factories as make

__all__ = ["CHOICES", "HOME", "Shop", "fill"]

HOME = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
CHOICES: dict[str, Any] = {"shipping_address": HOME, "shipping_method": "parcel", "payment_method": "cod"}
MATERIALS = ("oak", "beech", "steel", "glass")
NOUNS = ("lamp", "chair", "table", "shelf", "mirror", "bench", "clock")
PLENTY = 1_000_000
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Shop:
    """The rows of a filled shop.

    Attributes:
        variants: One of each product, in stock.
        slugs: Of products with so many variants.
    """

    variants: Sequence[Variant]
    slugs: dict[int, str]

    def basket(self, lines: int, *, coupon: bool = True) -> Basket:
        """A customer's basket, its checkout complete: a group, promotions, taxes and delivery apply to it."""
        buyer = make.customer(email=f"buyer-{next(_numbers)}@example.com")
        buyer.groups.add(CustomerGroup.objects.get(code="friends"))
        basket = baskets.open_basket(customer=buyer, country="DE")
        self._fill(basket, lines)
        if coupon:
            baskets.add_coupon(basket, "WELCOME")
        return self._told(basket, buyer.email)

    def guest_basket(self, lines: int, *, coupon: bool = True, is_told: bool = True) -> Basket:
        """The same of a guest; or one at whose checkout nothing was said yet."""
        basket = baskets.open_basket(country="DE")
        self._fill(basket, lines)
        if coupon:
            baskets.add_coupon(basket, "WELCOME")
        if not is_told:
            return found(basket.pk)
        return self._told(basket, f"guest-{next(_numbers)}@example.com")

    def hot_basket(self, variant: Variant) -> Basket:
        """A guest's, with one unit of something that many want."""
        basket = baskets.open_basket(country="DE")
        baskets.add(basket, variant)
        return self._told(basket, f"guest-{next(_numbers)}@example.com")

    def hot_variant(self, units: int) -> Variant:
        """A variant of which there are so many units."""
        return make.variant(price="19.00", on_hand=units)

    def _fill(self, basket: AbstractBasket, lines: int) -> None:
        rows = (BasketLine(basket_id=basket.pk, variant_id=v.pk, quantity=2) for v in self.variants[:lines])
        BasketLine.objects.bulk_create(rows)

    def _told(self, basket: AbstractBasket, email: str) -> Basket:
        checkout.update(basket, email=email, **CHOICES)
        return found(basket.pk)


def found(pk: int) -> Basket:
    """A basket as every door finds it: with its customer, and with what they said at the checkout."""
    return Basket.objects.select_related("customer", "checkout").get(pk=pk)


def fill(products: int) -> Shop:
    """Write the shop into an empty database.

    Args:
        products: How many; at least 150, since the greatest basket has 100 lines.
    """
    goods = make.product_type("furniture")
    Attribute.objects.create(
        product_type=goods, code="material", name="Material", kind="choice", choices=list(MATERIALS), filterable=True
    )
    categories = [leaf for name in ("Living", "Kitchen", "Garden") for leaf in _branch(name)]
    rows = _products(goods, categories, products)
    variants = _variants(rows, 2)
    many, single = make.product(name="Many", slug="many"), make.product(name="Single", slug="single")
    variants += _variants([many], 100) + _variants([single], 1)
    _priced_and_stocked(variants)
    _rules()
    Customer.objects.bulk_create(Customer(email=f"customer-{n}@example.com") for n in range(products))
    first = list(Variant.objects.filter(position=0, product__in=rows).order_by("pk")[:100])
    return Shop(first, {1: "single", 100: "many"})


def _branch(name: str) -> list[Category]:
    parent = make.category(name)
    return [make.category(f"{name} {n}", parent=parent) for n in range(3)]


def _products(goods: ProductType, categories: Sequence[Category], products: int) -> list[Product]:
    rows = Product.objects.bulk_create(
        (
            Product(
                product_type=goods,
                name=f"{MATERIALS[n % 4].capitalize()} {NOUNS[n % 7]} {n}",
                slug=f"goods-{n}",
                summary="Made to last, by hand.",
                brand=f"Brand {n % 12}",
                option_names=["Size"],
                attributes={"material": MATERIALS[n % 4]},
                is_featured=n % 10 == 0,
            )
            for n in range(products)
        ),
        batch_size=500,
    )
    through = Product.categories.through
    links = [through(product=row, category=categories[n % len(categories)]) for n, row in enumerate(rows)]
    through.objects.bulk_create(links, batch_size=500)
    pictures = (Image(product=row, source_url=f"https://img.example.com/{row.slug}.jpg") for row in rows)
    Image.objects.bulk_create(pictures, batch_size=500)
    return rows


def _variants(products: Sequence[Product], each: int) -> list[Variant]:
    rows = (
        Variant(product=row, sku=f"{row.slug}-{size}".upper(), options={"Size": str(size)}, position=size, weight=900)
        for row in products
        for size in range(each)
    )
    return Variant.objects.bulk_create(rows, batch_size=500)


def _priced_and_stocked(variants: Sequence[Variant]) -> None:
    prices, place = make.price_list(), make.location()
    Price.objects.bulk_create(
        (Price(variant=row, price_list=prices, amount=Decimal(5 + n % 90)) for n, row in enumerate(variants)),
        batch_size=500,
    )
    levels = (
        StockLevel(variant=row, location=place, on_hand=0 if n % 10 == 9 else PLENTY) for n, row in enumerate(variants)
    )
    StockLevel.objects.bulk_create(levels, batch_size=500)


def _rules() -> None:
    """Taxes, two ways to deliver, a group, a promotion for all and one by coupon."""
    make.tax("0.19", country="DE")
    CustomerGroup.objects.create(code="friends", name="Friends")
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal("4.90"))
    FreeOver.objects.create(code="saver", name="Saver", currency="EUR", amount=Decimal(3), threshold=Decimal(50))
    spring = make.promotion("spring")
    AmountOff.objects.create(promotion=spring, target="order", amount=1, currency="EUR")
    MinimumValue.objects.create(promotion=spring, amount=5, currency="EUR")
    welcome = make.promotion("welcome", coupon="WELCOME")
    PercentageOff.objects.create(promotion=welcome, percent=10, categories=["living"])
