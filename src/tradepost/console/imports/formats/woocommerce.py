"""Product exports of WooCommerce: variations stand anywhere in the file and name their parent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape
from typing import Any

from tradepost.catalogue.models import Category, Product, Variant
from tradepost.pricing.models import TaxClass

from ..cells.html_text import text_of
from ..cells.options import (
    fit,
    made_sku,
    made_slug,
    source_key,
)
from ..cells.records import BadCell, Record
from ..cells.separators import split
from ..cells.table import (
    Table,
    folded,
    unread_notice,
)
from ..cells.units import (
    GRAMS,
    MILLIMETRES,
    factor,
)
from ..ports import ReadOptions, SourceFile
from ..rows import (
    ImageRow,
    Notice,
    Problem,
    ProductRow,
    VariantRow,
)
from .sale_prices import Sale, moment
from .woocommerce_options import Attributes, expanded

__all__ = ["WooCommerceFormat"]

_COLUMNS = (
    *("ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?", "Visibility in catalog"),
    *("Short description", "Description", "Date sale price starts", "Date sale price ends", "Tax status", "Tax class"),
    *("In stock?", "Stock", "Backorders allowed?", "Sale price", "Regular price", "Categories", "Tags", "Images"),
    *("Parent", "Position", "Brands", "Cost of goods"),
)
_LEFT = (
    *("Low stock amount", "Sold individually?", "Allow customer reviews?", "Purchase note", "Shipping class"),
    *("Download limit", "Download expiry days", "Grouped products", "Upsells", "Cross-sells", "External URL"),
    *("Button text", "HS code", "Country of origin", "Customs description"),
)
_RENAME = {"gtin": "GTIN, UPC, EAN, or ISBN", "brand": "Brands", "in stock": "In stock?", "cost": "Cost of goods"}
_MEASURES = {"Weight": "weight", "Length": "length", "Width": "width", "Height": "height"}
_MEASURE = re.compile(r"(weight|length|width|height)(?: \((.+)\))?\Z")
_ATTRIBUTE = re.compile(r"attribute ([0-9]+) (name|value\(s\)|visible|global|default)\Z")
_DOWNLOAD = re.compile(r"download [0-9]+ (id|name|url)\Z")
_AMOUNTS = {"Sale price", "Regular price", "Cost of goods"}
_KINDS = {"", "simple", "variable", "variation", "virtual", "downloadable"}
_HIDDEN = {"0", "-1", "2", "false", "no"}


@dataclass(slots=True)
class WooCommerceFormat:
    """Products of a WooCommerce shop. It gives no addresses: they are made from names; products are found by their ID there."""

    columns: Mapping[str, str] = field(default_factory=lambda: {"name": "Name", "sku": "SKU"})

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """The products of an export.

        Raises:
            FileRefused: It is no export of products.
        """
        for file in files:
            yield from _File.open(file, options).read()


def _column(name: str) -> str:
    """One name for each column that has a number or a unit in it."""
    small = folded(name)
    if match := _MEASURE.fullmatch(small):
        return match[1].capitalize()
    return small.capitalize() if _ATTRIBUTE.fullmatch(small) else name


def _names(record: Record, column: str) -> list[str]:
    return [unescape(name) for name in record.names(column)]


@dataclass(slots=True)
class _File:
    """One file as a whole: parents, and the variations of each."""

    table: Table
    options: ReadOptions
    factors: Mapping[str, Decimal]
    measures: str
    unread: Sequence[str]
    tax_classes: frozenset[str]
    skus: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, file: SourceFile, options: ReadOptions) -> _File:
        table = Table(file, options, columns=_COLUMNS, rename=_RENAME, required=("Name",))
        table.demand("Type", "Regular price")
        units = {match[1]: match[2] or "" for name in table.names if (match := _MEASURE.fullmatch(folded(name)))}
        table.names[:] = [_column(name) for name in table.names]
        size = options.size_unit or "cm"
        factors = {"Weight": factor(units.get("weight") or options.weight_unit or "kg", GRAMS)}
        factors |= {
            side: factor(units.get(side.lower()) or size, MILLIMETRES) for side in ("Length", "Width", "Height")
        }
        table.decimal = table.decimal_sign(lambda name: name in _AMOUNTS, usual=".")
        measures = table.decimal_sign(lambda name: name in _MEASURES, usual=".")
        unread = table.unread(_is_read)
        return cls(
            table, options, factors, measures, unread, frozenset(TaxClass.objects.values_list("code", flat=True))
        )

    def read(self) -> Iterator[ProductRow | Problem | Notice]:
        foreign = self.table.unread(_is_read, ignored=_LEFT)
        yield from unread_notice(foreign, is_kept=self.options.keep_unknown)
        parents: list[Record] = []
        variations: list[Record] = []
        for record in self.table.records():
            if isinstance(record, Problem):
                yield record
            else:
                (variations if "variation" in _types(record) else parents).append(record)
                self.skus.add(record.raw("SKU").strip())
        children, orphans = _families(parents, variations)
        yield from orphans
        keys: dict[str, int] = {}
        for parent in parents:
            try:
                key = _key(parent)
                if keys.setdefault(key, parent.line) != parent.line:
                    raise parent.bad("", f"is the product of line {keys[key]}: the same ID, SKU or name")
                yield from self._product(parent, children[parent.line], key)
            except BadCell as error:
                yield error.problem

    def _product(self, parent: Record, children: list[Record], key: str) -> Iterator[ProductRow | Problem | Notice]:
        if unknown := _types(parent) - _KINDS:
            raise parent.bad("Type", f"products that are {', '.join(sorted(unknown))} aren't read")
        name = unescape(parent.text("Name", of=(Product, "name"), required=True))
        slug = made_slug(name, key=key)
        attributes = Attributes.of(parent, children)
        variants, remarks = self._variants(parent, children, attributes, slug)
        yield from remarks
        problems = any(isinstance(remark, Problem) for remark in remarks)
        if variants or not problems:
            yield ProductRow(
                line=parent.line,
                slug=slug,
                slug_is_made=True,
                key=key,
                finds_by_sku=True,
                **_kind(parent, children),
                fields={"name": name, "option_names": attributes.option_names, **self._fields(parent, bool(variants))},
                is_taxed=_is_taxed(parent),
                tags=_names(parent, "Tags") if parent.has("Tags") else None,
                categories=_categories(parent) if parent.has("Categories") else None,
                images=self._images(parent, children, variants) if parent.has("Images") else None,
                variants=variants,
                metadata={**parent.unread(self.unread), **attributes.rest} if self.options.keep_unknown else {},
            )

    def _fields(self, parent: Record, has_variants: bool) -> dict[str, Any]:  # noqa: FBT001 - one caller
        fields: dict[str, Any] = {}
        if parent.has("Short description"):
            fields["summary"] = fit(" ".join(_text(parent, "Short description").split()), Product, "summary")
        if parent.has("Description"):
            fields["description"] = _text(parent, "Description")
        brand = next(iter(_names(parent, "Brands")), "") or Attributes.of(parent, []).value("brand")
        if brand or parent.has("Brands"):
            fields["brand"] = fit(brand, Product, "brand")
        if parent.has("Published"):
            is_shown = parent.text("Visibility in catalog").lower() != "hidden"
            fields["is_published"] = parent.text("Published").lower() not in _HIDDEN and is_shown
        if not has_variants:
            fields["is_published"] = False
        if parent.has("Is featured?") and (featured := parent.flag("Is featured?")) is not None:
            fields["is_featured"] = featured
        tax_class = parent.text("Tax class").lower()
        if tax_class not in {"", "standard", "parent"} and _is_taxed(parent) is not False:
            if tax_class not in self.tax_classes:
                names = ", ".join(sorted(self.tax_classes)) or "none"
                raise parent.bad("Tax class", f"there is no {tax_class!r}; there are: {names}")
            fields["tax_class"] = tax_class
        return fields

    def _variants(
        self, parent: Record, children: list[Record], attributes: Attributes, slug: str
    ) -> tuple[list[VariantRow], list[Problem | Notice]]:
        variants: list[VariantRow] = []
        remarks: list[Problem | Notice] = []
        if not children:
            if "variable" in _types(parent) and not parent.text("Regular price"):
                remarks.append(Notice(parent.line, "", "has no variations and no price, so it isn't published"))
                return [], remarks
            variant, notices = self._variant(parent, parent, {}, slug)
            return [variant], [*remarks, *notices]
        seen: set[tuple[str, ...]] = set()
        for child, options, is_any in expanded(children, attributes, remarks):
            try:
                if tuple(options.values()) in seen:
                    if not is_any:
                        remarks.append(Problem(child.line, "", "another variation has the same options"))
                    continue
                variant, notices = self._variant(child, parent, options, slug, is_any=is_any)
                seen.add(tuple(options.values()))
                variants.append(variant)
                remarks += notices
            except BadCell as error:
                remarks.append(error.problem)
        return variants, remarks

    def _variant(
        self, record: Record, parent: Record, options: Mapping[str, str], slug: str, *, is_any: bool = False
    ) -> tuple[VariantRow, list[Notice]]:
        sale = _sale(record)
        notices = [Notice(record.line, "Sale price", sale.notice())] if sale.notice() else []
        sku = record.text("SKU", of=(Variant, "sku"))
        is_made = is_any or not sku
        number = record.text("ID")
        base = sku or (f"woo-{number}" if number else slug)
        built = made_sku(base, options.values() if is_any or not number else (), self.skus) if is_made else sku
        stock, is_tracked = _stock(record)
        if record.text("Stock").lower() == "parent":
            notices.append(
                Notice(record.line, "Stock", "is counted at the parent for all variations, and isn't written")
            )
        variant = VariantRow(
            line=record.line,
            sku=built,
            sku_is_made=is_made,
            options=options,
            fields=self._variant_fields(record, parent),
            has_price=record.has("Regular price"),
            price=sale.price,
            was=sale.was,
            stock=None if is_any else stock,
            takes_backorders=record.text("Backorders allowed?").lower() in {"1", "notify", "yes"}
            if record.has("Backorders allowed?")
            else None,
            is_tracked=is_tracked,
            metadata=record.unread(self.unread) if self.options.keep_unknown and record is not parent else {},
        )
        return variant, notices

    def _variant_fields(self, record: Record, parent: Record) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for column, name in _MEASURES.items():
            if record.has(column):
                source = record if record.text(column) else parent
                value = source.whole(column, factor=self.factors[column], decimal=self.measures)
                fields[name] = value or 0 if name == "weight" else value
        if record.has("GTIN, UPC, EAN, or ISBN"):
            fields["barcode"] = record.text("GTIN, UPC, EAN, or ISBN", of=(Variant, "barcode"))
        if record.has("Cost of goods"):
            fields["unit_cost"] = record.amount("Cost of goods")
        return fields

    def _images(self, parent: Record, children: list[Record], variants: list[VariantRow]) -> list[ImageRow]:
        base = self.options.image_base
        urls = dict.fromkeys(parent.url("Images", url, base=base) for url in parent.names("Images"))
        shows: dict[str, set[str]] = defaultdict(set)
        for child in children:
            skus = [variant.sku for variant in variants if variant.line == child.line]
            for url in child.names("Images"):
                address = child.url("Images", url, base=base)
                urls.setdefault(address)
                shows[address].update(skus)
        return [ImageRow(url=url, sku=next(iter(shows[url])) if len(shows[url]) == 1 else "") for url in urls]


def _is_read(name: str) -> bool:
    small = folded(name)
    return name in _COLUMNS or name in _MEASURES or bool(_ATTRIBUTE.fullmatch(small) or _DOWNLOAD.fullmatch(small))


def _types(record: Record) -> set[str]:
    return {part.strip().lower() for part in record.raw("Type").split(",")} - {""}


def _key(record: Record) -> str:
    """The shop's name for a product: its ID, else its SKU, else its name."""
    number, sku = record.text("ID"), record.text("SKU")
    if number or sku:
        return source_key("woocommerce", number or f"sku:{sku}")
    return source_key("woocommerce", f"name:{record.text('Name')}")


def _families(parents: list[Record], variations: list[Record]) -> tuple[dict[int, list[Record]], list[Problem]]:
    """Variations by the line of their parent, in their order; and those whose parent isn't there."""
    by_name = {f"id:{record.raw('ID').strip()}": record for record in parents if record.raw("ID").strip()}
    by_name |= {record.raw("SKU").strip(): record for record in parents if record.raw("SKU").strip()}
    children: dict[int, list[Record]] = defaultdict(list)
    orphans: list[Problem] = []
    for record in variations:
        parent = by_name.get(record.raw("Parent").strip())
        if parent is None:
            reason = (
                f"there is no product {record.raw('Parent').strip()!r} in the file"
                if record.raw("Parent")
                else "is required"
            )
            orphans.append(Problem(record.line, "Parent", reason))
        else:
            children[parent.line].append(record)
    for rows in children.values():
        rows.sort(key=lambda row: (_position(row), row.line))
    return children, orphans


def _position(record: Record) -> int:
    text = record.raw("Position").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _kind(parent: Record, children: list[Record]) -> dict[str, Any]:
    """Product type by what isn't shipped; a product is as all its variations are."""
    every = [_types(row) for row in children or [parent]]
    if all("downloadable" in types for types in every):
        return {"type_code": "digital", "kind": "digital"}
    if all("virtual" in types for types in every):
        return {"type_code": "service", "kind": "service"}
    return {"type_code": "goods", "kind": "physical"}


def _is_taxed(record: Record) -> bool | None:
    status = record.text("Tax status").lower()
    if not status:
        return None
    if status not in {"taxable", "shipping", "none"}:
        raise record.bad("Tax status", f"{status!r} is neither taxable nor shipping nor none")
    own = record.text("Tax class").lower() not in {"", "standard", "parent"}
    return None if status == "taxable" and own else status == "taxable"


def _text(record: Record, column: str) -> str:
    """HTML in which a line break is written as two characters."""
    text = re.sub(r"(?<!\\)\\n", "\n", record.text(column)).replace("\\\\n", "\\n")
    return text_of(text.replace("\n", "<br>") if "<" in text or "&" in text else text)


def _categories(record: Record) -> list[tuple[str, ...]]:
    limit = Category._meta.get_field("name").max_length
    paths = []
    for path in split(record.text("Categories"), ","):
        names = tuple(name for part in path.split(">") if (name := unescape(part).strip()))
        if any(len(name) > limit for name in names):
            raise record.bad("Categories", f"a name has more than {limit} characters")
        paths.append(names)
    return [path for path in dict.fromkeys(paths) if path]


def _sale(record: Record) -> Sale:
    dates = []
    for column, is_end in (("Date sale price starts", False), ("Date sale price ends", True)):
        try:
            dates.append(moment(record.text(column), is_end=is_end))
        except ValueError as error:
            raise record.bad(column, str(error)) from error
    return Sale(record.amount("Regular price"), record.amount("Sale price"), *dates)


def _stock(record: Record) -> tuple[int | None, bool | None]:
    """Units on hand, and whether they are counted; what is out of stock without a count is counted as none."""
    if not record.has("Stock"):
        return None, None
    text = record.text("Stock").lower()
    if text == "parent":
        return None, True
    if text:
        units = record.count("Stock", least=-(10**9))
        return max(units or 0, 0), True
    is_out = record.text("In stock?").lower() in {"0", "no", "false"}
    return (0, True) if is_out else (None, False)
