"""Criteria of a search for products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

__all__ = ["ORDERINGS", "Criteria"]

ORDERINGS = ("newest", "name", "price", "-price", "best_selling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The criteria that narrow a list of products; empty ones don't count.

    Attributes:
        category: Slug; products of its descendants are included.
        collection: Slug.
        search: Words that must all occur in name, summary, brand, SKU, tags, or exposed fields with ``search`` that the visitor
            may read.
        price_min: In the visitor's currency and basis, of the cheapest variant; both ends included.
        in_stock: Only what can be bought now.
        attributes: Values by attribute code; one of a code's values is enough, each code must match.
        tag: Slug.
        extra: Values of exposed fields by their names (:mod:`tradepost.core.extending.exposed_fields`); of those with ``filter``
            only. Whether the visitor may know them is for the caller to say.
        slug: Slugs, of which a product has one; where no ordering is asked for, products come in their order.
        sku: Likewise SKUs, of which a variant that is sold has one.
        ordering: One of :data:`ORDERINGS`, the newest first where it is empty; products without a price come last.
    """

    category: str = ""
    collection: str = ""
    search: str = ""
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    in_stock: bool = False
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    tag: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    slug: Sequence[str] = ()
    sku: Sequence[str] = ()
    ordering: str = ""
