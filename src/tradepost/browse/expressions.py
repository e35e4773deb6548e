"""What is joined to a product in SQL. Prices here only filter and order; what is shown comes from the pricing port."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tradepost.catalogue.models import Variant
from tradepost.catalogue.pictures import first_picture
from tradepost.inventory.expressions import sellable
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.pricing.ports import PriceContext
from tradepost.pricing.prices.lists import lists_for

__all__ = ["available_units", "first_image", "has_stock", "is_tracked", "list_prices", "number_of_amounts"]


def list_prices(context: PriceContext) -> QuerySet[Price]:
    """The price for one unit of each of a product's variants that this buyer would pay, the cheapest first.

    As the default pricer chooses: of the list of the highest priority that has a price for the variant, there the lowest.
    """
    lists = lists_for(context).filter(includes_tax=context.includes_tax).order_by().values("pk")
    prices = Price.objects.filter(min_quantity=1, price_list__in=lists)
    better = prices.filter(
        Q(price_list__priority__gt=OuterRef("price_list__priority"))
        | Q(price_list__priority=OuterRef("price_list__priority"), amount__lt=OuterRef("amount")),
        variant=OuterRef("variant"),
    )
    theirs = prices.filter(~Exists(better), variant__product=OuterRef("pk"), variant__archived_at=None)
    return theirs.order_by("amount", "variant__position", "variant_id")


def number_of_amounts(prices: QuerySet[Price]) -> Subquery:
    """How many different ones a product's variants have, of :func:`list_prices`."""
    of_product = prices.order_by().values("variant__product")
    return Subquery(of_product.annotate(number=Count("amount", distinct=True)).values("number"))


def is_tracked(product: str) -> Coalesce:
    """Whether a variant's stock is counted; ``product`` is the path from the row to its product."""
    return Coalesce("track_stock", f"{product}__product_type__track_stock")


def has_stock() -> Exists:
    """Whether a product has a variant that can be bought now."""
    sellable = StockLevel.objects.sellable().filter(variant=OuterRef("pk"), location__is_active=True)
    variants = Variant.objects.filter(product=OuterRef("pk"), archived_at=None).alias(tracked=is_tracked("product"))
    return Exists(variants.filter(Q(tracked=False) | Exists(sellable)))


def available_units() -> Coalesce:
    """Units of a variant that may still be promised, backorders included, over all active locations."""
    levels = StockLevel.objects.filter(variant=OuterRef("pk"), location__is_active=True).order_by()
    left = Sum(sellable())
    return Coalesce(Subquery(levels.values("variant").annotate(left=left).values("left")), 0)


def first_image() -> Subquery | Coalesce:
    """File, address and alternative text of a product's first picture, as JSON; null without one."""
    return first_picture("pk")
