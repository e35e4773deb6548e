"""Our own format, as :mod:`tradepost.console.imports.formats.tradepost` reads it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TextIO

from tradepost.catalogue.base import AbstractProduct, AbstractVariant
from tradepost.catalogue.models import Attribute, Product, Variant
from tradepost.console.imports.cells.separators import joined, on_one_line
from tradepost.console.imports.cells.type_cells import (
    ATTRIBUTE,
    TYPE_DEFINITION,
    definition_text,
)
from tradepost.console.imports.formats.tradepost import (
    COLUMNS,
    PRODUCT_FLAGS,
    PRODUCT_TEXTS,
)
from tradepost.console.imports.writer.extras import cell, columns
from tradepost.console.imports.writer.pictures import address
from tradepost.core.inputs.csv_cells import TableWriter

from .catalogue import Item

__all__ = ["amount_text", "write_tradepost"]


def write_tradepost(items: Iterable[Item], out: TextIO) -> int:
    """Write products, a line for each variant; the number of products."""
    codes = list(dict.fromkeys(Attribute.objects.order_by("position", "code").values_list("code", flat=True)))
    most = max((len(names) for names in Product.objects.values_list("option_names", flat=True)), default=0)
    options = [f"option{n}_{part}" for n in range(1, most + 1) for part in ("name", "value")]
    attributes = [f"{ATTRIBUTE}{code}" for code in codes]
    ours = [*COLUMNS[:10], *attributes, *COLUMNS[10:13], *options, *COLUMNS[13:]]
    table = TableWriter(out, [*ours, *columns(Product), *columns(Variant)])
    number = 0
    types: set[int] = set()
    for item in items:
        number += 1
        first = _product(item)
        if item.product.product_type_id not in types:  # a shop that lacks the type makes it
            types.add(item.product.product_type_id)
            first[TYPE_DEFINITION] = definition_text(item.product.product_type)
        for variant in item.variants:
            table.write({"slug": item.product.slug, **first, **_variant(item, variant)})
            first = {}
        if first:
            table.write({"slug": item.product.slug, **first})
    return number


def _product(item: Item) -> dict[str, Any]:
    product = item.product
    return {
        **{column: getattr(product, name) for column, name in PRODUCT_TEXTS.items()},
        **{column: _flag(getattr(product, name)) for column, name in PRODUCT_FLAGS.items()},
        **_attributes(product),
        "type": product.product_type.code,
        "tax_class": product.tax_class,
        "tags": joined((tag.name for tag in product.tags.all()), ", "),
        "categories": " | ".join(joined(names, " > ", escape=">|") for names in item.categories),
        "images": "\n".join(f"{address(image)} {on_one_line(image.alt)}".strip() for image in product.images.all()),
        **{f"option{n}_name": name for n, name in enumerate(product.option_names, start=1)},
        **_extras(product),
    }


def _attributes(product: AbstractProduct) -> dict[str, str]:
    codes = {attribute.code for attribute in product.product_type.attributes.all()}
    return {f"{ATTRIBUTE}{code}": _value(value) for code, value in product.attributes.items() if code in codes}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _flag(value)
    if isinstance(value, float):
        return format(Decimal(str(value)), "f")
    return joined(value, " | ") if isinstance(value, list) else str(value)


def _variant(item: Item, variant: AbstractVariant) -> dict[str, Any]:
    price, level = item.prices.get(variant.pk), item.levels.get(variant.pk)
    names = item.product.option_names
    return {
        **{f"option{n}_value": variant.options.get(name, "") for n, name in enumerate(names, start=1)},
        "sku": variant.sku,
        "variant_name": variant.name,
        "variant_image": "\n".join(address(i) for i in item.product.images.all() if i.variant_id == variant.pk),
        "barcode": variant.barcode,
        "weight": variant.weight,
        "length": variant.length,
        "width": variant.width,
        "height": variant.height,
        "unit_cost": amount_text(variant.unit_cost),
        "track_stock": _flag(variant.track_stock),
        "price": amount_text(price.amount if price else None),
        "was_price": amount_text(price.was_amount if price else None),
        "stock": level.on_hand if level and level.on_hand >= 0 else "",
        "backorder_limit": level.backorder_limit if level else "",
        **_extras(variant),
    }


def _extras(row: Any) -> dict[str, str]:
    return {column: cell(entry, row) for column, entry in columns(type(row)).items()}


def _flag(value: bool | None) -> str:  # noqa: FBT001 - a value, not a switch
    return "" if value is None else str(value).lower()


def amount_text(value: Decimal | None) -> str:
    """Without zeros beyond the second decimal place."""
    if value is None:
        return ""
    places = max(2, -int(value.normalize().as_tuple().exponent))
    return f"{value:.{places}f}"
