"""Reading for exports: products with all that belongs to them, by a constant number of queries for a chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Prefetch

from tradepost.catalogue.base import AbstractProduct, AbstractVariant
from tradepost.catalogue.models import Category, Product, Variant
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.inventory.base import AbstractLocation, AbstractStockLevel
from tradepost.inventory.models import StockLevel
from tradepost.pricing.base import AbstractPrice, AbstractPriceList
from tradepost.pricing.models import Price

__all__ = ["Item", "items"]

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Item:
    """A product with its variants that are sold, and what a file tells of them.

    Attributes:
        categories: Each the names from the root down.
        prices: For one unit, by variant id.
        levels: By variant id.
    """

    product: AbstractProduct
    variants: Sequence[AbstractVariant]
    categories: Sequence[tuple[str, ...]]
    prices: Mapping[int, AbstractPrice]
    levels: Mapping[int, AbstractStockLevel]


def items(price_list: AbstractPriceList, location: AbstractLocation) -> Iterator[Item]:
    """All products that aren't archived, by slug."""
    paths = _category_paths()
    variants_of = Prefetch("variants", with_exposed(Variant.objects.all()))
    parts = ("images", "tags", "categories", "product_type__attributes")
    products = Product.objects.filter(archived_at=None).order_by("slug").select_related("product_type")
    rows = with_exposed(products).prefetch_related(variants_of, *parts).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        variants = {product.pk: [v for v in product.variants.all() if v.archived_at is None] for product in chunk}
        every = [variant.pk for group in variants.values() for variant in group]
        prices = Price.objects.filter(price_list=price_list.pk, min_quantity=1, variant__in=every)
        levels = StockLevel.objects.filter(location=location.pk, variant__in=every)
        price_of: dict[int, Any] = {price.variant_id: price for price in prices}
        level_of: dict[int, Any] = {level.variant_id: level for level in levels}
        for product in chunk:
            names = sorted(paths[category.pk] for category in product.categories.all())
            yield Item(product, variants[product.pk], names, price_of, level_of)


def _category_paths() -> dict[int, tuple[str, ...]]:
    by_path: dict[str, tuple[str, ...]] = {}
    paths = {}
    for category in Category.objects.order_by("path"):
        by_path[category.path] = (*by_path.get(category.path[: -category.steplen], ()), category.name)
        paths[category.pk] = by_path[category.path]
    return paths
