"""PrestaShop's import files: one of products, and one of their combinations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tradepost.catalogue.models import Category, Image, Product, Variant
from tradepost.core.money import rounded

from ..cells.html_text import text_of
from ..cells.options import (
    fit,
    made_sku,
    made_slug,
    repeated_sku,
    source_key,
)
from ..cells.records import BadCell, Record
from ..cells.table import unread_notice
from ..cells.units import (
    GRAMS,
    MILLIMETRES,
    factor,
)
from ..ports import ReadOptions, SourceFile
from ..rows import (
    FileRefused,
    ImageRow,
    Notice,
    Problem,
    ProductRow,
    VariantRow,
)
from .prestashop_files import ShopFile, open_files
from .sale_prices import Sale, moment

__all__ = ["PrestaShopFormat"]

_HOME = "home"  # the root of that shop's tree
_SIDES = {"depth": "length", "width": "width", "height": "height"}


@dataclass(slots=True)
class PrestaShopFormat:
    """Products of a PrestaShop shop: name the file of products first, then that of combinations.

    References may repeat there; each variant after the first gets a SKU of its own. Discounts by an amount aren't read, since
    they include taxes; nor are features.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: {"name": "Name", "sku": "Reference"})

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """The products of the files.

        Raises:
            FileRefused: They aren't such files, or their prices are on another basis than the list's.
        """
        products, combinations = open_files(files, options)
        yield from _Shop(options, products, combinations).read()


@dataclass(frozen=True, slots=True)
class _Parent:
    """The product of combinations.

    Attributes:
        price_column: The column that its price is from.
    """

    file: ShopFile
    record: Record
    slug: str
    sale: Sale
    price_column: str


@dataclass(slots=True)
class _Shop:
    """All files together."""

    options: ReadOptions
    products: Sequence[ShopFile]
    combinations: Sequence[ShopFile]
    grams: Decimal = field(init=False)
    millimetres: Decimal = field(init=False)
    children: dict[int, list[tuple[ShopFile, Record]]] = field(default_factory=lambda: defaultdict(list))
    sku_lines: dict[str, int] = field(default_factory=dict)
    skus: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.grams = factor(self.options.weight_unit or "kg", GRAMS)
        self.millimetres = factor(self.options.size_unit or "cm", MILLIMETRES)

    def read(self) -> Iterator[ProductRow | Problem | Notice]:
        prices = [_price_column(file, self.options) for file in self.products]
        for file in [*self.products, *self.combinations]:
            yield from file.problems
            for notice in unread_notice(file.foreign, is_kept=self.options.keep_unknown):
                yield replace(notice, file=file.name)
        yield from self._families()
        keys: dict[str, int] = {}
        for file, price in zip(self.products, prices, strict=True):
            for record in file.records:
                try:
                    key = _key(record)
                    if keys.setdefault(key, record.line) != record.line:
                        raise record.bad("", f"is the product of line {keys[key]}: the same ID, reference or name")
                    yield from self._product(file, record, key, price)
                except BadCell as error:
                    yield file.placed(error.problem)

    def _families(self) -> Iterator[Problem]:
        """Combinations by their product; those whose product isn't there are problems."""
        every = [record for file in self.products for record in file.records]
        by_id = {f"id {record.raw('id').strip()}": record for record in every if record.raw("id").strip()}
        by_id |= {
            f"ref {record.raw('reference').strip()}": record for record in every if record.raw("reference").strip()
        }
        for file in self.combinations:
            for record in file.records:
                number, reference = record.raw("product").strip(), record.raw("product_reference").strip()
                parent = by_id.get(f"id {number}") or by_id.get(f"ref {reference}")
                if parent is None:
                    reason = f"there is no product {number or reference!r} in the file"
                    yield Problem(record.line, "Product ID", reason, file.name)
                else:
                    self.children[id(parent)].append((file, record))
        owners = [r for r in every if not self.children[id(r)]]
        for record in [*owners, *(record for file in self.combinations for record in file.records)]:
            if sku := record.raw("reference").strip():
                self.sku_lines.setdefault(sku, id(record))
        self.skus.update(self.sku_lines)

    def _product(self, file: ShopFile, record: Record, key: str, price: str) -> Iterator[ProductRow | Problem | Notice]:
        name = record.text("name", of=(Product, "name"), required=True)
        sale, notices = _sale(record, price)
        parent = _Parent(file, record, made_slug(record.text("address") or name, key=key), sale, price)
        yield from notices
        variants: list[VariantRow] = []
        images = _Images(record, self.options.image_base)
        problems: list[Problem] = []
        option_names: list[str] = []
        for owner, row in self.children[id(record)] or [(file, record)]:
            try:
                options = {} if row is record else _options(row)
                if option_names and option_names != list(options):
                    raise row.bad("Attribute", f"the product's combinations differ in {', '.join(option_names)}")
                option_names = list(options)
                variant = self._variant(owner, row, parent, options)
                images.add(row, variant.sku if row is not record else "")
                variants.append(variant)
            except BadCell as error:
                problems.append(owner.placed(error.problem))
        yield from problems
        if variants:
            yield ProductRow(
                line=record.line,
                slug=parent.slug,
                slug_is_made=True,
                key=key,
                finds_by_sku=True,
                **_kind(record),
                fields={"name": name, "option_names": option_names, **_fields(record)},
                is_taxed=False if record.text("tax_rule") == "0" else None,
                tags=record.names("tags") if record.has("tags") else None,
                categories=_categories(record) if record.has("categories") else None,
                images=images.rows() if record.has("images") else None,
                variants=variants,
                metadata=record.unread(file.unread) if self.options.keep_unknown else {},
            )

    def _variant(self, file: ShopFile, row: Record, parent: _Parent, options: Mapping[str, str]) -> VariantRow:
        reference = row.text("reference", of=(Variant, "sku"))
        first = self.sku_lines.get(reference, id(row))
        if not reference:
            own: dict[str, Any] = {"sku": made_sku(parent.slug, options.values(), self.skus), "sku_is_made": True}
        else:
            lines = {reference: row.line if first == id(row) else -1}
            own = repeated_sku(row, "reference", reference, lines, self.skus)
        if "repeats_line" in own:
            own["repeats_line"] = self._line_of(first)
        self.skus.add(own["sku"])
        impact = (row.number("price_impact") or Decimal(0)) if row is not parent.record else Decimal(0)
        if impact and parent.price_column == "price_included":
            raise row.bad("Impact on price", "is without taxes, and the product's price includes them")
        stock = row.count("quantity", least=-(10**9))
        action = parent.record.text("out_of_stock")
        return VariantRow(
            line=row.line,
            file=file.name,
            **own,
            options=options,
            fields=self._variant_fields(file, row, parent),
            has_price=True,
            price=_changed(row, parent.sale.price, impact),
            was=_changed(row, parent.sale.was, impact),
            stock=max(stock, 0) if stock is not None else None,
            takes_backorders={"0": False, "1": True}.get(action),
            metadata=row.unread(file.unread) if self.options.keep_unknown and row is not parent.record else {},
        )

    def _line_of(self, number: int) -> int:
        return next(
            record.line
            for file in [*self.products, *self.combinations]
            for record in file.records
            if id(record) == number
        )

    def _variant_fields(self, file: ShopFile, row: Record, parent: _Parent) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        codes = [row.text(column) for column in ("ean", "upc")]
        if row.has("ean") or row.has("upc"):
            fields["barcode"] = fit(next(filter(None, codes), ""), Variant, "barcode")
        cost = row.rounded_amount("cost") if row.has("cost") else None
        if cost is None and row is not parent.record:
            cost = parent.record.rounded_amount("cost")
        if cost is not None or row.has("cost"):
            fields["unit_cost"] = cost
        shop_file, product = parent.file, parent.record
        if product.has("weight"):
            weight = product.number("weight", decimal=shop_file.measures) or Decimal(0)
            if row is not product:
                weight += row.number("weight_impact", decimal=file.measures) or Decimal(0)
            fields["weight"] = int(rounded(max(weight, Decimal(0)) * self.grams, 0))
        for column, name in _SIDES.items():
            if product.has(column):
                fields[name] = product.whole(column, factor=self.millimetres, decimal=shop_file.measures) or None
        return fields


class _Images:
    """The pictures of a product and its combinations, in their order."""

    def __init__(self, product: Record, base: str) -> None:
        self._base = base
        self._alts: dict[str, str] = {}
        self._shows: dict[str, set[str]] = defaultdict(set)
        self._own = self._read(product)

    def _read(self, record: Record) -> list[str]:
        urls = [record.url("images", url, base=self._base) for url in record.names("images")]
        alts = [alt.strip() for alt in record.text("alts").split(",")]
        for url, alt in zip(urls, [*alts, *[""] * len(urls)], strict=False):
            self._alts.setdefault(url, fit(alt, Image, "alt"))
        return urls

    def add(self, row: Record, sku: str) -> None:
        """The pictures of a combination: its own addresses, else a place among the product's."""
        if not sku:
            return
        urls = self._read(row)
        for text in () if urls else row.names("image_position"):
            place = int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 6 else -1
            urls += self._own[place : place + 1] if place >= 0 else []
        for url in urls:
            self._shows[url].add(sku)

    def rows(self) -> list[ImageRow]:
        """Each picture once; one that shows several variants is the product's."""
        return [
            ImageRow(url=url, alt=alt, sku=next(iter(self._shows[url])) if len(self._shows[url]) == 1 else "")
            for url, alt in self._alts.items()
        ]


def _price_column(file: ShopFile, options: ReadOptions) -> str:
    """The column of prices on the list's basis."""
    columns = {"price_included": True, "price_excluded": False}
    fitting = [
        name for name, basis in columns.items() if name in file.columns and options.includes_tax in {None, basis}
    ]
    if not fitting:
        basis = "include" if options.includes_tax else "don't include"
        other = "don't" if options.includes_tax else "do"
        raise FileRefused(
            f"The prices of the list {basis} taxes, those of the file {other}: name another by --price-list."
        )
    return fitting[-1]


def _key(record: Record) -> str:
    number, reference = record.text("id"), record.text("reference")
    if number or reference:
        return source_key("prestashop", number or f"reference:{reference}")
    return source_key("prestashop", f"name:{record.text('name')}")


def _kind(record: Record) -> dict[str, Any]:
    is_virtual = record.flag("virtual")
    return {"type_code": "digital", "kind": "digital"} if is_virtual else {"type_code": "goods", "kind": "physical"}


def _fields(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if record.has("summary"):
        fields["summary"] = fit(" ".join(text_of(record.text("summary")).split()), Product, "summary")
    if record.has("description"):
        fields["description"] = text_of(record.text("description"))
    if record.has("brand"):
        fields["brand"] = record.text("brand", of=(Product, "brand"))
    if record.has("active") or record.has("visibility"):
        fields["is_published"] = record.flag("active") is not False and record.text("visibility").lower() != "none"
    return fields


def _categories(record: Record) -> list[tuple[str, ...]]:
    """Paths of names; numbers are ids of that shop, which say nothing here."""
    limit = Category._meta.get_field("name").max_length
    paths = []
    for text in record.text("categories").split(","):
        names = [name.strip() for name in text.split("/") if name.strip()]
        names = names[1:] if names and names[0].lower() == _HOME else names
        if any(len(name) > limit for name in names):
            raise record.bad("Categories", f"a name has more than {limit} characters")
        if names and not text.strip().isdecimal():
            paths.append(tuple(names))
    return list(dict.fromkeys(paths))


def _sale(record: Record, price: str) -> tuple[Sale, list[Notice]]:
    try:
        dates = moment(record.text("discount_from")), moment(record.text("discount_to"), is_end=True)
    except ValueError as error:
        raise record.bad("Discount from", str(error)) from error
    record.rounded_amount(price)  # refuses what is no price; what is rounded is the last result only
    regular = record.number(price)
    percent = record.number("discount_percent")
    notices: list[Notice] = []
    if record.number("discount_amount"):
        notices.append(Notice(record.line, "Discount amount", "isn't read, since it includes taxes"))
    elif percent and regular is not None:
        if not 0 < percent <= 100:
            raise record.bad("Discount percent", "is not between 0 and 100")
        sale = Sale(regular, regular * (100 - percent) / 100, *dates)
        return sale, [Notice(record.line, "Discount percent", sale.notice())] if sale.notice() else []
    return Sale(regular), notices


def _changed(row: Record, amount: Decimal | None, impact: Decimal) -> Decimal | None:
    if amount is None:
        return None
    if amount + impact < 0:
        raise row.bad("Impact on price", "makes a price below zero")
    return rounded(amount + impact, 4)


def _options(row: Record) -> dict[str, str]:
    """Value by option: ``Color:color:0, Size:select:1`` beside ``Blue:0, M:1``."""
    names = [part.split(":")[0].strip() for part in row.text("attribute", required=True).split(",")]
    values = [part.rpartition(":")[0].strip() or part.strip() for part in row.text("value", required=True).split(",")]
    if len(names) != len(values) or not all(names) or not all(values) or len(set(names)) != len(names):
        raise row.bad("Value", f"there are {len(names)} attributes and {len(values)} values")
    return dict(zip(names, values, strict=True))
