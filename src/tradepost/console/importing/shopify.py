"""Product exports of Shopify, in their older and their present form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple

from tradepost.catalogue.models import Category, Image, Product, Variant

from .common import fit, made_sku, options_of
from .rows import ImageRow, Problem, ProductRow, VariantRow
from .table import BadCell, Record, grouped, read

__all__ = ["UNLIMITED", "read_shopify", "text_of"]

UNLIMITED = 1_000_000  # units, for "continue selling when out of stock"
_LAST = 10_000  # a picture without a position comes after those with one

_RENAME = {
    "url handle": "Handle",
    "description": "Body (HTML)",
    "published on online store": "Published",
    "option1 name": "Option1 Name",
    "option1 value": "Option1 Value",
    "option2 name": "Option2 Name",
    "option2 value": "Option2 Value",
    "option3 name": "Option3 Name",
    "option3 value": "Option3 Value",
    "sku": "Variant SKU",
    "barcode": "Variant Barcode",
    "weight value (grams)": "Variant Grams",
    "inventory tracker": "Variant Inventory Tracker",
    "inventory quantity": "Variant Inventory Qty",
    "continue selling when out of stock": "Variant Inventory Policy",
    "price": "Variant Price",
    "compare-at price": "Variant Compare At Price",
    "charge tax": "Variant Taxable",
    "requires shipping": "Variant Requires Shipping",
    "product image url": "Image Src",
    "image position": "Image Position",
    "image alt text": "Image Alt Text",
    "variant image url": "Variant Image",
    "gift card": "Gift Card",
}
_BLOCKS = {"p", "div", "br", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote"}


def read_shopify(lines: Iterable[str]) -> Iterator[ProductRow | Problem]:
    """The products of an export.

    ``Type`` becomes a category, ``Vendor`` the brand, HTML plain text. Product types are by kind: goods, gift cards, what
    isn't shipped.

    Raises:
        FileRefused: It is no export of products.
    """
    records = read(lines, required=("Handle", "Title"), rename=_RENAME)
    for group in grouped(records, "Handle"):
        if isinstance(group, Problem):
            yield group
            continue
        try:
            yield from _product(group)
        except BadCell as error:
            yield error.problem


def _product(group: list[Record]) -> Iterator[ProductRow | Problem]:
    first = group[0]
    slug = first.slug("Handle", of=(Product, "slug"))
    fields = _fields(first)
    options = _option_columns(first)
    type_code, kind = _type(first)
    variants: list[VariantRow] = []
    pictures: list[_Picture] = []
    problems: list[Problem] = []
    for record in group:
        try:
            found = _variant(record, options, slug, {variant.sku for variant in variants})
            pictures += _pictures(record, found)
            variants += [found] if found else []
        except BadCell as error:
            problems.append(error.problem)
    yield from problems
    if variants or not problems:
        yield ProductRow(
            line=first.line,
            slug=slug,
            type_code=type_code,
            kind=kind,
            fields=fields,
            tags=first.names("Tags") if first.has("Tags") else None,
            categories=[(category,)] if (category := fit(first.text("Type"), Category, "name")) else None,
            replace_categories=False,
            images=_images(pictures) if first.has("Image Src") else None,
            variants=variants,
        )


def _fields(first: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": first.text("Title", of=(Product, "name"), required=True),
        "option_names": [name for name, _ in _option_columns(first)],
    }
    if first.has("Body (HTML)"):
        fields["description"] = text_of(first.text("Body (HTML)"))
    if first.has("Vendor"):
        fields["brand"] = first.text("Vendor", of=(Product, "brand"))
    if first.has("Published") or first.has("Status"):
        draft = first.text("Status").lower() in {"draft", "archived"}
        fields["is_published"] = not draft and first.flag("Published") is not False
    if first.has("Variant Taxable"):
        fields["tax_class"] = "exempt" if first.flag("Variant Taxable") is False else ""
    return fields


def _type(first: Record) -> tuple[str, str]:
    if first.flag("Gift Card"):
        return "gift-card", "gift_card"
    return ("digital", "digital") if first.flag("Variant Requires Shipping") is False else ("goods", "physical")


def _option_columns(first: Record) -> list[tuple[str, str]]:
    """Name of each option, and the column of its values; none for a product that has one variant only."""
    found = [(first.text(f"Option{n} Name"), f"Option{n} Value") for n in (1, 2, 3)]
    only = len(found[0][0]) > 0 and first.text("Option1 Value") == "Default Title"
    return [] if only else [(name, column) for name, column in found if name]


def _variant(record: Record, columns: list[tuple[str, str]], slug: str, taken: set[str]) -> VariantRow | None:
    if not any(record.text(column) for column in ("Option1 Value", "Variant SKU", "Variant Price")):
        return None  # a row with nothing but a picture
    options = options_of(record, columns)
    sku = record.text("Variant SKU", of=(Variant, "sku")).removeprefix("'")  # so that spreadsheets keep leading zeros
    stock = record.whole("Variant Inventory Qty", least=-(10**9))
    price, was = record.amount("Variant Price"), record.amount("Variant Compare At Price")
    backorders = record.text("Variant Inventory Policy").lower() in {"continue", "true"}
    return VariantRow(
        line=record.line,
        sku=sku or made_sku(slug, options.values(), taken),
        sku_is_made=not sku,
        options=options,
        fields=_variant_fields(record),
        has_price=record.has("Variant Price"),
        price=price,
        was=was if price is not None and was is not None and was > price else None,
        stock=max(stock, 0) if stock is not None else None,  # oversold goods are below zero in an export
        backorder_limit=(UNLIMITED if backorders else 0) if record.has("Variant Inventory Policy") else None,
    )


def _variant_fields(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if record.has("Variant Barcode"):
        fields["barcode"] = record.text("Variant Barcode", of=(Variant, "barcode")).removeprefix("'")
    if record.has("Variant Grams"):
        fields["weight"] = record.whole("Variant Grams") or 0
    if record.has("Cost per item"):
        fields["unit_cost"] = record.amount("Cost per item")
    if record.has("Variant Inventory Tracker"):
        fields["track_stock"] = bool(record.text("Variant Inventory Tracker"))
    return fields


class _Picture(NamedTuple):
    """A picture in a row; ``position`` is ``None`` where the row only says that its variant is shown by it."""

    url: str
    alt: str = ""
    position: int | None = None
    sku: str = ""


def _pictures(record: Record, variant: VariantRow | None) -> list[_Picture]:
    found = []
    if url := record.url("Image Src"):
        position = record.whole("Image Position") or _LAST
        found.append(_Picture(url, fit(record.text("Image Alt Text"), Image, "alt"), position))
    if variant and (url := record.url("Variant Image")):
        found.append(_Picture(url, sku=variant.sku))
    return found


def _images(pictures: list[_Picture]) -> list[ImageRow]:
    """Each picture once, in order; one that shows several variants is the product's."""
    skus: dict[str, set[str]] = {}
    for picture in pictures:
        skus.setdefault(picture.url, set()).update(filter(None, [picture.sku]))
    ordered = sorted(pictures, key=lambda picture: (picture.position is None, picture.position or 0))
    first = {picture.url: picture.alt for picture in reversed(ordered)}
    return [
        ImageRow(url=url, alt=first[url], sku=next(iter(skus[url])) if len(skus[url]) == 1 else "")
        for url in dict.fromkeys(picture.url for picture in ordered)
    ]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in {"script", "style"}
        if tag in _BLOCKS:
            self.parts.append("\n" if tag in {"br", "tr"} else "\n\n")
        elif tag == "li":
            self.parts.append("\n• ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"} and self.hidden > 0
        if tag in _BLOCKS - {"br"}:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))


def text_of(html: str) -> str:
    """The text of a piece of HTML, with its paragraphs and lists; markup is never taken over into our pages."""
    if "<" not in html and "&" not in html:
        return html
    parser = _Text()
    parser.feed(html)
    parser.close()
    text = re.sub(r" *\n *", "\n", "".join(parser.parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
