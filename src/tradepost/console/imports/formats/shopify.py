"""Product exports of Shopify, in their older and their present form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tradepost.catalogue.models import Category, Image, Product, Variant

from ..cells.html_text import text_of
from ..cells.options import (
    fit,
    handle_identity,
    made_sku,
    option_columns,
    options_of,
    repeated_sku,
)
from ..cells.records import BadCell, Record
from ..cells.table import (
    Table,
    grouped,
    unread_notice,
)
from ..ports import ReadOptions, SourceFile
from ..rows import (
    ImageRow,
    Notice,
    Problem,
    ProductRow,
    VariantRow,
)

__all__ = ["ShopifyFormat"]

_LAST = 10_000  # a picture without a position comes after those with one

_OPTIONS = tuple((f"Option{n} Name", f"Option{n} Value") for n in (1, 2, 3))
_COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Status", "Gift Card"),
    *(column for pair in _OPTIONS for column in pair),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy"),
    *("Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode"),
    *("Image Src", "Image Position", "Image Alt Text", "Variant Image", "Cost per item"),
)
_LEFT = (
    *("Variant Fulfillment Service", "Fulfillment service", "Variant Weight Unit", "Weight unit for display"),
    *("Variant Tax Code", "SEO Title", "SEO Description", "Product Category", "Standard Product Type", "Collection"),
)
_LEFT_BEGIN = ("google shopping / ", "included / ", "price / ", "compare at price / ", "compare-at price / ")
_RENAME = {
    "url handle": "Handle",
    "description": "Body (HTML)",
    "published on online store": "Published",
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
    "variant image url": "Variant Image",
}
_AMOUNTS = {"Variant Price", "Variant Compare At Price", "Cost per item", "Variant Grams"}


@dataclass(slots=True)
class ShopifyFormat:
    """Products of a Shopify shop.

    ``Type`` becomes a category, ``Vendor`` the brand, HTML plain text. Product types are by kind: goods, gift cards, what
    isn't shipped. SKUs may repeat there; each variant after the first gets one of its own.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: {"name": "Title", "sku": "Variant SKU"})

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """The products of an export.

        Raises:
            FileRefused: It is no export of products.
        """
        for file in files:
            yield from _File.open(file, options).read()


@dataclass(frozen=True, slots=True)
class _File:
    """One file, with what it says of handles and SKUs as a whole."""

    table: Table
    options: ReadOptions
    unread: Sequence[str]
    handles: set[str] = field(default_factory=set)
    sku_lines: dict[str, int] = field(default_factory=dict)
    skus: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, file: SourceFile, options: ReadOptions) -> _File:
        table = Table(file, options, columns=_COLUMNS, rename=_RENAME, required=("Handle", "Title"))
        if table.separator != ",":
            table.decimal = table.decimal_sign(lambda name: name in _AMOUNTS, usual=".")
        unread = table.unread(lambda name: name in _COLUMNS)
        return cls(table, options, unread)

    def read(self) -> Iterator[ProductRow | Problem | Notice]:
        unread = self.table.unread(lambda name: name in _COLUMNS, ignored=_LEFT)
        foreign = [name for name in unread if not name.lower().startswith(_LEFT_BEGIN)]
        yield from unread_notice(foreign, is_kept=self.options.keep_unknown)
        for record in self.table.records():
            if isinstance(record, Record):
                self.handles.add(record.raw("Handle").strip())
                if sku := _sku(record):
                    self.sku_lines.setdefault(sku, record.line)
        self.skus.update(self.sku_lines)
        for group in grouped(self.table.records(), "Handle"):
            if isinstance(group, Problem):
                yield group
                continue
            try:
                yield from self._product(group)
            except BadCell as error:
                yield error.problem

    def _product(self, group: list[Record]) -> Iterator[ProductRow | Problem]:
        first = group[0]
        identity = handle_identity(first.text("Handle", required=True), source="shopify", taken=self.handles)
        named = _option_columns(first)
        fields = _fields(first)
        if first.has("Option1 Name"):
            fields["option_names"] = [name for name, _ in named]
        type_code, kind = _type(first)
        variants: list[VariantRow] = []
        pictures: list[_Picture] = []
        problems: list[Problem] = []
        for record in group:
            try:
                variant = self._variant(record, named, identity["slug"], is_only=len(group) == 1)
                pictures += _pictures(record, variant, base=self.options.image_base)
                variants += [variant] if variant else []
            except BadCell as error:
                problems.append(error.problem)
        yield from problems
        if variants or not problems:
            yield ProductRow(
                line=first.line,
                **identity,
                type_code=type_code,
                kind=kind,
                fields=fields,
                is_taxed=first.flag("Variant Taxable") is not False if first.has("Variant Taxable") else None,
                tags=first.names("Tags") if first.has("Tags") else None,
                categories=[(category,)] if (category := first.text("Type", of=(Category, "name"))) else None,
                replace_categories=False,
                images=_images(pictures) if first.has("Image Src") else None,
                variants=variants,
                metadata=first.unread(self.unread) if self.options.keep_unknown else {},
            )

    def _variant(self, record: Record, named: list[tuple[str, str]], slug: str, *, is_only: bool) -> VariantRow | None:
        if not any(record.text(column) for column in ("Option1 Value", "Variant SKU", "Variant Price")):
            return None  # a row with nothing but a picture
        options = options_of(record, named)
        record.text("Variant SKU", of=(Variant, "sku"))
        own = repeated_sku(record, "Variant SKU", _sku(record), self.sku_lines, self.skus)
        if not own["sku"]:
            own = {"sku": made_sku(slug, options.values(), self.skus), "sku_is_made": True}
        self.skus.add(own["sku"])
        stock = record.count("Variant Inventory Qty", least=-(10**9))
        price, was = record.amount("Variant Price"), record.amount("Variant Compare At Price")
        policy = record.text("Variant Inventory Policy").lower()
        return VariantRow(
            line=record.line,
            **own,
            options=options if record.has("Option1 Name") else None,
            fields=_variant_fields(record),
            has_price=record.has("Variant Price"),
            price=price,
            was=was if price is not None and was is not None and was > price else None,
            stock=max(stock, 0) if stock is not None else None,  # oversold goods are below zero in an export
            takes_backorders=policy in {"continue", "true"} if record.has("Variant Inventory Policy") else None,
            is_tracked=_is_tracked(record),
            metadata=record.unread(self.unread) if self.options.keep_unknown and not is_only else {},
        )


def _fields(first: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": first.text("Title", of=(Product, "name"), required=True)}
    if first.has("Body (HTML)"):
        fields["description"] = text_of(first.text("Body (HTML)"))
    if first.has("Vendor"):
        fields["brand"] = first.text("Vendor", of=(Product, "brand"))
    if first.has("Published") or first.has("Status"):
        is_hidden = first.text("Status").lower() in {"draft", "archived", "unlisted"}
        fields["is_published"] = not is_hidden and first.flag("Published") is not False
    return fields


def _type(first: Record) -> tuple[str, str]:
    if first.flag("Gift Card"):
        return "gift-card", "gift_card"
    return ("digital", "digital") if first.flag("Variant Requires Shipping") is False else ("goods", "physical")


def _option_columns(first: Record) -> list[tuple[str, str]]:
    """Name of each option, and the column of its values; none for a product that has one variant only."""
    named = option_columns(first, _OPTIONS)
    is_only = first.text("Option1 Name") and first.text("Option1 Value") == "Default Title"
    return [] if is_only else named


def _sku(record: Record) -> str:
    """The SKU; an apostrophe in front of it keeps the leading zeros of a number in spreadsheets."""
    return record.raw("Variant SKU").strip().removeprefix("'")


def _is_tracked(record: Record) -> bool | None:
    column = "Variant Inventory Tracker"
    return bool(record.text(column)) if record.has(column) else None


def _variant_fields(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if record.has("Variant Barcode"):
        fields["barcode"] = record.text("Variant Barcode", of=(Variant, "barcode")).removeprefix("'")
    if record.has("Variant Grams"):
        fields["weight"] = record.whole("Variant Grams") or 0
    if record.has("Cost per item"):
        fields["unit_cost"] = record.amount("Cost per item")
    return fields


class _Picture(NamedTuple):
    """A picture in a row; ``position`` is ``None`` where the row only says that its variant is shown by it."""

    url: str
    alt: str = ""
    position: int | None = None
    sku: str = ""


def _pictures(record: Record, variant: VariantRow | None, *, base: str) -> list[_Picture]:
    pictures = []
    if url := record.url("Image Src", base=base):
        position = record.count("Image Position") or _LAST
        pictures.append(_Picture(url, fit(record.text("Image Alt Text"), Image, "alt"), position))
    if variant and (url := record.url("Variant Image", base=base)):
        pictures.append(_Picture(url, sku=variant.sku))
    return pictures


def _images(pictures: list[_Picture]) -> list[ImageRow]:
    """Each picture once, in order; one that shows several variants is the product's."""
    skus: dict[str, set[str]] = {}
    for picture in pictures:
        skus.setdefault(picture.url, set()).update(filter(None, [picture.sku]))
    ordered = sorted(pictures, key=lambda picture: (picture.position is None, picture.position or 0))
    first = {picture.url: picture.alt for picture in reversed(ordered)}
    return [
        ImageRow(url=url, alt=first[url], sku=_shown(skus[url])) for url in dict.fromkeys(row.url for row in ordered)
    ]


def _shown(skus: set[str]) -> str | None:
    """The variant that a picture shows; a variant has one picture there, so others of it may stay."""
    if not skus:
        return None
    return next(iter(skus)) if len(skus) == 1 else ""
