"""Shopify's format, as :mod:`tradepost.console.imports.formats.shopify` reads it. It has three options, and no attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any, TextIO

from tradepost.catalogue.base import AbstractImage, AbstractProduct, AbstractVariant
from tradepost.console.imports.cells.html_text import text_of
from tradepost.console.imports.cells.separators import joined
from tradepost.console.imports.writer.pictures import address
from tradepost.core.inputs.csv_cells import TableWriter

from .catalogue import Item
from .tradepost import amount_text

__all__ = ["write_shopify"]

_OPTIONS = (1, 2, 3)
_COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *(f"Option{n} {part}" for n in _OPTIONS for part in ("Name", "Value")),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price", "Variant Compare At Price"),
    *("Variant Requires Shipping", "Variant Taxable", "Variant Barcode"),
    *("Image Src", "Image Position", "Image Alt Text", "Gift Card", "Variant Image", "Variant Weight Unit"),
    *("Cost per item", "Status"),
)


def write_shopify(items: Iterable[Item], out: TextIO, *, tell: Callable[[str], object] = lambda message: None) -> int:
    """Write products, a line for each variant and each further picture; the number of products.

    Args:
        tell: Told of products that the format can't hold; they are left out.
    """
    table = TableWriter(out, _COLUMNS)
    number = 0
    for item in items:
        if len(item.product.option_names) > len(_OPTIONS):
            tell(f"{item.product.slug}: has more than three options, and is left out.")
            continue
        number += 1
        first = _product(item)
        pictures = [_picture(image, n) for n, image in enumerate(item.product.images.all(), start=1)]
        variants = [_variant(item, variant) for variant in item.variants]
        for n in range(max(1, len(variants), len(pictures))):
            variant = variants[n] if n < len(variants) else {}
            picture = pictures[n] if n < len(pictures) else {}
            table.write({"Handle": _handle(item.product), **first, **variant, **picture})
            first = {}
    return number


def _product(item: Item) -> dict[str, Any]:
    product = item.product
    names = product.option_names or (["Title"] if item.variants else [])
    return {
        "Title": product.name,
        "Body (HTML)": _html(product.description),
        "Vendor": product.brand,
        "Type": item.categories[0][-1] if item.categories else "",
        "Tags": joined((tag.name for tag in product.tags.all()), ", "),
        "Published": str(product.is_published).lower(),
        "Status": "active" if product.is_published else "draft",
        "Gift Card": str(product.product_type.kind == "gift_card").lower(),
        **{f"Option{n} Name": name for n, name in zip(_OPTIONS, names, strict=False)},
    }


def _handle(product: AbstractProduct) -> str:
    """The handle of a product that came from Shopify, else its slug."""
    source, _colon, handle = (product.source_key or "").partition(":")
    return handle if source == "shopify" else product.slug


def _html(text: str) -> str:
    """A text as HTML that reads as the same text."""
    paragraphs = escape(text, quote=False).split("\n\n") if text else []
    html = "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)
    return html if text_of(html) == text else f"<pre>{escape(text, quote=False)}</pre>"


def _variant(item: Item, variant: AbstractVariant) -> dict[str, Any]:
    product = item.product
    price, level = item.prices.get(variant.pk), item.levels.get(variant.pk)
    names = product.option_names
    values = [variant.options.get(name, "") for name in names] if names else ["Default Title"]
    own = [image for image in product.images.all() if image.variant_id == variant.pk]
    return {
        **{f"Option{n} Value": value for n, value in zip(_OPTIONS, values, strict=False)},
        "Variant SKU": f"'{variant.sku}" if variant.sku.startswith("'") else variant.sku,
        "Variant Grams": variant.weight,
        "Variant Inventory Tracker": "shopify" if _is_tracked(product, variant) else "",
        "Variant Inventory Qty": level.on_hand if level and level.on_hand >= 0 else "",
        "Variant Inventory Policy": "continue" if level and level.backorder_limit else "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": amount_text(price.amount if price else None),
        "Variant Compare At Price": amount_text(price.was_amount if price else None),
        "Variant Requires Shipping": str(product.product_type.kind == "physical").lower(),
        "Variant Taxable": str(product.effective_tax_class != "exempt").lower(),
        "Variant Barcode": f"'{variant.barcode}" if variant.barcode.startswith("'") else variant.barcode,
        "Variant Image": address(own[0]) if own else "",
        "Variant Weight Unit": "g",
        "Cost per item": amount_text(variant.unit_cost),
    }


def _is_tracked(product: AbstractProduct, variant: AbstractVariant) -> bool:
    return product.product_type.track_stock if variant.track_stock is None else variant.track_stock


def _picture(image: AbstractImage, position: int) -> dict[str, Any]:
    return {"Image Src": address(image), "Image Position": position, "Image Alt Text": image.alt}
