"""The order of pictures, variants, attributes and collections."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tradepost.core import db
from tradepost.core.db.positions import put_in_order

from ..base import AbstractProduct, AbstractProductType
from ..models import Attribute, Collection, Image, Product, ProductType, Variant
from .products import touch

__all__ = ["order_attributes", "order_collections", "order_images", "order_variants"]


@db.atomic
def order_images(product: AbstractProduct, uuids: Iterable[UUID | str]) -> None:
    """Show the pictures of a product in this order, the first as the main one; those that aren't named follow.

    Raises:
        Invalid: One is no picture of the product.
    """
    row = Product.objects.filter(pk=product.pk).locked().get()
    if put_in_order(Image.objects.filter(product=row.pk), uuids, field="uuid", attr="images"):
        touch(row)


@db.atomic
def order_variants(product: AbstractProduct, skus: Iterable[str]) -> None:
    """Show the variants of a product in this order; those that aren't named follow, archived ones too.

    Raises:
        Invalid: One is no variant of the product.
    """
    row = Product.objects.filter(pk=product.pk).locked().get()
    if put_in_order(Variant.objects.filter(product=row.pk), skus, field="sku", attr="variants"):
        touch(row)


@db.atomic
def order_attributes(product_type: AbstractProductType, codes: Iterable[str]) -> None:
    """Show the attributes of a product type in this order; those that aren't named follow.

    Raises:
        Invalid: One is no attribute of the type.
    """
    row = db.lock(ProductType.objects.filter(pk=product_type.pk)).get()
    put_in_order(Attribute.objects.filter(product_type=row.pk), codes, field="code", attr="attributes")


@db.atomic
def order_collections(slugs: Iterable[str]) -> None:
    """Show collections in this order; those that aren't named follow.

    Raises:
        Invalid: There is no such collection.
    """
    put_in_order(Collection.objects.all(), slugs, field="slug", attr="collections", tie="name")
