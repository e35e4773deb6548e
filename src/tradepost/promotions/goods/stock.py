"""Stock of the goods that promotions would have a buyer add: annotations, so that it costs no query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from tradepost.catalogue.base import AbstractCollection
from tradepost.catalogue.models import Product, Variant
from tradepost.catalogue.selectors import collection_products
from tradepost.inventory.models import StockLevel

from ..rules import Goods, PromotionRule

__all__ = ["UNCOUNTED", "GoodsStock", "goods_to_add", "stock_of", "with_stock_of"]

UNCOUNTED = 2**31 - 1
"""Stands for what isn't counted in stock."""

GoodsStock = Sequence[tuple[Goods, int]]
"""Units that may still be promised of some goods, those in the basket included."""

_UNITS = "units_of_goods_"


def goods_to_add(promotions: Iterable[PromotionRule]) -> tuple[Goods, ...]:
    """Goods that a hint may ask for and that are few enough to be sold out: gifts, and those that are named by product."""
    named: list[Goods] = []
    for rule in promotions:
        for part in (*rule.conditions, *rule.benefits):
            for name in ("goods", "bought"):
                goods = getattr(part, name, None)
                if isinstance(goods, Goods) and goods not in named and _may_run_out(goods, part):
                    named.append(goods)
    return tuple(named)


def _may_run_out(goods: Goods, part: object) -> bool:
    return bool(goods.products) or (getattr(part, "gives_gifts", False) and not goods.is_all)


def with_stock_of(
    rows: QuerySet[Any], goods: Sequence[Goods], collections: Iterable[AbstractCollection]
) -> QuerySet[Any]:
    """Rows with what :func:`stock_of` reads; the same on each."""
    by_pk = {collection.pk: collection for collection in collections}
    annotated: QuerySet[Any] = rows.annotate(**{f"{_UNITS}{n}": _units(entry, by_pk) for n, entry in enumerate(goods)})
    return annotated


def stock_of(row: Any, goods: Sequence[Goods]) -> GoodsStock:
    """Units by goods; :data:`UNCOUNTED` where they aren't counted."""
    return [(entry, int(getattr(row, f"{_UNITS}{n}") or 0)) for n, entry in enumerate(goods)]


def _units(goods: Goods, collections: dict[Any, AbstractCollection]) -> Case:
    variants = Variant.objects.filter(product__in=_products(goods, collections), archived_at=None).order_by()
    variants = variants.alias(is_counted=Coalesce("track_stock", "product__product_type__track_stock"))
    levels = StockLevel.objects.filter(variant__in=variants.values("pk"), location__is_active=True).order_by()
    sellable = Greatest(Value(0), F("on_hand") - F("reserved") + F("backorder_limit"))
    whole = levels.annotate(whole=Value(1)).values("whole")
    units = Subquery(whole.annotate(units=Sum(sellable, output_field=IntegerField())).values("units"))
    return Case(
        When(Exists(variants.filter(is_counted=False)), then=Value(UNCOUNTED)),
        default=Coalesce(units, Value(0)),
        output_field=IntegerField(),
    )


def _products(goods: Goods, collections: dict[Any, AbstractCollection]) -> QuerySet[Any]:
    products: Any = Product.objects.public().order_by()
    if goods.products:
        products = products.filter(slug__in=goods.products)
    if goods.categories:
        products = products.in_categories(sorted(goods.categories))
    for code, values in goods.attributes.items():
        products = products.with_attribute(code, values)
    if goods.collection is not None:
        members = collection_products(collections[goods.collection]) if goods.collection in collections else None
        products = products.filter(pk__in=members.order_by().values("pk")) if members is not None else products.none()
    chosen: QuerySet[Any] = products.values("pk")
    return chosen
