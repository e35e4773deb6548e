"""Values of products' and variants' fields; where a file is less exact than the shop, the shop's value stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradepost.catalogue.base import AbstractProduct

from ..rows import ProductRow, VariantRow
from .extras import own_values
from .types import ProductTypes

__all__ = ["EXEMPT", "product_values", "variant_values"]

EXEMPT = "exempt"
"""Code of the tax class of what isn't taxed."""
_KEPT = "import"  # the key of metadata that holds cells which aren't read otherwise


def product_values(row: ProductRow, product: Any, types: ProductTypes) -> dict[str, Any]:
    """Values by field, of a new product or of an existing one."""
    values = {**row.fields, **own_values(row.extra, product)}
    product_type = types.for_row(row, product)
    if row.type_code or not product.pk:
        values["product_type_id"] = product_type.pk
    if row.is_taxed is not None:
        values["tax_class"] = _tax_class(product, product_type.tax_class, is_taxed=row.is_taxed)
    if row.attributes:
        merged = {**product.attributes, **row.attributes}
        own = {code: have for code, have in product.attributes.items() if isinstance(have, str)}
        values["attributes"] = {
            code: own[code] if code in own and own[code].strip() == value else value
            for code, value in merged.items()
            if value is not None
        }
    return values | _kept(row.metadata, values, product)


def _tax_class(product: AbstractProduct, usual: str, *, is_taxed: bool) -> str:
    """The class of a product of which a file says only whether it is taxed."""
    own = product.tax_class
    if ((own or usual) != EXEMPT) == is_taxed:
        return own
    return "" if is_taxed else EXEMPT


def variant_values(line: VariantRow, variant: Any, product: AbstractProduct, types: ProductTypes) -> dict[str, Any]:
    """Values by field, of a new variant or of an existing one; neither its SKU nor its position."""
    values = {**line.fields, **own_values(line.extra, variant)}
    if line.options is not None:
        values["options"] = dict(line.options)
    if line.is_tracked is not None:
        own = variant.track_stock
        usual = types.of(product).track_stock
        stays = variant.pk and (usual if own is None else own) == line.is_tracked
        values["track_stock"] = own if stays else line.is_tracked
    return values | _kept(line.metadata, values, variant)


def _kept(cells: Mapping[str, Any], values: Mapping[str, Any], row: Any) -> dict[str, Any]:
    if not cells:
        return {}
    metadata = values.get("metadata", row.metadata)
    before = metadata.get(_KEPT)
    return {"metadata": {**metadata, _KEPT: {**(before if isinstance(before, dict) else {}), **cells}}}
