"""Reads of the catalogue that are more than a queryset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet

from tradepost.core.db import Prepared
from tradepost.core.versions import Frozen

from .base import AbstractCategory, AbstractCollection, AbstractVariant
from .models import Attribute, Category, Product, Variant
from .querysets import ProductQuerySet
from .rules import CollectionRule

__all__ = [
    "CategoryNode",
    "KeptAttribute",
    "ancestors",
    "category_tree",
    "collection_products",
    "descendants",
    "kept_attributes",
    "public_categories",
    "variant_by_sku",
]


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


@dataclass(slots=True)
class CategoryNode:
    """A category in the tree.

    Attributes:
        products: Public products in it or anywhere below, each counted once; 0 where they weren't counted.
    """

    category: AbstractCategory
    children: list[CategoryNode] = field(default_factory=list)
    products: int = 0

    def walk(self) -> Iterator[CategoryNode]:
        """It and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def public_categories() -> QuerySet[Category]:
    """The categories that visitors see, in the tree's order: published, and so is everything above them.

    A hidden category hides what is below it: from menus, trees, addresses, breadcrumbs, filters and counts. Products aren't
    hidden by it; they have a flag of their own, and may be found in another place.
    """
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    hidden = Category.objects.filter(is_published=False).alias(below=below).filter(below__startswith=F("path"))
    categories: QuerySet[Category] = Category.objects.filter(~Exists(hidden)).order_by("path")
    return categories


def category_tree(*, counts: bool = False) -> list[CategoryNode]:
    """The published categories, roots first; what is below a hidden category is hidden, too.

    One query, and a second one for the counts.
    """
    roots: list[CategoryNode] = []
    by_path: dict[str, CategoryNode] = {}
    for category in public_categories():
        node = CategoryNode(category)
        above = category.path[: -category.steplen]
        if not above:
            roots.append(node)
        else:
            by_path[above].children.append(node)
        by_path[category.path] = node
    if counts:
        _count(by_path)
    return roots


def _count(by_path: dict[str, CategoryNode]) -> None:
    members: dict[str, set[int]] = defaultdict(set)
    for path, product in Product.objects.public().exclude(categories=None).values_list("categories__path", "pk"):
        if path not in by_path:
            continue
        for end in range(Category.steplen, len(path) + 1, Category.steplen):
            members[path[:end]].add(product)
    for path, node in by_path.items():
        node.products = len(members[path])


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
