"""A feed for Google Merchant Center (and Meta): RSS 2.0, an item for each variant that is public, priced and pictured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from django.urls import NoReverseMatch

from tradepost.catalogue.base import AbstractProduct, AbstractVariant
from tradepost.console.imports.writer.pictures import address
from tradepost.core.money import plain
from tradepost.core.shop_settings import shop
from tradepost.inventory.base import AbstractStockLevel

from .catalogue import Item

__all__ = ["write_google"]

_NAMESPACE = "http://base.google.com/ns/1.0"
_OPTIONS = {
    **dict.fromkeys(("color", "colour", "farbe", "couleur"), "color"),
    **dict.fromkeys(("size", "größe", "taille"), "size"),
    "pattern": "pattern",
    "material": "material",
}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MOST_PICTURES = 10
_PLAIN: AttributesImpl[str] = AttributesImpl({})
Fields = list[tuple[str, str]]


def write_google(items: Iterable[Item], out: TextIO, *, currency: str) -> int:
    """Write a feed; the number of products that are in it."""
    xml = XMLGenerator(out, "utf-8", short_empty_elements=True)  # type: ignore[arg-type]  # it takes texts, too
    xml.startDocument()
    xml.startElement("rss", AttributesImpl({"version": "2.0", "xmlns:g": _NAMESPACE}))
    xml.startElement("channel", _PLAIN)
    _write(xml, [("title", shop().NAME), ("link", shop().URL), ("description", shop().NAME)])
    number = 0
    for item in items:
        feed_items = list(_items(item, currency)) if item.product.is_published else []
        number += bool(feed_items)
        for fields in feed_items:
            xml.startElement("item", _PLAIN)
            _write(xml, fields)
            xml.endElement("item")
    xml.endElement("channel")
    xml.endElement("rss")
    xml.endDocument()
    out.write("\n")
    return number


def _write(xml: XMLGenerator, fields: Fields) -> None:
    for name, text in fields:
        xml.startElement(name, _PLAIN)
        xml.characters(_NO_XML.sub(" ", text))
        xml.endElement(name)


def _items(item: Item, currency: str) -> Iterator[Fields]:
    product = item.product
    for variant in item.variants:
        price, pictures = item.prices.get(variant.pk), _pictures(product, variant)
        if price is None or not pictures:
            continue  # Google refuses an item without them
        was = price.was_amount
        is_less = was is not None and was > price.amount
        amounts = [was, price.amount] if was is not None and is_less else [price.amount]
        names = ("g:price", "g:sale_price")
        level = item.levels.get(variant.pk)
        fields = [
            ("g:id", variant.sku),
            ("g:title", _title(product, variant)[:150]),
            ("g:description", (product.description or product.summary or product.name)[:5000]),
            ("g:link", _link(product)),
            ("g:image_link", pictures[0]),
            *(("g:additional_image_link", url) for url in pictures[1 : _MOST_PICTURES + 1]),
            ("g:availability", _availability(variant, level)),
            *((name, f"{plain(amount, currency)} {currency}") for name, amount in zip(names, amounts, strict=False)),
            ("g:condition", "new"),
            *_identifiers(product, variant),
            *_group(item, variant),
            *(("g:product_type", " > ".join(path)) for path in item.categories),
        ]
        yield [*fields, ("g:shipping_weight", f"{variant.weight} g")] if variant.weight else fields


def _title(product: AbstractProduct, variant: AbstractVariant) -> str:
    return f"{product.name} - {variant.label}" if variant.label else product.name


def _link(product: AbstractProduct) -> str:
    try:
        return f"{shop().URL}{product.get_absolute_url()}"
    except NoReverseMatch:  # the shop's pages are elsewhere
        return f"{shop().URL}/products/{product.slug}/"


def _pictures(product: AbstractProduct, variant: AbstractVariant) -> list[str]:
    """Addresses: its own first, then those of the product, none of its siblings'."""
    images = [image for image in product.images.all() if image.variant_id in {None, variant.pk}]
    images.sort(key=lambda image: image.variant_id is None)
    return list(dict.fromkeys(address(image) for image in images))


def _availability(variant: AbstractVariant, level: AbstractStockLevel | None) -> str:
    if not variant.stock_is_tracked or (level and level.on_hand > level.reserved):
        return "in_stock"
    return "backorder" if level and level.on_hand + level.backorder_limit > level.reserved else "out_of_stock"


def _identifiers(product: AbstractProduct, variant: AbstractVariant) -> Iterator[tuple[str, str]]:
    if product.brand:
        yield "g:brand", product.brand[:70]
    if re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", variant.barcode):
        yield "g:gtin", variant.barcode
    else:
        yield "g:identifier_exists", "no"


def _group(item: Item, variant: AbstractVariant) -> Iterator[tuple[str, str]]:
    if len(item.variants) > 1:
        yield "g:item_group_id", item.product.slug[:50]
    for name, value in variant.options.items():
        if field := _OPTIONS.get(name.casefold()):
            yield f"g:{field}", str(value)
