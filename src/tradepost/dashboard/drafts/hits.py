"""Variants and customers that the search boxes of a draft find; a constant number of queries each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tradepost.browse import Picture
from tradepost.catalogue.base import AbstractVariant
from tradepost.catalogue.models import Image
from tradepost.catalogue.selectors import variants_matching
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.models import Customer
from tradepost.inventory import services as inventory
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import Place, PriceRequest

__all__ = ["VariantHit", "customers_for", "variants_for"]

_MOST = 8


@dataclass(frozen=True, slots=True)
class VariantHit:
    """A variant with what it costs the draft's customer.

    Attributes:
        price: Of one unit; ``None`` where it has none in the draft's currency.
        available: Units that may still be promised; ``None`` where they aren't counted.
    """

    variant: AbstractVariant
    price: Decimal | None
    available: int | None
    picture: str


def variants_for(text: str, draft: Any) -> Sequence[VariantHit]:
    """The first variants that match, with prices by the draft's customer, country and currency."""
    variants = list(variants_matching(text).order_by("product__name", "position", "pk")[:_MOST])
    if not variants:
        return ()
    basket = draft.basket
    place = draft.look.terms.destination or Place(basket.country)
    context = pricing.context(currency=basket.currency, customer=basket.customer, place=place, channel=basket.channel)
    quotes = pricing.quote([PriceRequest(key=str(row.pk), variant_id=row.pk) for row in variants], context)
    units = inventory.available([row.pk for row in variants if row.stock_is_tracked])
    pictures = _pictures({row.product_id for row in variants})
    return [
        VariantHit(
            row,
            quote.amount,
            units.get(row.pk, 0) if row.stock_is_tracked else None,
            pictures.get(row.product_id, ""),
        )
        for row, quote in zip(variants, quotes, strict=True)
    ]


def _pictures(products: set[int]) -> dict[int, str]:
    """Addresses of first pictures, by the product's key."""
    first: dict[int, str] = {}
    rows = Image.objects.filter(product__in=products).order_by("position", "pk")
    for row in rows.values("product_id", "file", "source_url", "alt"):
        picture = Picture.of(row, alt="")
        if picture is not None:
            first.setdefault(row["product_id"], picture.url)
    return first


def customers_for(text: str) -> Sequence[AbstractCustomer]:
    """The first customers that match; one query."""
    return list(Customer.objects.matching(text).filter(anonymised_at=None).order_by("-pk")[:_MOST])
