"""Products in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BigIntegerField, CharField, OuterRef, QuerySet, Subquery
from django.db.models.fields.files import ImageFieldFile

from tradepost.catalogue.base import AbstractImage, AbstractProduct
from tradepost.catalogue.models import Category, Image, Product, Variant
from tradepost.core.db import Prepared
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.core.versions import one_reading
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import PriceQuote, PriceRequest
from tradepost.promotions import badges
from tradepost.promotions.goods.membership import with_categories

from .expressions import PriceLists, first_image, has_stock, list_prices, number_of_amounts
from .page import Page, page_of
from .parts import EVERYTHING, Parts
from .visitor import Visitor

if TYPE_CHECKING:
    from .details import Offer

__all__ = ["Card", "Picture", "cards", "reduction"]


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
        url = _url_of(data["file"], data["source_url"])
        return cls(url, data["alt"] or alt) if url else None


def _url_of(file: str, source_url: str) -> str:
    """The address that an image with these columns has. None is made where its class would say no other."""
    if not _is_plain(Image):
        return str(Image(file=file, source_url=source_url).url)
    storage: Any = Image._meta.get_field("file")
    return str(storage.storage.url(file)) if file else source_url


@lru_cache(maxsize=8)
def _is_plain(model: Any) -> bool:
    """Whether an image's address is that of its file in our storage, or the one beside it."""
    column = model._meta.get_field("file")
    return (
        model.url is AbstractImage.url
        and model.__init__ is models.Model.__init__
        and type(column) is models.ImageField
        and column.attr_class is ImageFieldFile
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product as a list shows it.

    Attributes:
        price: Of the variant to show first, in ``currency`` and the visitor's basis; None where there is no price.
        was: Its price before, where it was higher.
        lowest: The lowest price of the thirty days before it was reduced, where there is a price before and it is known.
        is_from: Some other variant costs more.
        badges: Of promotions that name the product.
        images: All its pictures, where they were asked for (:func:`tradepost.browse.with_details`).
        offers: Its variants, likewise.
    """

    product: AbstractProduct
    currency: str
    price: Decimal | None
    was: Decimal | None
    lowest: Decimal | None
    is_from: bool
    in_stock: bool
    image: Picture | None
    badges: tuple[badges.Badge, ...] = ()
    images: Sequence[Picture] = ()
    offers: Sequence[Offer] = ()

    @property
    def reduction(self) -> int:
        """Percent that the price is below the one before, rounded down; 0 where it isn't."""
        return reduction(self.price, self.was)


def reduction(price: Decimal | None, was: Decimal | None) -> int:
    """Percent that a price is below another, rounded down, so that nothing is promised that isn't there."""
    return int((was - price) * 100 / was) if price is not None and was and was > price else 0


@one_reading()
def cards(products: Iterable[AbstractProduct], visitor: Visitor, *, parts: Parts = EVERYTHING) -> list[Card]:
    """Products with what a list shows of them, in their order.

    Three queries for any number: the keys of a (sliced) queryset in their order, what is shown of these products, their prices;
    and one for versions where nobody in this request has asked for them. A list of products costs one less, and so does a page
    whose keys are kept. Where orders count against a promotion that is shown, one more.

    Args:
        parts: Without prices there is one query less; without badges none for promotions.
    """
    kept = badges.shelf() if parts.badges else badges.Shelf()
    page = page_of(products)
    by_key = {row.pk: row for row in _with_facts(page, visitor, kept)} if page.keys else {}
    rows = [by_key[key] for key in page.keys if key in by_key]
    leads = ((row.pk, row.priced_variant or row.first_variant) for row in rows if parts.prices)
    requests = [PriceRequest(key=str(pk), variant_id=variant) for pk, variant in leads if variant]
    quotes = {quote.key: quote for quote in pricing.quote(requests, visitor.prices)} if requests else {}
    marks = badges.badges_of(rows, visitor.prices, kept)
    return [_card(row, quotes.get(str(row.pk)), visitor, marks[row.pk]) for row in rows]


def _with_facts(page: Page, visitor: Visitor, kept: badges.Shelf) -> Iterable[Any]:
    lists = visitor.price_lists()
    if page.own is not None or kept.collections:
        return with_exposed(badges.with_badges(_annotated(page.products, lists), "pk", kept))
    return _FACTS(
        using=page.using,
        keys=page.keys,
        lists=lists.keys,
        categories=sorted(kept.categories),
        are_several=lists.are_several,
        are_ranked=lists.are_ranked,
    )


def _annotated(products: QuerySet[Any], lists: PriceLists) -> QuerySet[Any]:
    prices = list_prices(lists)
    first = Variant.objects.filter(product=OuterRef("pk"), archived_at=None).order_by("position", "pk")
    annotated: QuerySet[Any] = products.annotate(
        priced_variant=Subquery(prices.values("variant_id")[:1]),
        first_variant=Subquery(first.values("pk")[:1]),
        amounts=number_of_amounts(prices),
        first_picture=first_image(),
        has_stock=has_stock(),
    )
    return annotated


def _facts(p: Any, *, are_several: bool, are_ranked: bool) -> QuerySet[Any]:
    lists = PriceLists(p.lists, are_several, are_ranked)
    rows = _annotated(Product.objects.filter(pk__among=p.keys), lists)
    if p.categories:
        rows = with_categories(rows, "pk", Category.objects.filter(slug__among=p.categories))
    return with_exposed(rows)


_FACTS: Prepared[Any] = Prepared(_facts, keys=[BigIntegerField()], lists=[BigIntegerField()], categories=[CharField()])


def _card(row: Any, quote: PriceQuote | None, visitor: Visitor, marks: tuple[badges.Badge, ...]) -> Card:
    price = quote.amount if quote else None
    was = quote.was if quote and price is not None and quote.was is not None and quote.was > price else None
    return Card(
        product=row,
        currency=visitor.currency,
        price=price,
        was=was,
        lowest=quote.lowest if quote and was is not None else None,
        is_from=price is not None and (row.amounts or 0) > 1,
        in_stock=row.has_stock,
        image=Picture.of(row.first_picture, alt=row.name),
        badges=marks,
    )
