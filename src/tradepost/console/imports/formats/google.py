"""Product feeds of Google Merchant Center (Meta's are the same): tables separated by tabs or commas, RSS and Atom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import takewhile
from typing import Any
from urllib.parse import unquote, urlsplit

from tradepost.catalogue.models import Product, Variant
from tradepost.core.money import is_currency

from ..cells.amounts import plain_number
from ..cells.options import (
    fit,
    made_slug,
    source_key,
)
from ..cells.records import BadCell, Record
from ..cells.table import (
    Table,
    folded,
    unread_notice,
)
from ..cells.units import (
    GRAMS,
    MILLIMETRES,
    measure,
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
from .sale_prices import Sale, moment
from .xml_items import looks_like_xml, xml_items

__all__ = ["GoogleFormat"]

_OPTIONS = {
    "color": "Color",
    "size": "Size",
    "pattern": "Pattern",
    "material": "Material",
    "age_group": "Age group",
    "gender": "Gender",
}
_SIDES = {"product_length": "length", "product_width": "width", "product_height": "height"}
_READ = {
    *("id", "title", "description", "link", "image_link", "additional_image_link", "price", "sale_price"),
    *("sale_price_effective_date", "brand", "gtin", "item_group_id", "product_type", "shipping_weight"),
    *_OPTIONS,
    *_SIDES,
}
_LEFT = {
    *(
        "availability",
        "availability_date",
        "condition",
        "mpn",
        "identifier_exists",
        "google_product_category",
        "shipping",
    ),
    *("tax", "adult", "multipack", "is_bundle", "size_type", "size_system", "mobile_link", "canonical_link", "applink"),
    *("custom_label_0", "custom_label_1", "custom_label_2", "custom_label_3", "custom_label_4", "product_weight"),
}
_ALIASES = {"image": "image_link", "url": "link", "additional_image_links": "additional_image_link"}
_SEVERAL = ("additional_image_link", "product_type")
_PRICE = re.compile(r"(?:([A-Za-z]{3}) ?)?([0-9][0-9.,\s]*)(?: ?([A-Za-z]{3}))?")
_END = " -–—,/|(:;"


@dataclass(slots=True)
class GoogleFormat:
    """Products of a feed; what has one ``item_group_id`` is one product.

    A feed has no stock, so none is written; nor is a product hidden because it isn't there.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: {"name": "title", "sku": "id"})

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """The products of feeds.

        Raises:
            FileRefused: It is no feed, or its prices are in another currency.
        """
        for file in files:
            records = list(_from_xml(file) if looks_like_xml(file) else _from_table(file, options))
            yield from _Feed(records, options, is_xml=looks_like_xml(file)).read()


def _column(name: str) -> str:
    small = folded(name).removeprefix("g:").replace(" ", "_")
    return _ALIASES.get(small, small)


def _from_xml(file: SourceFile) -> Iterator[Record]:
    items = xml_items(file)
    if not items:
        raise FileRefused("There are no items in the feed.")
    columns = frozenset(_column(name) for item in items for name in item.texts)
    for item in items:
        cells = {_column(name): ("\n" if name in _SEVERAL else " ").join(texts) for name, texts in item.texts.items()}
        for name, texts in item.texts.items():
            if _column(name) not in _SEVERAL and _column(name) in _READ:
                cells[_column(name)] = texts[0]
        yield Record(item.line, cells, columns, ".", is_guarded=False)


def _from_table(file: SourceFile, options: ReadOptions) -> Iterator[Record | Problem]:
    every = {spelling for name in _SEVERAL for spelling in (name, name.replace("_", " "), f"g:{name}")}
    table = Table(file, options, repeatable={*every, "shipping", "g:shipping"}, is_guarded=False)
    table.names[:] = [_column(name) for name in table.names]
    missing = [name for name in ("id", "title") if name not in table.names]
    if missing:
        raise FileRefused(f"The file lacks the columns {', '.join(missing)}.", missing=missing)
    table.decimal = options.decimal or "."
    yield from table.records()


@dataclass(frozen=True, slots=True)
class _Feed:
    """The items of one file."""

    records: Sequence[Record | Problem]
    options: ReadOptions
    is_xml: bool

    def read(self) -> Iterator[ProductRow | Problem | Notice]:
        items = [record for record in self.records if isinstance(record, Record)]
        yield from (record for record in self.records if isinstance(record, Problem))
        self._check_currency(items)
        foreign = sorted({name for item in items for name in item.cells if name not in _READ and name not in _LEFT})
        yield from unread_notice(foreign, is_kept=self.options.keep_unknown)
        groups: dict[str, list[Record]] = defaultdict(list)
        lines: dict[str, int] = {}
        for item in items:
            number = item.raw("id").strip()
            if not number:
                yield Problem(item.line, "id", "is required")
            elif lines.setdefault(number, item.line) != item.line:
                yield Problem(item.line, "id", f"{number!r} is also in line {lines[number]}")
            else:
                group = (
                    item.raw("item_group_id").strip().casefold()
                )  # Google doesn't tell large letters from small ones
                groups[source_key("google", f"group:{group}" if group else number)].append(item)
        for key, group_items in groups.items():
            yield from self._product(key, group_items)

    def _check_currency(self, items: Sequence[Record]) -> None:
        """Refuse a file none of whose prices are in the list's currency."""
        expected = self.options.currency
        matches = [_PRICE.fullmatch(item.raw("price").strip()) for item in items]
        named = {(match[1] or match[3]).upper() for match in matches if match and (match[1] or match[3])}
        if expected and named and expected not in named:
            currencies = ", ".join(sorted(named))
            raise FileRefused(
                f"The prices are in {currencies}, and the price list in {expected}: name another by --price-list."
            )

    def _product(self, key: str, items: list[Record]) -> Iterator[ProductRow | Problem | Notice]:
        names = [name for name in _OPTIONS if len({item.raw(name).strip() for item in items}) > 1]
        variants: list[VariantRow] = []
        remarks: list[Problem | Notice] = []
        good: list[Record] = []
        for item in items:
            try:
                item.text("title", required=True)
                variant, notices = self._variant(item, names, has_siblings=len(items) > 1)
                self._pictures(item)
            except BadCell as error:
                remarks.append(error.problem)
            else:
                variants.append(variant)
                good.append(item)
                remarks += notices
        yield from remarks
        if not variants:
            return
        try:
            yield self._row(key, good, names, variants)
        except BadCell as error:
            yield error.problem

    def _row(self, key: str, items: list[Record], names: list[str], variants: list[VariantRow]) -> ProductRow:
        first = items[0]
        title = _common_title([item.text("title") for item in items])
        texts = {"name": fit(title, Product, "name"), "option_names": [_OPTIONS[name] for name in names]}
        for column in ("description", "brand"):
            if first.has(column):
                texts[column] = first.text(column, of=(Product, column))
        return ProductRow(
            line=first.line,
            slug=made_slug(_address(items) or title, key=key),
            slug_is_made=True,
            key=key,
            finds_by_sku=True,
            fields=texts,
            categories=self._categories(first) if first.has("product_type") else None,
            images=self._images(items, variants) if first.has("image_link") else None,
            variants=variants,
            metadata=self._kept(first) if self.options.keep_unknown else {},
        )

    def _kept(self, item: Record) -> dict[str, str]:
        return item.unread(sorted(name for name in item.cells if name not in _READ))

    def _variant(self, item: Record, names: Sequence[str], *, has_siblings: bool) -> tuple[VariantRow, list[Notice]]:
        options = {_OPTIONS[name]: item.text(name, required=True)[:255] for name in names}
        fields: dict[str, Any] = {"barcode": item.text("gtin").split(",")[0].strip()[:255]} if item.has("gtin") else {}
        if has_siblings and not names:
            fields["name"] = fit(item.text("title"), Variant, "name")
        if weight := _measured(item, "shipping_weight", GRAMS):
            fields["weight"] = weight
        fields |= {name: value for column, name in _SIDES.items() if (value := _measured(item, column, MILLIMETRES))}
        sale = self._sale(item)
        variant = VariantRow(
            line=item.line,
            sku=item.text("id", of=(Variant, "sku"), required=True),
            options=options,
            fields=fields,
            has_price=item.has("price"),
            price=sale.price,
            was=sale.was,
            metadata=self._kept(item) if self.options.keep_unknown and has_siblings else {},
        )
        return variant, [Notice(item.line, "sale_price", sale.notice())] if sale.notice() else []

    def _sale(self, item: Record) -> Sale:
        starts, _slash, ends = item.text("sale_price_effective_date").partition("/")
        try:
            dates = (moment(starts), moment(ends, is_end=True))
        except ValueError as error:
            raise item.bad("sale_price_effective_date", str(error)) from error
        return Sale(self._price(item, "price"), self._price(item, "sale_price"), *dates)

    def _price(self, item: Record, column: str) -> Decimal | None:
        text = item.text(column)
        if not text:
            return None
        match = _PRICE.fullmatch(text)
        if match is None:
            raise item.bad(column, f"{text!r} isn't a price; it is written as 15.00 EUR")
        currency = (match[1] or match[3] or self.options.currency).upper()
        if not is_currency(currency) or (self.options.currency and currency != self.options.currency):
            raise item.bad(column, f"{text!r} isn't in {self.options.currency}, as the price list is")
        number = plain_number(match[2].strip(), self.options.decimal or ".")
        return replace(item, cells={column: number}, decimal="").amount(column)

    def _several(self, item: Record, column: str) -> list[str]:
        text = item.text(column)
        return [part.strip() for part in (text.split("\n") if self.is_xml else text.split(",")) if part.strip()]

    def _categories(self, item: Record) -> list[tuple[str, ...]]:
        paths = [tuple(filter(None, map(str.strip, path.split(">")))) for path in self._several(item, "product_type")]
        if any(len(name) > 255 for path in paths for name in path):
            raise item.bad("product_type", "a name has more than 255 characters")
        return [path for path in dict.fromkeys(paths) if path]

    def _pictures(self, item: Record) -> list[str]:
        base = self.options.image_base
        more = [
            item.url("additional_image_link", url, base=base) for url in self._several(item, "additional_image_link")
        ]
        return [url for url in (item.url("image_link", base=base), *more) if url]

    def _images(self, items: Sequence[Record], variants: Sequence[VariantRow]) -> list[ImageRow]:
        shows: dict[str, set[str]] = defaultdict(set)
        for item, variant in zip(items, variants, strict=True):
            for url in self._pictures(item):
                shows[url].add(variant.sku)
        is_one = len(variants) == 1
        return [
            ImageRow(url=url, sku=next(iter(skus)) if len(skus) == 1 and not is_one else "")
            for url, skus in shows.items()
        ]


def _measured(item: Record, column: str, units: Mapping[str, Decimal]) -> int | None:
    """Grams or millimetres of a text as in ``1.5 kg``."""
    text = item.text(column)
    if not text:
        return None
    parts = measure(text, units)
    if parts is None:
        raise item.bad(column, f"{text!r} isn't a measure; it is written as 1.5 {next(iter(units))}")
    return replace(item, cells={column: parts[0]}, decimal=".").whole(column, factor=parts[1])


def _common_title(titles: Sequence[str]) -> str:
    """The common beginning of a group's titles; the first title where there is next to none."""
    shortest, longest = min(titles), max(titles)
    common = "".join(a for a, _b in takewhile(lambda pair: pair[0] == pair[1], zip(shortest, longest, strict=False)))
    if len(titles) == 1:
        return common
    if any(
        title != common and title[len(common) : len(common) + 1].isalnum() for title in titles
    ) and not common.endswith(" "):
        common = common.rpartition(" ")[0]  # not in the middle of a word
    common = common.rstrip(_END)
    return common if len(common) > 2 else titles[0]


def _address(items: Sequence[Record]) -> str:
    """The last part of the path, where all items of a product have the same."""
    try:
        paths = {urlsplit(item.raw("link").strip()).path for item in items}
    except ValueError:
        return ""
    name = unquote(paths.pop().rstrip("/").rpartition("/")[2]) if len(paths) == 1 else ""
    stem = re.sub(r"\.(html?|php|aspx?)\Z", "", name)
    return stem if re.search(r"[^\W\d_]", stem) else ""
