"""Products in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from tradepost.catalogue.base import AbstractProduct
from tradepost.catalogue.models import Image, Product, Variant
from tradepost.core.exposed import with_exposed
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import PriceQuote, PriceRequest

from .expressions import first_image, has_stock, list_prices
from .visitor import Visitor

__all__ = ["Card", "Picture", "cards"]


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a picture is, and what it shows."""

    url: str
    alt: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any] | None, *, alt: str) -> Self | None:
        """From the columns of an image; ``alt`` where it has no text of its own."""
        if not data:
            return None
        image = Image(file=data["file"], source_url=data["source_url"])
        return cls(image.url, data["alt"] or alt) if image.url else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product as a list shows it.

    Attributes:
        price: Of the variant to show first, in ``currency`` and the visitor's basis; None where there is no price.
        was: Its price before, where it was higher.
        lowest: The lowest price of the thirty days before it was reduced, where there is a price before and it is known.
        is_from: Some other variant costs more.
    """

    product: AbstractProduct
    currency: str
    price: Decimal | None
    was: Decimal | None
    lowest: Decimal | None
    is_from: bool
    in_stock: bool
    image: Picture | None


def cards(products: Iterable[AbstractProduct], visitor: Visitor) -> list[Card]:
    """Products with what a list shows of them, in their order.

    Two queries for any number, that of the products themselves included: pass a (sliced) queryset, not a list of it. A list
    costs one more.
    """
    rows = list(_with_facts(products, visitor))
    leads = ((row.pk, row.priced_variant or row.first_variant) for row in rows)
    requests = [PriceRequest(key=str(pk), variant_id=variant) for pk, variant in leads if variant]
    quotes = {quote.key: quote for quote in pricing.quote(requests, visitor.prices)} if requests else {}
    return [_card(row, quotes.get(str(row.pk)), visitor) for row in rows]


def _with_facts(products: Iterable[AbstractProduct], visitor: Visitor) -> Iterable[Any]:
    if isinstance(products, QuerySet):
        return _annotated(products, visitor)
    ids = [product.pk for product in products]
    found = {row.pk: row for row in _annotated(Product.objects.filter(pk__in=ids), visitor)}
    return [found[pk] for pk in ids if pk in found]


def _annotated(products: QuerySet[Any], visitor: Visitor) -> QuerySet[Any]:
    prices = list_prices(visitor.prices)
    first = Variant.objects.filter(product=OuterRef("pk"), archived_at=None).order_by("position", "pk")
    annotated: QuerySet[Any] = products.annotate(
        priced_variant=Subquery(prices.values("variant_id")[:1]),
        first_variant=Subquery(first.values("pk")[:1]),
        least_amount=Subquery(prices.values("amount")[:1]),
        first_picture=first_image(),
        has_stock=has_stock(),
    ).annotate(varies=Exists(prices.filter(amount__gt=OuterRef("least_amount"))))
    return with_exposed(annotated)


def _card(row: Any, quote: PriceQuote | None, visitor: Visitor) -> Card:
    price = quote.amount if quote else None
    was = quote.was if quote and price is not None and quote.was is not None and quote.was > price else None
    return Card(
        product=row,
        currency=visitor.currency,
        price=price,
        was=was,
        lowest=quote.lowest if quote and was is not None else None,
        is_from=row.varies and price is not None,
        in_stock=row.has_stock,
        image=Picture.of(row.first_picture, alt=row.name),
    )
