"""Our own format; documented in ``docs/reference/csv.md``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tradepost.catalogue.models import Category, Image, Product, Variant
from tradepost.pricing.models import TaxClass

from ..cells.options import (
    fit,
    handle_identity,
    made_sku,
    option_columns,
    options_of,
)
from ..cells.records import BadCell, Record
from ..cells.separators import (
    lines_of,
    pieces,
    split,
    unescaped,
)
from ..cells.table import (
    Table,
    folded,
    grouped,
    unread_notice,
)
from ..cells.type_cells import (
    ATTRIBUTE,
    TYPE_DEFINITION,
    TypeCells,
    attribute_values,
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
from ..writer.extras import columns, read_extras

__all__ = ["ATTRIBUTE", "COLUMNS", "TradepostFormat"]

PRODUCT_TEXTS = {"name": "name", "summary": "summary", "description": "description", "brand": "brand"}
PRODUCT_FLAGS = {"published": "is_published", "featured": "is_featured", "discountable": "is_discountable"}
COLUMNS = (
    "slug",
    *("name", "type", "summary", "description", "brand", "tax_class", "published", "featured", "discountable"),
    *("tags", "categories", "images"),
    *("sku", "variant_name", "variant_image", "barcode", "weight", "length", "width", "height"),
    *("unit_cost", "track_stock"),
    *("price", "was_price", "stock", "backorder_limit"),
    TYPE_DEFINITION,
)
_OF_VARIANTS = COLUMNS[COLUMNS.index("sku") : -1]
_AMOUNTS = {"unit_cost", "price", "was_price", "weight", "length", "width", "height"}
_OPTION = re.compile(r"option([1-9][0-9]?)_(name|value)\Z")


@dataclass(slots=True)
class TradepostFormat:
    """Files of :mod:`tradepost.console.exports.tradepost`, and those that people write by hand."""

    columns: Mapping[str, str] = field(default_factory=lambda: {"name": "name", "sku": "sku"})

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """The products of a file. Columns that it lacks leave what is in the database as it is.

        Raises:
            FileRefused: A required column is missing, or one is unknown.
        """
        for file in files:
            yield from _File.open(file, options).read()


@dataclass(frozen=True, slots=True)
class _File:
    """One file, and what its cells may name."""

    table: Table
    options: ReadOptions
    unread: Sequence[str]
    types: TypeCells
    tax_classes: frozenset[str]
    slugs: set[str] = field(default_factory=set)
    skus: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, file: SourceFile, options: ReadOptions) -> _File:
        names = [*COLUMNS, *columns(Product), *columns(Variant)]
        numbered = [f"option{n}_{part}" for n in range(1, 100) for part in ("name", "value")]
        table = Table(file, options, columns=[*names, *numbered], required=("slug",))
        table.names[:] = [_attribute_column(name) for name in table.names]
        unread = table.unread(lambda name: name in names or bool(_OPTION.match(name)) or name.startswith(ATTRIBUTE))
        if unread and not options.keep_unknown:
            near = difflib.get_close_matches(folded(unread[0]), names, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise FileRefused(f"There is no column “{unread[0]}”.{hint}", column=unread[0])
        if table.separator != ",":
            table.decimal = table.decimal_sign(lambda name: name in _AMOUNTS, usual=".")
        return cls(
            table,
            options,
            unread,
            TypeCells.load(make=options.make_types),
            frozenset(TaxClass.objects.values_list("code", flat=True)),
        )

    def read(self) -> Iterator[ProductRow | Problem | Notice]:
        yield from unread_notice(self.unread, is_kept=True)
        for record in self.table.records():
            if isinstance(record, Record):
                self.slugs.add(record.raw("slug").strip())
                self.skus.add(record.raw("sku").strip())
                self._note(record)
        for group in grouped(self.table.records(), "slug"):
            if isinstance(group, Problem):
                yield group
                continue
            try:
                yield from self._product(group)
            except BadCell as error:
                yield error.problem

    def _note(self, record: Record) -> None:
        try:
            self.types.note(record)
        except BadCell:
            return  # told when the row is read

    def _product(self, group: list[Record]) -> Iterator[ProductRow | Problem]:
        first = group[0]
        identity = handle_identity(first.text("slug", required=True), source="tradepost", taken=self.slugs)
        if not identity.get("slug_is_made"):
            identity = {"slug": identity["slug"]}
        definition = self.types.definition(first)
        type_code = first.text("type")
        self._check_tax_class(first)
        fields = _fields(first)
        named = _option_columns(first)
        if first.has("option1_name"):
            fields["option_names"] = [name for name, _ in named]
        attributes = attribute_values(first, self.types.schema(type_code)) if type_code else {}
        variants, problems = self._variants(group, named, identity["slug"])
        yield from problems
        if variants or not problems:
            yield ProductRow(
                line=first.line,
                **identity,
                type_code=type_code,
                type_definition=definition,
                fields=fields,
                attributes=attributes,
                tags=first.names("tags") if first.has("tags") else None,
                categories=_categories(first) if first.has("categories") else None,
                images=_images(group, variants, base=self.options.image_base),
                variants=variants,
                metadata=first.unread(self.unread),
                extra=read_extras(first, Product),
            )

    def _check_tax_class(self, first: Record) -> None:
        code = first.text("tax_class")
        if code and code not in self.tax_classes:
            names = ", ".join(sorted(self.tax_classes)) or "none"
            raise first.bad("tax_class", f"there is no {code!r}; there are: {names}")

    def _variants(
        self, group: list[Record], named: list[tuple[str, str]], slug: str
    ) -> tuple[list[VariantRow], list[Problem]]:
        variants: list[VariantRow] = []
        problems: list[Problem] = []
        for record in group:
            try:
                if (group[0].has("sku") or named) and _tells_of_a_variant(record):
                    variants.append(_variant(record, named, slug, self.skus, self.unread if len(group) > 1 else ()))
                    self.skus.add(variants[-1].sku)
            except BadCell as error:
                problems.append(error.problem)
        return variants, problems


def _attribute_column(name: str) -> str:
    return f"{ATTRIBUTE}{name[len(ATTRIBUTE) :].strip()}" if folded(name).startswith(ATTRIBUTE) else name


def _tells_of_a_variant(record: Record) -> bool:
    """Whether a row has a variant at all: products may have none."""
    return any(
        column in _OF_VARIANTS
        or column.startswith("variant_extra.")
        or (_OPTION.match(column) and column.endswith("value"))
        for column, cell in record.cells.items()
        if cell.strip()
    )


def _fields(first: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for column, name in PRODUCT_TEXTS.items():
        if first.has(column):
            fields[name] = first.text(column, of=(Product, name), required=name == "name")
    if first.has("tax_class"):
        fields["tax_class"] = first.text("tax_class", of=(Product, "tax_class"))
    for column, name in PRODUCT_FLAGS.items():
        value = first.flag(column)
        if value is not None:
            fields[name] = value
    return fields


def _categories(first: Record) -> list[tuple[str, ...]]:
    limit = Category._meta.get_field("name").max_length
    paths = []
    for path in pieces(first.text("categories"), "|"):
        names = [unescaped(name.strip(), "|>") for name in pieces(path, ">")]
        paths.append(tuple(name for name in names if name))
    if any(len(name) > limit for path in paths for name in path):
        raise first.bad("categories", f"a name has more than {limit} characters")
    return [path for path in dict.fromkeys(paths) if path]


def _images(group: list[Record], variants: list[VariantRow], *, base: str) -> list[ImageRow] | None:
    first = group[0]
    if not first.has("images"):
        return None
    shows: dict[str, str] = {}
    sku_of = {variant.line: variant.sku for variant in variants}
    for record in group:
        if record.line in sku_of:
            for url in split(record.text("variant_image"), "\n"):
                shows[first.url("variant_image", url, base=base)] = sku_of[record.line]
    is_told = first.has("variant_image")
    images = []
    for line in filter(None, map(str.strip, first.text("images").split("\n"))):
        url, _, alt = line.partition(" ")
        address = first.url("images", url, base=base)
        alt = fit(lines_of(alt.strip()).strip(), Image, "alt")
        images.append(ImageRow(url=address, alt=alt, sku=shows.get(address, "") if is_told else None))
    return images


def _option_columns(first: Record) -> list[tuple[str, str]]:
    numbers = sorted(int(m[1]) for column in first.columns if (m := _OPTION.match(column)) and m[2] == "name")
    return option_columns(first, [(f"option{n}_name", f"option{n}_value") for n in numbers])


def _variant(
    record: Record, named: list[tuple[str, str]], slug: str, taken: set[str], unread: Sequence[str]
) -> VariantRow:
    options = options_of(record, named)
    sku = record.text("sku", of=(Variant, "sku"))
    fields: dict[str, Any] = {}
    for column, name in {"variant_name": "name", "barcode": "barcode"}.items():
        if record.has(column):
            fields[name] = record.text(column, of=(Variant, name))
    if record.has("weight"):
        fields["weight"] = record.whole("weight") or 0
    fields |= {side: record.whole(side) for side in ("length", "width", "height") if record.has(side)}
    if record.has("unit_cost"):
        fields["unit_cost"] = record.amount("unit_cost")
    if record.has("track_stock"):
        fields["track_stock"] = record.flag("track_stock")
    return VariantRow(
        line=record.line,
        sku=sku or made_sku(slug, options.values(), taken),
        sku_is_made=not sku,
        options=options if record.has("option1_name") else None,
        fields=fields,
        has_price=record.has("price"),
        price=record.amount("price"),
        was=record.amount("was_price"),
        stock=record.count("stock"),
        backorder_limit=record.count("backorder_limit"),
        metadata=record.unread(unread),
        extra=read_extras(record, Variant),
    )
