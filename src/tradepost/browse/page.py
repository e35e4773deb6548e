"""A page first, its facts second: which products are on it is asked for by a narrow query, and all else by their keys.

A database that is asked for both at once looks for the facts of every product that it passes over on the way to the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tradepost.catalogue.base import AbstractProduct
from tradepost.catalogue.models import Product
from tradepost.core.versions import kept_keys

__all__ = ["Page", "page_of"]


@dataclass(frozen=True, slots=True)
class Page:
    """Which products are on a page.

    Attributes:
        keys: Primary keys, in order.
        using: Alias of the database that they are in.
        own: What somebody selects of them beside a product's own columns, of these products in no order; else ``None``.
    """

    keys: list[int]
    using: str
    own: QuerySet[Any] | None = None

    @property
    def products(self) -> QuerySet[Any]:
        """The products, in no order."""
        return Product.objects.using(self.using).filter(pk__in=self.keys) if self.own is None else self.own


def page_of(products: Iterable[AbstractProduct]) -> Page:
    """The page that a sliced queryset stands for, or the products that are given. One query at most, for a queryset."""
    if not isinstance(products, QuerySet):
        return Page([product.pk for product in products], Product.objects.all().db)
    is_fetched = products._result_cache is not None  # noqa: SLF001 - there is no other way to see it
    keys = [product.pk for product in products] if is_fetched else kept_keys(products)
    if products.model is Product and _is_plain(products):
        return Page(keys, products.db)
    whole = products.order_by()
    whole.query.clear_limits()
    return Page(keys, products.db, whole.filter(pk__in=keys))


def _is_plain(products: QuerySet[Any]) -> bool:
    """Whether nothing but a product's own columns is selected."""
    query = products.query
    return not (
        query.annotation_select
        or query.extra_select
        or query.select_related
        or query.deferred_loading[0]
        or query.distinct
        or vars(products)["_prefetch_related_lookups"]
    )
