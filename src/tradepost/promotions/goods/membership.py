"""Membership of products in the categories and collections that rules name: annotations, so that it costs no query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tradepost.catalogue.base import AbstractCollection
from tradepost.catalogue.models import Category
from tradepost.catalogue.selectors import collection_products
from tradepost.core.db.aggregates import joined

__all__ = ["categories_of", "collections_of", "with_categories", "with_membership"]

_COLLECTION = "in_collection_"


def with_membership(
    rows: QuerySet[Any], product: str, categories: Iterable[str], collections: Iterable[AbstractCollection]
) -> QuerySet[Any]:
    """Rows with what :func:`categories_of` and :func:`collections_of` read.

    Args:
        product: The way from a row to its product's key.
        categories: Slugs; what is below them counts.
    """
    if categories:
        rows = with_categories(rows, product, Category.objects.filter(slug__among=categories))
    for collection in collections:
        members = collection_products(collection).filter(pk=OuterRef(product))
        rows = rows.annotate(**{f"{_COLLECTION}{collection.pk}": Exists(members)})
    return rows


def with_categories(rows: QuerySet[Any], product: str, named: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with what :func:`categories_of` reads, where the named categories are a queryset."""
    below = Category.objects.filter(products=OuterRef(OuterRef(product)))
    inside = named.filter(Exists(below.filter(path__startswith=OuterRef("path"))))
    annotated: QuerySet[Any] = rows.annotate(named_categories=joined(inside, "slug"))
    return annotated


def categories_of(row: Any) -> frozenset[str]:
    """Slugs of the named categories that the row's product is in or below."""
    text = getattr(row, "named_categories", None)
    return frozenset(text.split(",")) if text else frozenset()


def collections_of(row: Any) -> frozenset[int]:
    """Keys of the named collections that the row's product is in."""
    values: Mapping[str, Any] = vars(row)
    return frozenset(
        int(name.removeprefix(_COLLECTION))
        for name, inside in values.items()
        if name.startswith(_COLLECTION) and inside
    )
