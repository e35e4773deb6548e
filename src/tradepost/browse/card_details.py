"""Products in a list with all their pictures and variants, where somebody asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tradepost.catalogue.models import Image, Product, Variant
from tradepost.core.extending.exposed_fields import with_exposed

from .cards import Card, Picture
from .details import Offer, offer_of, picture_of, quotes_of
from .expressions import available_units
from .visitor import Visitor

__all__ = ["with_details"]


def with_details(cards: Sequence[Card], visitor: Visitor, *, offers: bool = False) -> list[Card]:
    """The same products with all their pictures, in display order.

    One query for any number, and two more with offers: variants and their prices.

    Args:
        offers: With the variants that are sold, as a product's page has them.
    """
    products = {card.product.pk: card.product for card in cards}
    pictures: dict[int, list[Picture]] = defaultdict(list)
    of_variants: dict[int | None, list[Picture]] = defaultdict(list)
    for image in Image.objects.filter(product__among=list(products)).order_by("product_id", "position", "pk"):
        if picture := picture_of(image, products[image.product_id]):
            pictures[image.product_id].append(picture)
            of_variants[image.variant_id].append(picture)
    by_product: dict[int, list[Offer]] = defaultdict(list)
    if offers and products:
        variants = list(_variants(products))
        quotes = quotes_of(variants, visitor)
        for variant in variants:
            by_product[variant.product_id].append(offer_of(variant, quotes, of_variants))
    return [replace(card, images=pictures[card.product.pk], offers=by_product[card.product.pk]) for card in cards]


def _variants(products: Iterable[int]) -> Any:
    rows = Variant.objects.public().filter(product__among=list(products)).with_product()
    rows = with_exposed(with_exposed(rows), "product", Product).annotate(units=available_units())
    return rows.order_by("product_id", "position", "pk")
