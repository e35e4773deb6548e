"""Which goods a method doesn't carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tradepost.catalogue.models import Collection, Product
from tradepost.catalogue.selectors import collection_products

__all__ = ["excluded_products"]


def excluded_products(methods: Sequence[Any], products: Set[int]) -> Mapping[int, frozenset[int]]:
    """Of methods by :func:`~tradepost.shipping.methods.kept_methods`: ids of the products that each excludes, by its primary key.

    Two queries where one of them excludes collections, else none.
    """
    if not products:
        return {}
    by_hand = {method.pk: method.without_products & products for method in methods}
    collections: dict[int, frozenset[int]] = {method.pk: method.without_collections for method in methods}
    members = _members(frozenset().union(*collections.values()), products)
    return {
        pk: ids.union(*(members.get(collection, frozenset()) for collection in collections[pk]))
        for pk, ids in by_hand.items()
    }


def _members(collections: Iterable[int], products: Set[int]) -> Mapping[int, frozenset[int]]:
    """Which of the products are in which collection."""
    collections_by_rule = list(Collection.objects.filter(pk__in=collections)) if collections else []
    if not collections_by_rule:
        return {}
    rows: QuerySet[Any] = Product.objects.filter(pk__in=products)
    for collection in collections_by_rule:
        rows = rows.annotate(
            **{f"in_{collection.pk}": Exists(collection_products(collection).filter(pk=OuterRef("pk")))}
        )
    inside = list(rows.only("pk"))
    return {
        collection.pk: frozenset(row.pk for row in inside if getattr(row, f"in_{collection.pk}"))
        for collection in collections_by_rule
    }
