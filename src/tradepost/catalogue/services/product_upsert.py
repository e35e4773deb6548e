"""Products as another system knows them: made where they aren't there, else changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid

from ..base import AbstractProduct
from ..models import Product, Variant
from .product_values import change_options, change_product, create_product
from .variant_values import add_variant, change_variant

__all__ = ["upsert_product"]


@db.atomic
def upsert_product(
    values: Mapping[str, Any], *, variants: Sequence[Mapping[str, Any]] = (), extra: Mapping[str, Any] | None = None
) -> tuple[AbstractProduct, bool]:
    """Make a product or change what is named of it, with its variants; the same again writes nothing.

    Args:
        values: As for :func:`create_product`; ``slug`` says which product is meant.
        variants: Values of each; ``sku`` says which is meant. Those that aren't named stay.
        extra: Values of exposed fields by their names, as far as the caller may write them.

    Returns:
        The product, and whether it is new.

    Raises:
        ValidationError: A field is wrong, or missing of a new product.
        Invalid: A product type, category or tag doesn't exist, options don't fit, or a SKU is another product's.
    """
    product = Product.objects.filter(slug=values["slug"]).locked().first()
    if product is None:
        if missing := [name for name in ("name", "product_type") if not values.get(name)]:
            error = ValidationError(_("A new product needs it."), code="required")
            raise ValidationError(dict.fromkeys(missing, error))
        return create_product(values, variants=variants, extra=extra), True
    rows = {row.sku: row for row in Variant.objects.filter(sku__in=[row["sku"] for row in variants])}
    if foreign := [sku for sku, row in rows.items() if row.product_id != product.pk]:
        raise Invalid(_("Another product has these SKUs."), attr="variants", skus=foreign[:20])
    fields = dict(values)
    names = fields.pop("option_names", None)
    changed = change_product(product, fields, extra=extra)
    if names is not None and names != changed.option_names:
        options = {row["sku"]: row["options"] for row in variants if row["sku"] in rows and "options" in row}
        changed = change_options(changed, names, options)
    for row in variants:
        own = dict(row)
        own_extra = own.pop("extra", None)
        if (variant := rows.get(own["sku"])) is None:
            add_variant(changed, own, extra=own_extra)
        else:
            change_variant(variant, own, extra=own_extra)
    return changed, False
