"""One product, with all that its page says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, QuerySet
from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.base import AbstractImage, AbstractProduct, AbstractVariant
from tradepost.catalogue.models import Image, Product, Variant
from tradepost.catalogue.selectors import KeptAttribute, kept_attributes
from tradepost.core.db import Prepared, key_of
from tradepost.core.errors import NotFound
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.core.versions import one_reading
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import PriceQuote, PriceRequest
from tradepost.promotions import badges
from tradepost.promotions.goods.membership import with_membership

from .cards import Picture, reduction
from .expressions import available_units
from .parts import EVERYTHING, Parts
from .visitor import Visitor

__all__ = ["Offer", "ProductDetail", "Property", "detail", "offer_of", "picture_of", "quotes_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A variant, for this visitor.

    Attributes:
        price: For one unit, in the visitor's currency and basis; None where there is none.
        was: The price before, where it was higher.
        lowest: The lowest price of the thirty days before it was reduced, where there is a price before and it is known.
        available: Units that may still be promised; None where stock isn't counted.
        image: Its own first picture, where it has one.
    """

    variant: AbstractVariant
    price: Decimal | None
    was: Decimal | None
    lowest: Decimal | None
    available: int | None
    image: Picture | None

    @property
    def reduction(self) -> int:
        """Percent that the price is below the one before, rounded down; 0 where it isn't."""
        return reduction(self.price, self.was)

    @property
    def in_stock(self) -> bool:
        """Whether one unit can be had."""
        return self.available is None or self.available > 0

    @property
    def can_be_bought(self) -> bool:
        """Whether it has a price and one unit can be had."""
        return self.in_stock and self.price is not None


@dataclass(frozen=True, slots=True)
class Property:
    """An attribute and its value, for people and for machines."""

    code: str
    name: str
    value: Any
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDetail:
    """A product, its offers in display order, its pictures and properties, and badges of promotions that name it."""

    product: AbstractProduct
    currency: str
    offers: Sequence[Offer]
    images: Sequence[Picture]
    properties: Sequence[Property]
    badges: Sequence[badges.Badge] = ()

    @property
    def lead(self) -> Offer | None:
        """The offer to show first: the cheapest that can be bought, else the first."""
        buyable = [offer for offer in self.offers if offer.can_be_bought]
        return min(buyable, key=_price, default=None) or next(iter(self.offers), None)

    @property
    def options(self) -> dict[str, list[str]]:
        """The values that variants have, by option name, in display order."""
        by_name: dict[str, list[str]] = {str(name): [] for name in self.product.option_names}
        for offer in self.offers:
            for name, value in offer.variant.options.items():
                values = by_name.setdefault(str(name), [])
                if str(value) not in values:
                    values.append(str(value))
        return {name: values for name, values in by_name.items() if values}


def _price(offer: Offer) -> Decimal:
    assert offer.price is not None
    return offer.price


def _public_variants(slug: Any) -> QuerySet[Any]:
    rows = Variant.objects.public().filter(product__slug=slug).with_product().order_by("position", "pk")
    return with_exposed(with_exposed(rows), "product", Product).annotate(units=available_units())


_VARIANTS = Prepared(
    lambda p: with_membership(_public_variants(p.slug), "product_id", p.categories, ()),
    slug=CharField(),
    categories=[CharField()],
)
_IMAGES = Prepared(
    lambda p: Image.objects.filter(product_id=p.product).order_by("position", "pk"), product=key_of(Product)
)


def _variants(slug: str, kept: badges.Shelf) -> list[Any]:
    """The variants of a product. A query that names collections isn't kept: their contents are written into it."""
    if kept.collections:
        return list(badges.with_badges(_public_variants(slug), "product_id", kept))
    return _VARIANTS(slug=slug, categories=kept.categories)


@one_reading()
def detail(slug: str, visitor: Visitor, *, parts: Parts = EVERYTHING) -> ProductDetail:
    """A public product by its slug. Three queries, whatever it has, and one for versions; one more as for a list's cards.

    Args:
        parts: Without pictures and without prices there is one query less for each.

    Raises:
        NotFound: No public product has this slug.
    """
    kept = badges.shelf() if parts.badges else badges.Shelf()
    variants = _variants(slug, kept)
    product = variants[0].product if variants else _product_without_variants(slug)
    by_variant: dict[int | None, list[Picture]] = defaultdict(list)
    pictures = []
    for image in _IMAGES(product=product.pk) if parts.pictures else ():
        if picture := picture_of(image, product):
            pictures.append(picture)
            by_variant[image.variant_id].append(picture)
    quotes = quotes_of(variants, visitor) if parts.prices else {}
    marks = badges.badges_of(variants[:1], visitor.prices, kept, product="product_id", path="product")
    return ProductDetail(
        product=product,
        currency=visitor.currency,
        offers=[offer_of(variant, quotes, by_variant) for variant in variants],
        images=pictures,
        properties=list(_properties(product.attributes, kept_attributes(product.product_type_id))),
        badges=marks.get(product.pk, ()),
    )


def _product_without_variants(slug: str) -> AbstractProduct:
    product = with_exposed(Product.objects.public().filter(slug=slug).select_related("product_type")).first()
    if product is None:
        raise NotFound(_("There is no such product."), slug=slug)
    return product


def quotes_of(variants: Iterable[AbstractVariant], visitor: Visitor) -> dict[str, PriceQuote]:
    """Prices of one unit of each, by the variant's key; one query for any number."""
    requests = [PriceRequest(key=str(variant.pk), variant_id=variant.pk) for variant in variants]
    return {quote.key: quote for quote in pricing.quote(requests, visitor.prices)} if requests else {}


def picture_of(image: AbstractImage, product: AbstractProduct) -> Picture | None:
    """A stored picture; ``None`` where its file is gone."""
    return Picture(image.url, image.alt or product.name) if image.url else None


def offer_of(variant: Any, quotes: Mapping[str, PriceQuote], pictures: Mapping[int | None, Sequence[Picture]]) -> Offer:
    """A variant with its price and units, which its query has annotated (``units``)."""
    quote = quotes.get(str(variant.pk))
    price = quote.amount if quote else None
    was = quote.was if quote and price is not None and quote.was is not None and quote.was > price else None
    return Offer(
        variant=variant,
        price=price,
        was=was,
        lowest=quote.lowest if quote and was is not None else None,
        available=variant.units if variant.stock_is_tracked else None,
        image=next(iter(pictures.get(variant.pk, ())), None),
    )


def _properties(values: Mapping[str, Any], schema: Iterable[KeptAttribute]) -> Iterable[Property]:
    for attribute in schema:
        if attribute.code in values:
            value = values[attribute.code]
            yield Property(attribute.code, attribute.name, value, value_text(value, attribute.unit))


def value_text(value: Any, unit: str = "") -> str:
    """An attribute's value for people, with its unit."""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    return f"{value} {unit}".strip()
