"""Our own format; documented in ``docs/reference/csv.md``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from tradepost.catalogue.attributes import clean_attributes
from tradepost.catalogue.base import AbstractAttribute
from tradepost.catalogue.models import Image, Product, ProductType, Variant
from tradepost.pricing.models import TaxClass

from .common import fit, made_sku, options_of
from .extras import columns, read_extras
from .rows import FileRefused, ImageRow, Problem, ProductRow, VariantRow
from .table import BadCell, Record, grouped, read

__all__ = ["ATTRIBUTE", "COLUMNS", "read_tradepost"]

ATTRIBUTE = "attribute:"
PRODUCT_TEXTS = {"name": "name", "summary": "summary", "description": "description", "brand": "brand"}
PRODUCT_FLAGS = {"published": "is_published", "featured": "is_featured", "discountable": "is_discountable"}
COLUMNS = (
    "slug",
    *("name", "type", "summary", "description", "brand", "tax_class", "published", "featured", "discountable"),
    *("tags", "categories", "images"),
    *("sku", "variant_name", "variant_image", "barcode", "weight", "length", "width", "height"),
    *("unit_cost", "track_stock"),
    *("price", "was_price", "stock", "backorder_limit"),
)
_OPTION = re.compile(r"option([1-9])_(name|value)\Z")


@dataclass(frozen=True, slots=True)
class _Known:
    """What cells may name: attributes by code by product type, and codes of tax classes."""

    schemas: Mapping[str, Mapping[str, AbstractAttribute]]
    tax_classes: frozenset[str]

    @classmethod
    def load(cls) -> _Known:
        types = ProductType.objects.prefetch_related("attributes")
        schemas = {found.code: {attribute.code: attribute for attribute in found.attributes.all()} for found in types}
        return cls(schemas, frozenset(TaxClass.objects.values_list("code", flat=True)))


def read_tradepost(lines: Iterable[str]) -> Iterator[ProductRow | Problem]:
    """The products of a file in our format. Columns that it lacks leave what is in the database as it is.

    Raises:
        FileRefused: A required column is missing, or one is unknown.
    """
    known = _Known.load()
    checked = False
    for group in grouped(read(lines, required=("slug",), rename={}), "slug"):
        if isinstance(group, Problem):
            yield group
            continue
        if not checked:
            _check_columns(group[0])
            checked = True
        try:
            yield from _product(group, known)
        except BadCell as error:
            yield error.problem


def _check_columns(record: Record) -> None:
    known = [*COLUMNS, *columns(Product), *columns(Variant)]
    for column in record.cells:
        if column in known or _OPTION.match(column) or column.startswith(ATTRIBUTE) or not column:
            continue
        near = difflib.get_close_matches(column, known, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise FileRefused(f"There is no column “{column}”.{hint}", column=column)


def _product(group: list[Record], known: _Known) -> Iterator[ProductRow | Problem]:
    first = group[0]
    slug = first.slug("slug", of=(Product, "slug"))
    type_code = first.text("type")
    _check_named(first, "type", known.schemas)
    _check_named(first, "tax_class", known.tax_classes)
    options = _option_columns(first)
    fields = _fields(first)
    if first.has("option1_name"):
        fields["option_names"] = [name for name, _ in options]
    attributes = _attributes(first, known.schemas[type_code]) if type_code else {}
    variants: list[VariantRow] = []
    problems: list[Problem] = []
    for record in group:
        try:
            if first.has("sku") or options:
                variants.append(_variant(record, options, slug, {variant.sku for variant in variants}))
        except BadCell as error:
            problems.append(error.problem)
    images = _images(group, variants)
    yield from problems
    if variants or not problems:
        yield ProductRow(
            line=first.line,
            slug=slug,
            type_code=type_code,
            fields=fields,
            attributes=attributes,
            tags=first.names("tags") if first.has("tags") else None,
            categories=_categories(first) if first.has("categories") else None,
            images=images,
            variants=variants,
            extra=read_extras(first, Product),
        )


def _check_named(first: Record, column: str, known: Collection[str]) -> None:
    code = first.text(column)
    if code and code not in known:
        raise first.bad(column, f"there is no {code!r}; there are: {', '.join(sorted(known)) or 'none'}")


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


def _attributes(first: Record, schema: Mapping[str, AbstractAttribute]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in first.cells:
        if not column.startswith(ATTRIBUTE):
            continue
        code = column.removeprefix(ATTRIBUTE)
        text = first.text(column)
        if code not in schema:
            if text:
                raise first.bad(column, "products of this type have no such attribute")
            continue
        try:
            cleaned = clean_attributes({code: _typed(first, column, schema[code])}, [schema[code]])
        except ValidationError as error:
            raise first.bad(column, " ".join(error.messages)) from error
        found[code] = cleaned.get(code)
    return found


def _typed(record: Record, column: str, attribute: AbstractAttribute) -> Any:
    if attribute.kind == attribute.Kind.BOOLEAN:
        return record.flag(column)
    if attribute.kind == attribute.Kind.CHOICES:
        return record.names(column, "|")
    return record.text(column)


def _categories(first: Record) -> list[tuple[str, ...]]:
    paths = [tuple(filter(None, map(str.strip, path.split(">")))) for path in first.names("categories", "|")]
    if any(len(name) > 100 for path in paths for name in path):
        raise first.bad("categories", "a name has more than 100 characters")
    return [path for path in paths if path]


def _images(group: list[Record], variants: list[VariantRow]) -> list[ImageRow] | None:
    first = group[0]
    if not first.has("images"):
        return None
    shows = {}
    sku_of = {variant.line: variant.sku for variant in variants}
    for record in group:
        if record.line in sku_of:
            shows[record.text("variant_image")] = sku_of[record.line]
    found = {}
    for line in first.names("images", "\n"):
        url, _, alt = line.partition(" ")
        found[first.url("images", url)] = fit(alt.strip(), Image, "alt")
    told = first.has("variant_image")
    return [ImageRow(url=url, alt=alt, sku=shows.get(url, "") if told else None) for url, alt in found.items()]


def _option_columns(first: Record) -> list[tuple[str, str]]:
    numbers = sorted(m[1] for column in first.cells if (m := _OPTION.match(column)) and m[2] == "name")
    return [(name, f"option{n}_value") for n in numbers if (name := first.text(f"option{n}_name"))]


def _variant(record: Record, named: list[tuple[str, str]], slug: str, taken: set[str]) -> VariantRow:
    options = options_of(record, named)
    sku = record.text("sku", of=(Variant, "sku"))
    fields: dict[str, Any] = {}
    if record.has("variant_name"):
        fields["name"] = record.text("variant_name", of=(Variant, "name"))
    if record.has("barcode"):
        fields["barcode"] = record.text("barcode", of=(Variant, "barcode"))
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
        options=options,
        fields=fields,
        has_price=record.has("price"),
        price=record.amount("price"),
        was=record.amount("was_price"),
        stock=record.whole("stock"),
        backorder_limit=record.whole("backorder_limit"),
        extra=read_extras(record, Variant),
    )
