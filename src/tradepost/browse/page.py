"""A page first, its facts second: which products are on it is asked for by a narrow query, and all else by their keys.

A database that is asked for both at once looks for the facts of every product that it passes over on the way to the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from tradepost.catalogue.base import AbstractProduct
from tradepost.catalogue.models import Product

__all__ = ["page_of"]


def page_of(products: Iterable[AbstractProduct]) -> tuple[list[int], QuerySet[Any]]:
    """The keys of the products in their order, and a queryset of these products in no order.

    One query for a queryset that isn't fetched yet, else none.
    """
    if not isinstance(products, QuerySet):
        keys = [product.pk for product in products]
        return keys, Product.objects.filter(pk__in=keys)
    if products._result_cache is not None:  # noqa: SLF001 - there is no other way to see that it was fetched
        keys = [product.pk for product in products]
    else:
        keys = list(products.values_list("pk", flat=True))
    return keys, _unsliced(products).filter(pk__in=keys)


def _unsliced(products: QuerySet[Any]) -> QuerySet[Any]:
    """All products, or, where somebody selects more of them than a product's own columns, what that queryset selects."""
    query = products.query
    is_plain = not (
        query.annotation_select
        or query.extra_select
        or query.select_related
        or query.deferred_loading[0]
        or query.distinct
        or vars(products)["_prefetch_related_lookups"]
    )
    if is_plain and products.model is Product:
        return Product.objects.using(products.db)
    whole = products.order_by()
    whole.query.clear_limits()
    return whole
