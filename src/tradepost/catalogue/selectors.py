"""Reads of the catalogue that are more than a queryset."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import CharField, Q, QuerySet

from tradepost.core.db import Prepared
from tradepost.core.versions import Frozen

from .base import AbstractCategory, AbstractCollection, AbstractVariant
from .category_tree import (
    CategoryNode,
    KeptCategory,
    category_tree,
    kept_categories,
    public_categories,
    public_category,
)
from .models import Attribute, Category, Product, Variant
from .querysets import ProductQuerySet
from .rules import CollectionRule

__all__ = [
    "CategoryNode",
    "KeptAttribute",
    "KeptCategory",
    "ancestors",
    "category_tree",
    "collection_products",
    "descendants",
    "kept_attributes",
    "kept_categories",
    "public_categories",
    "public_category",
    "variant_by_sku",
    "variants_matching",
]

_WORDS = 10


@dataclass(frozen=True, slots=True)
class KeptAttribute:
    """The facts about an attribute that a page shows beside its value."""

    code: str
    name: str
    unit: str


def _load_attributes() -> dict[int, tuple[KeptAttribute, ...]]:
    by_type: dict[int, list[KeptAttribute]] = defaultdict(list)
    for row in Attribute.objects.order_by("position", "pk"):
        by_type[row.product_type_id].append(KeptAttribute(row.code, row.name, row.unit))
    return {product_type: tuple(rows) for product_type, rows in by_type.items()}


_ATTRIBUTES = Frozen("catalogue.attributes", _load_attributes)


def kept_attributes(product_type: int) -> tuple[KeptAttribute, ...]:
    """The attributes of a product type, by its key, in their order; no query while they are kept."""
    return _ATTRIBUTES.get().get(product_type, ())


def descendants(category: AbstractCategory) -> QuerySet[Category]:
    """A category and all below it, in the tree's order."""
    categories: QuerySet[Category] = Category.objects.filter(path__startswith=category.path).order_by("path")
    return categories


def ancestors(category: AbstractCategory) -> QuerySet[Category]:
    """The way from the root down to a category, itself included; for breadcrumbs."""
    paths = [category.path[:end] for end in range(Category.steplen, len(category.path) + 1, Category.steplen)]
    categories: QuerySet[Category] = Category.objects.filter(path__in=paths).order_by("path")
    return categories


def collection_products(collection: AbstractCollection) -> ProductQuerySet[Product]:
    """Public products of a collection: those that its rule selects, or, without one, those chosen by hand."""
    rule = CollectionRule.read(collection.rule)
    products = Product.objects.public()
    return products.filter(collections=collection.pk) if rule.is_empty else products.matching(rule)


_BY_SKU = Prepared(
    lambda p, *, public: (
        (Variant.objects.public() if public else Variant.objects.all()).with_product().filter(sku=p.sku)
    ),
    sku=CharField(),
)


def variant_by_sku(sku: str, *, public: bool = False) -> AbstractVariant | None:
    """A variant with what a basket needs of its product, in one query; ``None`` where there is none.

    Args:
        public: Only one that a visitor may buy.
    """
    return _BY_SKU.first(sku=sku, public=public)


def variants_matching(text: str) -> QuerySet[Variant]:
    """Variants that aren't archived, with their product, by words of which each is in the SKU, the barcode or a name.

    Each word is looked for in one table at a time, so that indexes can be used.
    """
    rows = Variant.objects.with_product().filter(archived_at=None, product__archived_at=None)
    for word in text.split()[:_WORDS]:
        of_variant = Variant.objects.filter(Q(sku__icontains=word) | Q(barcode=word)).order_by().values("pk")
        by_name = Variant.objects.filter(name__icontains=word).order_by().values("pk")
        products = Product.objects.filter(name__icontains=word).order_by().values("pk")
        of_product = Variant.objects.filter(product__in=products).order_by().values("pk")
        rows = rows.filter(pk__in=of_variant.union(by_name, of_product))
    return rows
