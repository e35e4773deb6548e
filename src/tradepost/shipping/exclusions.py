"""Which goods a method doesn't carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tradepost.catalogue.models import Collection, Product
from tradepost.catalogue.selectors import collection_products
from tradepost.core.db.aggregates import joined

from .models import ShippingMethod

__all__ = ["excluded_products", "with_exclusions"]


def with_exclusions(methods: QuerySet[Any], products: Set[int]) -> QuerySet[Any]:
    """Methods with those of the products that they exclude by hand, and with the collections they exclude, by no query more.

    Args:
        products: Ids of what is to be carried; nothing, where it isn't told.
    """
    if not products:
        return methods
    mine = {"shippingmethod_id": OuterRef("pk")}
    by_hand = ShippingMethod.excluded_products.through.objects.filter(product_id__in=products, **mine)
    whole = ShippingMethod.excluded_collections.through.objects.filter(**mine)
    found: QuerySet[Any] = methods.annotate(
        without_products=joined(by_hand, "product_id"), without_collections=joined(whole, "collection_id")
    )
    return found


def excluded_products(methods: Sequence[Any], products: Set[int]) -> Mapping[int, frozenset[int]]:
    """Of methods by :func:`with_exclusions`: ids of the products that each excludes, by its primary key.

    Two queries where one of them excludes collections, else none.
    """
    by_hand = {method.pk: _ids(method, "without_products") for method in methods}
    collections = {method.pk: _ids(method, "without_collections") for method in methods}
    members = _members(frozenset().union(*collections.values()), products)
    return {
        pk: ids.union(*(members.get(collection, frozenset()) for collection in collections[pk]))
        for pk, ids in by_hand.items()
    }


def _ids(method: Any, name: str) -> frozenset[int]:
    text = getattr(method, name, None)
    return frozenset(int(pk) for pk in text.split(",")) if text else frozenset()


def _members(collections: Iterable[int], products: Set[int]) -> Mapping[int, frozenset[int]]:
    """Which of the products are in which collection."""
    found = list(Collection.objects.filter(pk__in=collections)) if collections else []
    if not found:
        return {}
    rows: QuerySet[Any] = Product.objects.filter(pk__in=products)
    for collection in found:
        rows = rows.annotate(
            **{f"in_{collection.pk}": Exists(collection_products(collection).filter(pk=OuterRef("pk")))}
        )
    inside = list(rows.only("pk"))
    return {
        collection.pk: frozenset(row.pk for row in inside if getattr(row, f"in_{collection.pk}"))
        for collection in found
    }
