"""Joins of the list of products, which are made only where a column shows them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from tradepost.browse import Visitor
from tradepost.browse.expressions import (
    PriceLists,
    first_image,
    is_tracked,
    list_prices,
    number_of_amounts,
    variants_in_stock,
)
from tradepost.catalogue.models import Variant
from tradepost.inventory.expressions import available
from tradepost.inventory.models import StockLevel
from tradepost.pricing.conf import settings as pricing_settings

__all__ = ["price_lists", "with_picture", "with_price", "with_skus", "with_stock"]


def price_lists() -> PriceLists:
    """The lists that a guest in the shop's own currency buys by."""
    return Visitor(pricing_settings().CURRENCY).price_lists()


def with_picture(rows: Any) -> Any:
    """With the first one, as ``picture``."""
    return rows.annotate(picture=first_image())


def with_skus(rows: Any) -> Any:
    """With the number of variants that are sold, and the SKU of the first."""
    variants = _variants()
    number = variants.order_by().values("product").annotate(number=Count("pk")).values("number")
    return rows.annotate(
        variant_count=Coalesce(Subquery(number), 0),
        first_sku=Subquery(variants.order_by("position", "pk").values("sku")[:1]),
    )


def with_stock(rows: Any) -> Any:
    """With units that aren't promised, whether they are counted at all, and whether any variant can be sold."""
    levels = StockLevel.objects.filter(
        variant__product=OuterRef("pk"), variant__archived_at=None, location__is_active=True
    )
    units = levels.order_by().values("variant__product").annotate(left=Sum(available()))
    tracked = _variants().alias(tracked=is_tracked("product")).filter(tracked=True)
    # As EXISTS among the columns, PostgreSQL would look at all variants of all products once, instead of those of a page.
    return with_skus(rows).annotate(
        units=Subquery(units.values("left")),
        counts_stock=Subquery(tracked.order_by().values("pk")[:1]),
        can_be_sold=Subquery(variants_in_stock().order_by().values("pk")[:1]),
    )


def with_price(rows: Any) -> Any:
    """With the lowest price of its variants, and how many different ones there are."""
    prices = list_prices(price_lists())
    return rows.annotate(amount=Subquery(prices.values("amount")[:1]), amounts=number_of_amounts(prices))


def _variants() -> Any:
    return Variant.objects.filter(product=OuterRef("pk"), archived_at=None)
