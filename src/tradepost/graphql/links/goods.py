"""Links of goods: a category's products, a product's categories, the product of a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from tradepost import browse
from tradepost.api.parameters.choice import expand
from tradepost.api.serializers import serializer_class
from tradepost.catalogue.models import Product, Variant
from tradepost.catalogue.selectors import category_tree, kept_categories

from ..ports import Link
from .rows import Asked

__all__ = ["LINKS"]

Rows = Sequence[Mapping[str, Any]]
_VISITOR = {"currency": str, "country": str}


def _cards(keys: Iterable[Any], arguments: Mapping[str, Any], asked: Asked) -> dict[Any, dict[str, Any]]:
    """Products as a list shows them, by their keys."""
    visitor = asked.visitor(arguments)
    cards = browse.cards([Product(pk=key) for key in dict.fromkeys(keys)], visitor)
    details = {"images", "variants"} & asked.selected
    if details and cards:
        cards = browse.with_details(cards, visitor, offers="variants" in details)
    serializer = serializer_class("catalogue.ProductCard")
    shown = serializer(cards, many=True, context=asked.context(currency=visitor.currency))
    expand(shown, sorted(details))
    return {card.product.pk: data for card, data in zip(cards, shown.data, strict=True)}


def _products_of_categories(rows: Rows, arguments: Mapping[str, Any], asked: Asked) -> list[Any]:
    """The newest products in each category and below it, as many as are asked for."""
    below = {slug: _keys_below(slug) for slug in {row["slug"] for row in rows}}
    newest = _newest({key for keys in below.values() for key in keys}, arguments["first"])
    chosen = {
        slug: [key for key, _at in sorted({*_merged(newest, keys)}, key=_by_age)][: arguments["first"]]
        for slug, keys in below.items()
    }
    cards = _cards((key for keys in chosen.values() for key in keys), arguments, asked)
    return [[cards[key] for key in chosen[row["slug"]] if key in cards] for row in rows]


def _keys_below(slug: str) -> list[Any]:
    categories = kept_categories()
    root = next((category.path for category in categories if category.slug == slug), None)
    return [category.pk for category in categories if root is not None and category.path.startswith(root)]


def _newest(categories: set[Any], most: int) -> dict[Any, list[tuple[Any, Any]]]:
    """Keys and ages of the newest products directly in each category: one query."""
    members: Any = Product.categories.through._default_manager.filter(
        category__among=sorted(categories), product__in=Product.objects.public().order_by()
    )
    place = Window(
        RowNumber(), partition_by=F("category_id"), order_by=[F("product__created_at").desc(), F("product_id").desc()]
    )
    newest = members.annotate(place=place).filter(place__lte=most)
    by_category: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
    for category, product, at in newest.values_list("category_id", "product_id", "product__created_at"):
        by_category[category].append((product, at))
    return by_category


def _merged(newest: Mapping[Any, list[tuple[Any, Any]]], keys: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key in keys:
        yield from newest.get(key, ())


def _by_age(entry: tuple[Any, Any]) -> Any:
    key, at = entry
    return -at.timestamp(), -key


def _categories_of_products(rows: Rows, arguments: Mapping[str, Any], asked: Asked) -> list[Any]:
    """The published categories that each product is directly in, in the tree's order."""
    slugs = {row["slug"] for row in rows}
    members = Product.categories.through._default_manager.filter(product__slug__among=sorted(slugs))
    of_slug: dict[str, set[Any]] = defaultdict(set)
    for slug, category in members.values_list("product__slug", "category_id"):
        of_slug[slug].add(category)
    nodes = [*_nodes(category_tree(counts="products" in asked.selected))]
    shown = serializer_class("catalogue.Category")(nodes, many=True, context=asked.context()).data
    by_key = {node.category.pk: data for node, data in zip(nodes, shown, strict=True)}
    return [[data for key, data in by_key.items() if key in of_slug[row["slug"]]] for row in rows]


def _nodes(nodes: Iterable[Any]) -> Iterable[Any]:
    for node in nodes:
        yield node
        yield from _nodes(node.children)


def _products_of_lines(rows: Rows, arguments: Mapping[str, Any], asked: Asked) -> list[Any]:
    """The products of what stands in lines, as far as they can still be seen."""
    skus = {_sku(row) for row in rows}
    variants = Variant.objects.public().filter(sku__among=sorted(skus)).order_by()
    products = dict(variants.values_list("sku", "product_id"))
    cards = _cards(products.values(), arguments, asked)
    return [cards.get(products.get(_sku(row))) for row in rows]


def _sku(row: Mapping[str, Any]) -> str:
    """Of a basket's line, or of an order's."""
    return str(row["variant"]["sku"] if "variant" in row else row["sku"])


LINKS = (
    Link(
        ("Category", "CategoryDetail"),
        "product_cards",
        "catalogue.ProductCard",
        _products_of_categories,
        needs=("slug",),
        is_list=True,
        parameters=_VISITOR,
        description="The newest products in it and below it.",
    ),
    Link(
        ("ProductCard", "Product"),
        "categories",
        "catalogue.Category",
        _categories_of_products,
        needs=("slug",),
        is_list=True,
        description="The categories that it is directly in.",
    ),
    Link(
        ("BasketLine",),
        "product_card",
        "catalogue.ProductCard",
        _products_of_lines,
        needs=("variant.sku",),
        parameters=_VISITOR,
        description="The product as lists show it; null where it isn't sold any more.",
    ),
    Link(
        ("OrderLine", "StaffOrderLine"),
        "product_card",
        "catalogue.ProductCard",
        _products_of_lines,
        needs=("sku",),
        parameters=_VISITOR,
        description="The product as lists show it; null where it isn't sold any more.",
    ),
)
