"""Copying products."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify

from tradepost.core import db

from ..base import AbstractProduct
from ..models import Image, Product, Variant
from .product_values import create_product

__all__ = ["duplicate_product"]

_LONGEST = 255


@db.atomic
def duplicate_product(product: AbstractProduct, *, name: str) -> tuple[AbstractProduct, dict[int, int]]:
    """Make a hidden product like another one: texts, groups, pictures, variants that are sold.

    Its slug and SKUs are new. Barcodes aren't copied, for they name one thing; nor are stock, values of sidecars, and prices
    (:func:`tradepost.pricing.services.copy_prices`).

    Args:
        product: Which.
        name: Of the copy.

    Returns:
        The copy, and the primary keys of its variants by those of the variants that they were made of.

    Raises:
        ValidationError: The name is empty or too long.
    """
    source = Product.objects.select_related("product_type").filter(pk=product.pk).locked().get()
    variants = list(source.variants.filter(archived_at=None))
    values = {
        field: getattr(source, field)
        for field in (
            "summary", "description", "brand", "tax_class", "option_names", "attributes", "metadata", "is_discountable",
        )
    }  # fmt: skip
    values |= {
        "name": name,
        "slug": _unused(Product, "slug", slugify(name) or "copy"),
        "product_type": source.product_type.code,
        "categories": [row.slug for row in source.categories.all()],
        "tags": [row.slug for row in source.tags.all()],
        "is_published": False,
    }
    skus = _unused_skus([row.sku for row in variants])
    copy = create_product(values, variants=[_values_of(row, skus[row.sku]) for row in variants])
    copies = {row.sku: row.pk for row in copy.variants.all()}
    keys = {row.pk: copies[skus[row.sku]] for row in variants}
    images = source.images.order_by("position", "pk")
    Image.objects.bulk_create([_image_of(row, copy, keys) for row in images])
    return copy, keys


def _values_of(variant: Any, sku: str) -> dict[str, Any]:
    fields = (
        "name",
        "options",
        "weight",
        "length",
        "width",
        "height",
        "unit_cost",
        "track_stock",
        "metadata",
        "position",
    )
    return {"sku": sku, **{field: getattr(variant, field) for field in fields}}


def _image_of(image: Any, product: AbstractProduct, variants: dict[int, int]) -> Any:
    """The same file under the same name: it is kept as long as one of them has it."""
    return Image(
        product_id=product.pk,
        variant_id=variants.get(image.variant_id),
        file=image.file.name if image.file else "",
        source_url=image.source_url,
        alt=image.alt,
        position=image.position,
    )


def _unused(model: Any, field: str, text: str) -> str:
    """A text that no row has: the one that is wanted, or with a number behind it."""
    stem = text[: _LONGEST - 8]
    taken = set(model._default_manager.filter(**{f"{field}__startswith": stem}).values_list(field, flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return text if text not in taken else next(other for other in numbered if other not in taken)


def _unused_skus(skus: list[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for sku in skus:
        base = f"{sku[: _LONGEST - 16]}-copy"
        chosen[sku] = _unused(Variant, "sku", base)
    return chosen
