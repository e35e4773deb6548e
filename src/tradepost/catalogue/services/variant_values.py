"""Making variants and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradepost.core import db
from tradepost.core.db.row_values import merge_keys, write_values
from tradepost.core.extending.exposed_values import own_extra, write_sidecars

from ..base import AbstractProduct, AbstractVariant
from ..models import Product, Variant
from .products import touch

__all__ = ["add_variant", "change_variant"]

_FIELDS = frozenset({
    "barcode", "height", "length", "metadata", "name", "options", "position", "sku", "track_stock", "unit_cost", "weight",
    "width",
})  # fmt: skip


@db.atomic
def add_variant(
    product: AbstractProduct, values: Mapping[str, Any], *, extra: Mapping[str, Any] | None = None
) -> AbstractVariant:
    """Give a product another variant; its variants are compared by one at a time.

    Args:
        product: Whose.
        values: By field; ``options`` have a value for each of the product's options, by name. It comes last where no
            ``position`` is given.
        extra: Values of exposed fields by their names, as far as the caller may write them.

    Raises:
        ValidationError: A field is wrong, the SKU is another variant's, or a variant that is sold has the same options.
    """
    whose = Product.objects.filter(pk=product.pk).locked().get()
    last = whose.variants.order_by("-position").values_list("position", flat=True).first()
    given = {"position": 0 if last is None else min(last + 1, 32_767), **values}
    variant = Variant(product=whose)
    _write(variant, given, extra or {})
    return variant


@db.atomic
def change_variant(
    variant: AbstractVariant, values: Mapping[str, Any], *, extra: Mapping[str, Any] | None = None
) -> AbstractVariant:
    """Change what is named of a variant, under its product's lock; where nothing differs, nothing is written.

    Args:
        variant: Which.
        values: As for :func:`add_variant`. Of ``metadata`` the keys that aren't named stay, and one with ``None`` is taken
            away. Baskets and stock follow a new SKU, orders keep the old one.
        extra: Values of exposed fields by their names, as far as the caller may write them.

    Raises:
        ValidationError: A field is wrong, the SKU is another variant's, or a variant that is sold has the same options.
    """
    Product.objects.filter(pk=variant.product_id).locked().get()
    row = Variant.objects.select_related("product").filter(pk=variant.pk).locked().get()
    _write(row, values, extra or {})
    return row


def _write(variant: AbstractVariant, values: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
    given = dict(values)
    if "metadata" in given:
        given["metadata"] = merge_keys(variant.metadata, given["metadata"])
    own = own_extra(variant, extra, metadata=given.get("metadata"))
    written = bool(write_values(variant, given | own, writable={*_FIELDS, *own}))
    if written | write_sidecars(variant, extra):
        touch(variant.product)
