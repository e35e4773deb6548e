"""Joins to a product in SQL. Prices here only filter and order; those that are shown come from the pricing port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tradepost.catalogue.models import Variant
from tradepost.catalogue.pictures import first_picture
from tradepost.inventory.expressions import sellable
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price

__all__ = [
    "PriceLists",
    "available_units",
    "first_image",
    "has_stock",
    "is_tracked",
    "list_prices",
    "number_of_amounts",
    "products_priced",
    "variants_in_stock",
]


@dataclass(frozen=True, slots=True)
class PriceLists:
    """The lists that a buyer may use.

    Attributes:
        keys: Primary keys; of no list where there are none, since an order by nothing at all isn't SQL. In a query that is
            compiled once, what stands for them.
        are_several: There is more than one.
        are_ranked: They differ in priority.
    """

    keys: Any
    are_several: bool
    are_ranked: bool

    @classmethod
    def of(cls, priorities: Mapping[int, int]) -> Self:
        """From priorities by primary key."""
        return cls(list(priorities) or [0], len(priorities) > 1, len(set(priorities.values())) > 1)


def list_prices(lists: PriceLists) -> QuerySet[Price]:
    """The price for one unit of each of a product's variants that a buyer would pay, the cheapest first.

    As the default pricer chooses: of the list of the highest priority that has a price for the variant, there the lowest.
    """
    theirs = _chosen(lists).filter(variant__product=OuterRef("pk"))
    return theirs.order_by("amount", "variant__position", "variant_id")


def products_priced(lists: PriceLists, least: Decimal | None, most: Decimal | None) -> QuerySet[Any, Any]:
    """Keys of the products whose cheapest variant costs so much, both ends included; by :func:`list_prices`.

    Of all products at once: a database that asks it of one product after the other takes many times as long.
    """
    cheapest = _chosen(lists).values("variant__product").annotate(cheapest=Min("amount"))
    if least is not None:
        cheapest = cheapest.filter(cheapest__gte=least)
    if most is not None:
        cheapest = cheapest.filter(cheapest__lte=most)
    return cheapest.values("variant__product")


def _chosen(lists: PriceLists) -> QuerySet[Price]:
    """Of each variant the price of the list of the highest priority, there the lowest; an only list has one anyway."""
    prices: QuerySet[Price] = Price.objects.filter(min_quantity=1, price_list__among=lists.keys).order_by()
    if lists.are_several:
        is_better = Q(amount__lt=OuterRef("amount"))
        if lists.are_ranked:
            same = Q(price_list__priority=OuterRef("price_list__priority"))
            is_better = Q(price_list__priority__gt=OuterRef("price_list__priority")) | (same & is_better)
        prices = prices.filter(~Exists(prices.filter(is_better, variant=OuterRef("variant"))))
    return prices.filter(variant__archived_at=None)


def number_of_amounts(prices: QuerySet[Price]) -> Subquery:
    """How many different ones a product's variants have, of :func:`list_prices`."""
    of_product = prices.order_by().values("variant__product")
    return Subquery(of_product.annotate(number=Count("amount", distinct=True)).values("number"))


def is_tracked(product: str) -> Coalesce:
    """Whether a variant's stock is counted; ``product`` is the path from the row to its product."""
    return Coalesce("track_stock", f"{product}__product_type__track_stock")


def has_stock() -> Exists:
    """Whether a product has a variant that can be bought now."""
    return Exists(variants_in_stock())


def variants_in_stock() -> QuerySet[Variant]:
    """Variants of a product that can be bought now: those with stock, and those whose stock isn't counted."""
    sellable = StockLevel.objects.sellable().filter(variant=OuterRef("pk"), location__is_active=True)
    variants = Variant.objects.filter(product=OuterRef("pk"), archived_at=None).alias(tracked=is_tracked("product"))
    return variants.filter(Q(tracked=False) | Exists(sellable))


def available_units() -> Coalesce:
    """Units of a variant that may still be promised, backorders included, over all active locations."""
    levels = StockLevel.objects.filter(variant=OuterRef("pk"), location__is_active=True).order_by()
    units = Sum(sellable())
    return Coalesce(Subquery(levels.values("variant").annotate(left=units).values("left")), 0)


def first_image() -> Subquery | Coalesce:
    """File, address and alternative text of a product's first picture, as JSON; null without one."""
    return first_picture("pk")
